import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Backbone } from '../../../src/state/backbone/backbone';
import type { Reply, SeenCall } from '../../support/fake-upstream';
import { newPostgresBackbone } from '../../support/postgres-backbones';
import { startPostgres } from '../../support/postgres-server';
import type { PostgresServer } from '../../support/postgres-server';
import { openSharedState } from '../../support/shared-states';
import type { SharedState } from '../../support/shared-states';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';

interface Replica extends StartedGateway {
  readonly backbone: Backbone;
  readonly state: SharedState;
}
interface Job {
  readonly id: string | number;
  status: string;
}
interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: object }[];
}
interface Run {
  readonly id: string;
  readonly status: string;
  readonly step: string;
}

const base = '/data/core/ups';
const secret = 'a secret that all replicas have in common';
const start = `mutation ($key: String) { startAudienceRun(input: {
  segmentIds: ["s1"], destination: { newDatasetName: "Members" }, idempotencyKey: $key
}) { audienceRun { id status step } userErrors { code } } }`;
const runs = '{ audienceRuns { nodes { id status step } } }';

let server: PostgresServer;
let replicas: Replica[];
let segmentJobs: Job[];
let exportJobs: Job[];
let datasets: string[];
/** No id comes twice, as upstream. */
let made = 0;

beforeAll(async () => void (server = await startPostgres()));
afterAll(() => server.close());
beforeEach(() => {
  [replicas, segmentJobs, exportJobs, datasets] = [[], [], [], []];
});
afterEach(async () => {
  for (const replica of replicas) await closeReplica(replica);
});

async function startReplica(): Promise<Replica> {
  const backbone = newPostgresBackbone(server.url());
  const state = await openSharedState(server.url());
  const runLease = { leaseMs: 1_200, lookMs: 100 };
  const replica = { ...(await startGateway(answer, { backbone, state, secret, runLease })), backbone, state };
  replicas.push(replica);
  return replica;
}

async function closeReplica(replica: Replica): Promise<void> {
  replicas = replicas.filter((one) => one !== replica);
  await replica.close();
  await replica.state.close();
  await replica.backbone.close();
}

/** Nothing that it does gets to the others any more, also not that it stops. */
async function dieAbruptly(replica: Replica): Promise<void> {
  await replica.state.close();
  await replica.backbone.close();
  await closeReplica(replica);
}

/** One upstream, whichever replica asks. */
function answer({ method, path, body }: SeenCall): Reply | undefined {
  const asked = `${method} ${path}`;
  const segmentJob = (job: Job) => ({
    ...job,
    segments: [{ segmentId: 's1' }],
    creationTime: 1,
    updateTime: 1,
  });
  const exportJob = (job: Job) => ({
    ...job,
    filter: { segments: [{ segmentId: 's1' }] },
    destination: {},
    schema: { name: '_xdm.context.profile' },
    creationTime: 1,
    updateTime: 1,
  });
  switch (asked) {
    case `DELETE ${base}/segment/jobs/${String(segmentJobs[0]?.id)}`:
      for (const job of segmentJobs) job.status = 'CANCELLED';
      return { json: {} };
    case `GET ${base}/segment/definitions`:
      return { json: { segments: [], page: { totalCount: 0 } } };
    case `GET ${base}/segment/definitions/s1`:
      return {
        json: { id: 's1', name: 'One', expression: { type: 'PQL', format: 'pql/text', value: 'true' } },
      };
    case `GET ${base}/segment/jobs`:
      return { json: { children: segmentJobs.map(segmentJob), _page: { totalCount: segmentJobs.length } } };
    case `POST ${base}/segment/jobs`:
      segmentJobs.unshift({ id: `j${String((made += 1))}`, status: 'PROCESSING' });
      return { json: segmentJob(segmentJobs[0] ?? none()) };
    case `POST ${base}/segment/jobs/bulk-get`: {
      const { ids } = body as { ids: readonly { id: string }[] };
      const found = segmentJobs.filter((job) => ids.some(({ id }) => id === job.id)).map(segmentJob);
      return { status: 207, json: { results: Object.fromEntries(found.map((job) => [job.id, job])) } };
    }
    case `GET ${base}/export/jobs`:
      return { json: { records: exportJobs.map(exportJob), page: { totalCount: exportJobs.length } } };
    case `POST ${base}/export/jobs`:
      exportJobs.unshift({ id: (made += 1), status: 'SUCCEEDED' });
      return { json: exportJob(exportJobs[0] ?? none()) };
    case 'GET /data/foundation/catalog/dataSets':
      return { json: Object.fromEntries(datasets.map((id) => [id, { name: 'Members', created: 1 }])) };
    case 'POST /data/foundation/catalog/dataSets':
      datasets.push(`d${String((made += 1))}`);
      return { status: 201, json: [`@/dataSets/${datasets.at(-1) ?? ''}`] };
  }
  const id = path.split('/').at(-1) ?? '';
  const [job] = [...segmentJobs.map(segmentJob), ...exportJobs.map(exportJob)].filter(
    (one) => String(one.id) === id,
  );
  return method === 'GET' && job !== undefined ? { json: job } : undefined;
}

function none(): never {
  throw new Error('a job was just made');
}

async function ask<Data>(replica: Replica, query: string, variables: object = {}): Promise<Answer<Data>> {
  return (await (await replica.post({ query, variables })).json()) as Answer<Data>;
}

async function startRun(replica: Replica, key: string): Promise<Run> {
  const { data } = await ask<{ startAudienceRun: { audienceRun: Run } }>(replica, start, { key });
  return data?.startAudienceRun.audienceRun ?? none();
}

/** What a subscriber at one replica hears of a run until its end. */
function follow({ gateway }: Replica, id: string) {
  const client = createClient({
    url: `${gateway.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
  const heard: string[] = [];
  const waiting = new Set<() => void>();
  const ended = (async () => {
    const query = `subscription { audienceRunChanged(id: "${id}") { id status step } }`;
    for await (const { data } of client.iterate<{ audienceRunChanged: Run }>({ query })) {
      if (data) heard.push(`${data.audienceRunChanged.status} ${data.audienceRunChanged.step}`);
      for (const wake of waiting) wake();
    }
    await client.dispose();
  })();
  ended.catch(() => undefined);
  const until = async (words: string): Promise<void> => {
    while (!heard.includes(words)) await new Promise<void>((resolve) => waiting.add(resolve));
  };
  return { heard, ended, until };
}

describe('audience runs of two replicas', () => {
  it('are known to both, and when the one that drives a run dies the other finishes it, once', async () => {
    const [one, other] = [await startReplica(), await startReplica()];
    const run = await startRun(one, 'nightly');
    expect(await startRun(other, 'nightly')).toMatchObject({ id: run.id });
    expect(await ask(other, runs)).toMatchObject({ data: { audienceRuns: { nodes: [{ id: run.id }] } } });
    const subscriber = follow(other, run.id);
    await subscriber.until('RUNNING EVALUATE');
    while (segmentJobs.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await dieAbruptly(one);
    for (const job of segmentJobs) job.status = 'SUCCEEDED';
    await subscriber.ended;
    expect(subscriber.heard.at(-1)).toBe('SUCCEEDED DONE');
    expect([segmentJobs, datasets, exportJobs].map(({ length }) => length)).toEqual([1, 1, 1]);
  });

  it('are cancelled by either', async () => {
    const [one, other] = [await startReplica(), await startReplica()];
    const run = await startRun(one, 'other');
    const subscriber = follow(one, run.id);
    while (segmentJobs.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const query = `mutation { cancelAudienceRun(id: "${run.id}") { audienceRun { status } userErrors { code } } }`;
    expect(await ask(other, query)).toEqual({
      data: { cancelAudienceRun: { audienceRun: { status: 'CANCELLING' }, userErrors: [] } },
    });
    await subscriber.ended;
    expect(subscriber.heard.slice(-2)).toEqual(['CANCELLING EVALUATE', 'CANCELLED EVALUATE']);
    expect(segmentJobs).toMatchObject([{ status: 'CANCELLED' }]);
  });

  it('wait for their database, which a start and everything else do not', async () => {
    await server.stop();
    const replica = await startReplica();
    const id = 'b31aed3d-b3b1-4613-98c6-7d3846e8d001';
    segmentJobs.push({ id, status: 'PROCESSING' });
    expect(await ask(replica, `{ segmentJob(id: "${id}") { status } }`)).toEqual({
      data: { segmentJob: { status: 'PROCESSING' } },
    });
    const refused = await ask(replica, start, { key: 'k' });
    expect(refused.errors).toMatchObject([
      {
        message: expect.stringMatching(/^The database that the gateways share is not available/) as string,
        extensions: { code: 'UPSTREAM_UNAVAILABLE', upstream: { service: 'state' } },
      },
    ]);
    await server.start();
    const { id: runId } = await startRun(replica, 'k');
    const subscriber = follow(replica, runId);
    while (segmentJobs.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    for (const job of segmentJobs) job.status = 'SUCCEEDED';
    await subscriber.ended;
    expect(subscriber.heard.at(-1)).toBe('SUCCEEDED DONE');
  });
});
