import { randomUUID } from 'node:crypto';
import type { Reply, SeenCall } from '../fake-upstream';
import { startFakeUpstream } from '../fake-upstream';

export type Kind = 'SEGMENT' | 'EXPORT';

/** How a job stood, and since when, by `performance.now()`. */
export interface Step {
  readonly status: string;
  readonly atMs: number;
}

export interface MovingJob {
  readonly id: string;
  readonly kind: Kind;
  readonly org: string;
  /** As it came to them. */
  readonly steps: Step[];
}

/** What becomes of this share of the calls. */
export interface UpstreamTrouble {
  readonly kind: 'resets' | 'hangs' | 'answers 429' | 'answers 503';
  readonly share: number;
  readonly random: () => number;
}

/** A call that was answered, of one of the replicas. */
export interface Look {
  readonly atMs: number;
  readonly replica: number;
  /** Ids of the jobs that were asked for by name; none of a list. */
  readonly jobs: readonly string[];
}

/** Jobs that move when they are told to, at an address of its own for each replica. */
export interface MovingJobs {
  readonly urls: readonly string[];
  readonly looks: readonly Look[];
  make(org: string, kind: Kind): MovingJob;
  move(job: MovingJob, status: string): void;
  /** Null: all is well. */
  become(trouble: UpstreamTrouble | null): void;
  close(): Promise<void>;
}

const paths = { SEGMENT: '/data/core/ups/segment/jobs', EXPORT: '/data/core/ups/export/jobs' } as const;
const mostInList = 100;

export async function startMovingJobs(replicas: number): Promise<MovingJobs> {
  const jobs = new Map<string, MovingJob>();
  const looks: Look[] = [];
  let made = 0;
  let trouble: UpstreamTrouble | null = null;
  const answer = (replica: number, call: SeenCall): Reply | undefined => {
    if (trouble !== null && trouble.random() < trouble.share) return spoilt(trouble.kind);
    const named = idsIn(call);
    looks.push({ atMs: performance.now(), replica, jobs: named });
    return replyTo(call, named, jobs);
  };
  const upstreams = await Promise.all(
    Array.from({ length: replicas }, (_, replica) => startFakeUpstream((call) => answer(replica, call))),
  );
  return {
    urls: upstreams.map(({ url }) => url),
    looks,
    make: (org, kind) => {
      const id = kind === 'SEGMENT' ? randomUUID() : String(1_000 + (made += 1));
      const job: MovingJob = { id, kind, org, steps: [{ status: 'NEW', atMs: performance.now() }] };
      jobs.set(id, job);
      return job;
    },
    move: ({ steps }, status) => void steps.push({ status, atMs: performance.now() }),
    become: (next) => (trouble = next),
    close: async () => {
      for (const upstream of upstreams) await upstream.close();
    },
  };
}

function spoilt(kind: UpstreamTrouble['kind']): Reply {
  switch (kind) {
    case 'resets':
      return { raw: (response) => void response.socket?.resetAndDestroy() };
    case 'hangs':
      return { raw: () => undefined };
    case 'answers 429':
      return { status: 429, json: { title: 'Too many requests' }, headers: { 'retry-after': '1' } };
    case 'answers 503':
      return { status: 503, json: { title: 'Not now' } };
  }
}

function idsIn({ path, body }: SeenCall): readonly string[] {
  if (path === `${paths.SEGMENT}/bulk-get`)
    return (body as { ids: readonly { id: string }[] }).ids.map(({ id }) => id);
  const [, id] = /\/jobs\/([\w-]+)$/.exec(path) ?? [];
  return id === undefined ? [] : [id];
}

/** Nobody is shown a job of another org. */
function replyTo(
  { path, query, headers }: SeenCall,
  named: readonly string[],
  jobs: ReadonlyMap<string, MovingJob>,
): Reply | undefined {
  const org = headers['x-gw-ims-org-id'];
  const found = named.flatMap((id) => {
    const job = jobs.get(id);
    return job === undefined || job.org !== org ? [] : [[id, toWire(job)] as const];
  });
  if (path.endsWith('/bulk-get')) return { status: 207, json: { results: Object.fromEntries(found) } };
  if (named.length > 0) return found[0] && { json: found[0][1] };
  const kind = path === paths.SEGMENT ? 'SEGMENT' : path === paths.EXPORT ? 'EXPORT' : null;
  if (kind === null) return undefined;
  const listed = [...jobs.values()].filter((job) => job.kind === kind && job.org === org).toReversed();
  const start = Number(query.get('start') ?? 0);
  const page = listed.slice(start, start + Number(query.get('limit') ?? mostInList)).map(toWire);
  if (kind === 'EXPORT') return { json: { records: page, page: {}, link: {} } };
  const links = start + page.length < listed.length ? { next: { href: 'more' } } : { next: {} };
  return { json: { children: page, _page: { totalCount: listed.length }, _links: links } };
}

/** The time of our clock at which `performance.now()` was 0. */
const originMs = Date.now() - performance.now();

function toWire({ id, kind, steps }: MovingJob): object {
  const times = {
    creationTime: Math.round(originMs + (steps[0]?.atMs ?? 0)),
    updateTime: Math.round(originMs + (steps.at(-1)?.atMs ?? 0)),
  };
  const status = steps.at(-1)?.status;
  if (kind === 'SEGMENT') return { id, status, segments: [{ segmentId: 's1' }], ...times };
  return { id: Number(id), status, schema: { name: '_xdm.context.profile' }, destination: {}, ...times };
}
