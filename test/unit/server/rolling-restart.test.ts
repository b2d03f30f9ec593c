import { createClient as createSseClient } from 'graphql-sse';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { followedJobs } from '../../support/followed-jobs';
import { startFakeUpstream } from '../../support/fake-upstream';
import { postForStream } from '../../support/raw-stream';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';

const query =
  'subscription ($id: ID!, $after: EventCursor) { segmentJobChanged(id: $id, after: $after) { type cursor job { status } } }';

interface Data {
  readonly segmentJobChanged: {
    readonly type: string;
    readonly cursor: string;
    readonly job: { readonly status: string } | null;
  };
}

const jobs = followedJobs({});
let upstream: Awaited<ReturnType<typeof startFakeUpstream>>;
let gateway: StartedGateway;

beforeEach(async () => {
  jobs.statuses.clear();
  upstream = await startFakeUpstream(jobs.answer);
  gateway = await start(0);
});
afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

function start(port: number): Promise<StartedGateway> {
  const secret = 'the same for all replicas, and after a restart';
  return startGateway(() => undefined, { port, secret, upstream: { url: upstream.url, mode: 'EMBEDDED' } });
}

/** The next one on the same port, when the first has closed. */
async function restart(): Promise<void> {
  const port = Number(new URL(gateway.gateway.url).port);
  await gateway.close();
  gateway = await start(port);
}

/** Hears a subscription whose variables are read anew with each try, so that it goes on behind its last event. */
function listener(variables: { id: string; after?: string }): {
  readonly statuses: string[];
  readonly next: (data: Data | null | undefined) => void;
  readonly until: (status: string) => Promise<void>;
} {
  const statuses: string[] = [];
  let wake = (): void => undefined;
  return {
    statuses,
    next: (data) => {
      if (data === null || data === undefined) return;
      const { cursor, job, type } = data.segmentJobChanged;
      variables.after = cursor;
      if (job !== null && statuses.at(-1) !== job.status) statuses.push(job.status);
      if (type === 'TERMINAL') statuses.push('the end');
      wake();
    },
    until: async (status) => {
      while (!statuses.includes(status)) await new Promise<void>((resolve) => (wake = resolve));
    },
  };
}

interface Sink {
  next(result: { readonly data?: Data | null }): void;
  complete(): void;
  error(error: unknown): void;
}
type Subscribe = (
  payload: { readonly query: string; readonly variables: { id: string; after?: string } },
  sink: Sink,
) => unknown;

/** Follows the job by one of the clients. */
function follow(subscribe: Subscribe): {
  readonly heard: ReturnType<typeof listener>;
  readonly ended: Promise<void>;
} {
  const variables: { id: string; after?: string } = { id: 'j1' };
  const heard = listener(variables);
  const ended = new Promise<void>((resolve, reject) => {
    subscribe(
      { query, variables },
      {
        next: ({ data }) => heard.next(data),
        complete: resolve,
        error: (error) => reject(error instanceof Error ? error : new Error(JSON.stringify(error))),
      },
    );
  });
  return { heard, ended };
}

it('a graphql-ws client hears every status once over a restart of the gateway', async () => {
  jobs.statuses.set('j1', 'QUEUED');
  const client = createClient({
    url: `${gateway.gateway.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryWait: () => new Promise((resolve) => setTimeout(resolve, 20)),
    retryAttempts: 200,
    // While nothing listens on the port there is an error, and no close.
    shouldRetry: () => true,
  });
  const closes: number[] = [];
  client.on('closed', (event) => void closes.push((event as { code: number }).code));
  const { heard, ended } = follow((payload, sink) => client.subscribe<Data>(payload, sink));
  await heard.until('QUEUED');
  await restart();
  jobs.statuses.set('j1', 'PROCESSING');
  await heard.until('PROCESSING');
  jobs.statuses.set('j1', 'SUCCEEDED');
  await ended;
  expect(heard.statuses).toEqual(['QUEUED', 'PROCESSING', 'SUCCEEDED', 'the end']);
  expect(closes[0]).toBe(1012);
  await client.dispose();
});

it('a graphql-sse client hears every status once over a restart of the gateway', async () => {
  jobs.statuses.set('j1', 'QUEUED');
  const client = createSseClient({
    url: `${gateway.gateway.url}/graphql`,
    retry: () => new Promise((resolve) => setTimeout(resolve, 20)),
    retryAttempts: 200,
  });
  const { heard, ended } = follow((payload, sink) => client.subscribe<Data>(payload, sink));
  await heard.until('QUEUED');
  await restart();
  jobs.statuses.set('j1', 'SUCCEEDED');
  await ended;
  expect(heard.statuses).toEqual(['QUEUED', 'SUCCEEDED', 'the end']);
  client.dispose();
});

it.each([
  ['text/event-stream', 'retry: 1000'],
  ['multipart/mixed;boundary="graphql";subscriptionSpec=1.0', '--graphql\r\n'],
])('an answer of %s ends without complete when the gateway closes', async (accept, last) => {
  jobs.statuses.set('j1', 'QUEUED');
  const stream = await postForStream(gateway.gateway.url, { query, variables: { id: 'j1' } }, { accept });
  await stream.until('SNAPSHOT');
  await restart();
  const { text, isBroken } = await stream.rest();
  expect(isBroken).toBe(false);
  expect(text).not.toMatch(/event: complete|--graphql--/);
  expect(text.trimEnd().endsWith(last.trimEnd())).toBe(true);
});
