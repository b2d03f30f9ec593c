import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Answer, Order, Skills } from './part';

interface Job {
  readonly id: string;
  status: string;
  progress: number;
  /** The stamp that clients see. */
  updateTime: number;
  changedAtMs: number;
  /** False while no answer has held the last change. */
  isShown: boolean;
}

/** What a job's stamp says: when it changed, or when an answer first showed that. */
export type Stamp = 'changed' | 'shown';

export const jobIdOf = (number: number): string =>
  `9f0d8a5e-0000-4000-8000-${String(number).padStart(12, '0')}`;

/**
 * Jobs that move on command: each step raises their progress and stamps it, as `updateTime`. Notes when an answer first
 * showed it, so that what the cadence of polls takes can be told from what the gateway takes.
 */
export async function startMovingJobs([
  count = '1',
  stamp = 'changed' satisfies Stamp,
  status = 'PROCESSING',
]: readonly string[]): Promise<Skills> {
  const born = Date.now();
  const jobs = new Map<string, Job>();
  const known = {
    status,
    progress: 0.0001,
    updateTime: born,
    changedAtMs: born,
    isShown: true,
  };
  for (let number = 0; number < Number(count); number += 1) {
    const id = jobIdOf(number);
    jobs.set(id, { id, ...known });
  }
  const seen = { calls: 0, reads: 0 };
  let calledAtMs = -Infinity;
  const shownAfterMs: number[] = [];
  const show = (job: Job): object => {
    seen.reads += 1;
    if (!job.isShown) {
      job.isShown = true;
      const nowMs = Date.now();
      shownAfterMs.push(nowMs - job.changedAtMs);
      job.updateTime = stamp === 'shown' ? nowMs : job.changedAtMs;
    }
    return toWire(job, born);
  };
  const server = createServer((request, response) => {
    seen.calls += 1;
    calledAtMs = performance.now();
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const text = JSON.stringify(answerOf({ jobs, show }, request.url ?? '', Buffer.concat(chunks)));
      const status = request.url?.endsWith('/bulk-get') ? 207 : 200;
      response.writeHead(status, { 'content-type': 'application/json' }).end(text);
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: () => ({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }),
    step: (order) => step(jobs, order),
    told: () => {
      const told = { ...seen, shownAfterMs: shownAfterMs.splice(0) };
      Object.assign(seen, { calls: 0, reads: 0 });
      return told;
    },
    quiet: () => ({ quietMs: performance.now() - calledAtMs }),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      return {};
    },
  };
}

/** So many of the jobs, from that one on; past the last one it goes on with the first. */
function step(jobs: ReadonlyMap<string, Job>, { count, from = 0, status }: Order): Answer {
  const changedAtMs = Date.now();
  for (let at = 0; at < Number(count); at += 1) {
    const job = jobs.get(jobIdOf((Number(from) + at) % jobs.size));
    if (job === undefined) continue;
    job.progress += 0.0001;
    if (typeof status === 'string') job.status = status;
    job.changedAtMs = changedAtMs;
    job.isShown = false;
  }
  return { changedAtMs };
}

function answerOf(
  { jobs, show }: { readonly jobs: ReadonlyMap<string, Job>; readonly show: (job: Job) => object },
  url: string,
  body: Buffer,
): object {
  const [path = '', search = ''] = url.split('?');
  if (path.endsWith('/segment/jobs')) {
    const query = new URLSearchParams(search);
    const start = Number(query.get('start') ?? 0);
    const limit = Number(query.get('limit') ?? 100);
    const page = [...jobs.values()].slice(start, start + limit).map(show);
    return { _page: { totalCount: jobs.size, pageSize: page.length }, children: page, _links: { next: {} } };
  }
  if (path.endsWith('/segment/jobs/bulk-get')) {
    const { ids } = JSON.parse(body.toString()) as { ids: { id: string }[] };
    const found = ids.flatMap(({ id }) => {
      const job = jobs.get(id);
      return job === undefined ? [] : [[id, show(job)] as const];
    });
    return { results: Object.fromEntries(found) };
  }
  const job = jobs.get(path.slice(path.lastIndexOf('/') + 1));
  return job === undefined ? { children: [], records: [] } : show(job);
}

function toWire({ id, status, progress, updateTime }: Job, born: number): object {
  return {
    id,
    status,
    progress: Math.round(progress * 10_000) / 10_000,
    segments: [{ segmentId: 's1' }],
    metrics: { totalTime: { startTimeInMs: born }, segmentedProfileCounter: {} },
    creationTime: born,
    updateTime,
  };
}
