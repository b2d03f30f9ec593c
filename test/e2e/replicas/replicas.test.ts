import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Backbone } from '../../../src/state/backbone/backbone';
import { backboneLimits } from '../../../src/state/backbone/backbone';
import type { Reply, SeenCall } from '../../support/fake-upstream';
import { newPostgresBackbone, openPostgresBackbones, untilUp } from '../../support/postgres-backbones';
import type { PostgresBackbones } from '../../support/postgres-backbones';
import { startPostgres } from '../../support/postgres-server';
import type { PostgresServer } from '../../support/postgres-server';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';

/** One of several gateways in front of one upstream; what it asks of it is counted by itself. */
interface Replica extends StartedGateway {
  readonly backbone: Backbone;
}

interface Told {
  readonly type: string;
  readonly cursor: string;
  readonly replayed: boolean;
  readonly job: { readonly status: string };
}

const secret = 'a secret that all replicas have in common';
const document = `subscription ($id: ID!, $after: EventCursor) {
  segmentJobChanged(id: $id, after: $after) { type cursor replayed job { status } } }`;

let server: PostgresServer;
let shared: PostgresBackbones;
let replicas: Replica[];
let jobId: string;
let status: string;
let made = 0;

beforeAll(async () => {
  server = await startPostgres();
  shared = await openPostgresBackbones(server.url());
});
afterAll(async () => {
  await shared.close();
  await server.close();
});
beforeEach(async () => {
  jobId = `b31aed3d-b3b1-4613-98c6-7d3846e8d${String((made += 1)).padStart(3, '0')}`;
  status = 'QUEUED';
  replicas = [await startReplica(), await startReplica()];
});
afterEach(async () => {
  for (const replica of replicas) {
    await replica.close();
    await replica.backbone.close();
  }
});

async function startReplica(): Promise<Replica> {
  const backbone = newPostgresBackbone(server.url());
  await untilUp(backbone);
  return { ...(await startGateway(answer, { backbone, secret })), backbone };
}

/** The one job as it stands at the moment, by whatever way it is asked for. */
function answer({ path, body }: SeenCall): Reply | undefined {
  const job = { id: jobId, status, segments: [{ segmentId: 's1' }], creationTime: 1, updateTime: 1 };
  if (path.endsWith(`/segment/jobs/${jobId}`)) return { json: job };
  if (path.endsWith('/segment/jobs')) return { json: { children: [job], _page: { totalCount: 1 } } };
  if (!path.endsWith('/segment/jobs/bulk-get')) return undefined;
  const { ids } = body as { ids: readonly { id: string }[] };
  return { status: 207, json: { results: Object.fromEntries(ids.map(({ id }) => [id, { ...job, id }])) } };
}

/** A subscriber at one replica. */
function follow({ gateway }: Replica, after: string | null = null) {
  const client = createClient({
    url: `${gateway.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
  const heard: Told[] = [];
  const waiting = new Set<() => void>();
  const ended = (async () => {
    const stream = client.iterate<{ segmentJobChanged: Told }>({
      query: document,
      variables: { id: jobId, after },
    });
    for await (const { data } of stream) {
      if (data) heard.push(data.segmentJobChanged);
      for (const wake of waiting) wake();
    }
  })();
  // Whoever does not wait for the end does not care how it comes.
  ended.catch(() => undefined);
  const until = async (isThere: (told: Told) => boolean): Promise<Told> => {
    for (;;) {
      const found = heard.find(isThere);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => waiting.add(resolve));
    }
  };
  return {
    heard,
    ended,
    untilStatus: (wanted: string) => until(({ job }) => job.status === wanted),
    leave: () => client.dispose(),
  };
}

const lines = (heard: readonly Told[]): readonly string[] =>
  heard.map(({ type, job }) => `${type} ${job.status}`);
const polls = ({ upstream }: Replica): number => upstream.calls.length;
/** One of the replicas has looked so many times more. */
const untilPolled = async (times: number): Promise<void> => {
  const before = replicas.map(polls);
  const most = (): number => Math.max(...replicas.map((replica, at) => polls(replica) - (before[at] ?? 0)));
  while (most() < times) await new Promise((resolve) => setTimeout(resolve, 20));
};
const pair = (): readonly [Replica, Replica] => {
  const [one, other] = replicas;
  if (one === undefined || other === undefined) throw new Error('two replicas are started');
  return [one, other];
};

describe('two replicas with one backbone', () => {
  it('look at a job once, and when the one that looked dies, the other goes on', async () => {
    const [one, other] = pair();
    const first = follow(one);
    await first.untilStatus('QUEUED');
    const second = follow(other);
    await second.untilStatus('QUEUED');
    const [polledBefore, readBefore] = [polls(one), polls(other)];
    await untilPolled(2);
    expect(polls(one) - polledBefore).toBeGreaterThanOrEqual(2);
    expect(polls(other) - readBefore).toBe(0);
    status = 'PROCESSING';
    await Promise.all([first.untilStatus('PROCESSING'), second.untilStatus('PROCESSING')]);
    expect(polls(other) - readBefore).toBe(0);
    // Dies without a word: its lease is not given back, and ends.
    replicas = [other];
    await one.backbone.close();
    await one.close();
    await shared.shiftTimes(backboneLimits.leaseMs);
    status = 'SUCCEEDED';
    await second.ended;
    expect(polls(other) - readBefore).toBeGreaterThan(0);
    expect(lines(second.heard)).toEqual(['SNAPSHOT QUEUED', 'STATUS PROCESSING', 'TERMINAL SUCCEEDED']);
  });

  it('go on by themselves while PostgreSQL is away, and tell each subscriber each change once', async () => {
    const subscribers = replicas.map((replica) => follow(replica));
    await Promise.all(subscribers.map(({ untilStatus }) => untilStatus('QUEUED')));
    await server.kill();
    status = 'PROCESSING';
    const answers = await Promise.all(
      replicas.map((replica) => replica.post({ query: `{ segmentJob(id: "${jobId}") { status } }` })),
    );
    for (const reply of answers)
      expect(await reply.json()).toMatchObject({ data: { segmentJob: { status: 'PROCESSING' } } });
    await Promise.all(subscribers.map(({ untilStatus }) => untilStatus('PROCESSING')));
    await server.start();
    await Promise.all(replicas.map(({ backbone }) => untilUp(backbone)));
    status = 'SUCCEEDED';
    await Promise.all(subscribers.map(({ ended }) => ended));
    for (const { heard } of subscribers)
      expect(lines(heard)).toEqual(['SNAPSHOT QUEUED', 'STATUS PROCESSING', 'TERMINAL SUCCEEDED']);
  });

  it('take up each other’s cursors: what was missed is replayed, without a gap', async () => {
    const [one, other] = pair();
    const stays = follow(one);
    const leaves = follow(one);
    const { cursor } = await leaves.untilStatus('QUEUED');
    await leaves.leave();
    status = 'PROCESSING';
    await stays.untilStatus('PROCESSING');
    const back = follow(other, cursor);
    await back.untilStatus('PROCESSING');
    status = 'SUCCEEDED';
    await Promise.all([stays.ended, back.ended]);
    expect(back.heard.map(({ type, replayed, job }) => [type, replayed, job.status])).toEqual([
      ['STATUS', true, 'PROCESSING'],
      ['TERMINAL', false, 'SUCCEEDED'],
    ]);
  });
});
