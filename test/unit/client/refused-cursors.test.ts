import { ApolloClient, InMemoryCache, gql } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { Client, subscriptionExchange } from 'urql';
import { WebSocket } from 'ws';
import { createAudienceClient, createAudienceSocket } from '../../../src/client';
import { forwardTo } from '../../../src/client/urql';
import { followedJobs } from '../../support/followed-jobs';
import type { FollowedJobs } from '../../support/followed-jobs';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';

const document = `subscription ($id: ID!, $after: EventCursor) {
  segmentJobChanged(id: $id, after: $after) { cursor type replayed job { id status } }
}`;
const variables = { id: 'my-job' };

let jobs: FollowedJobs;
let started: StartedGateway;
/** Without GATEWAY_SECRET: nothing reads the cursors of the one before. */
const restart = async (): Promise<void> => {
  const port = Number(new URL(started.gateway.url).port);
  await started.close();
  started = await startGateway(jobs.answer, { port });
};
beforeEach(async () => {
  jobs = followedJobs({ 'my-job': 'PROCESSING' });
  started = await startGateway(jobs.answer);
});
afterEach(() => started.close());

const connection = (): Parameters<typeof createAudienceClient>[0] => ({
  url: started.gateway.url,
  webSocketImpl: WebSocket,
  retryWaitMs: () => 20,
});

/** Restarts the gateway after the first event, and ends the job while nobody looks. */
async function restartAfterFirst(types: readonly unknown[]): Promise<void> {
  if (types.length !== 1) return;
  jobs.statuses.set('my-job', 'SUCCEEDED');
  await restart();
}

interface Told {
  readonly segmentJobChanged: { readonly type: string; readonly job: unknown };
}
const begunAnew = ['SNAPSHOT', 'GAP', 'SNAPSHOT', 'TERMINAL'];

describe('a cursor that the gateway refuses is dropped, and the stream begins anew behind a GAP', () => {
  it('in our own client', async () => {
    const client = createAudienceClient(connection());
    const events = [];
    for await (const event of client.watchJob({ kind: 'SEGMENT', id: 'my-job' })) {
      events.push(event);
      await restartAfterFirst(events);
    }
    expect(events.map(({ type }) => type)).toEqual(begunAnew);
    expect(events[1]).toEqual({ ...events[0], type: 'GAP', job: null });
    await client.close();
  });

  it('in Apollo Client', async () => {
    const socket = createAudienceSocket(connection());
    const link = new GraphQLWsLink(socket);
    const client = new ApolloClient({ cache: new InMemoryCache(), link });
    const types: string[] = [];
    await new Promise<void>((complete, error) => {
      client.subscribe<Told>({ query: gql(document), variables, fetchPolicy: 'no-cache' }).subscribe({
        next: (result) => {
          types.push(result.data?.segmentJobChanged.type ?? `${result.error?.message}`);
          void restartAfterFirst(types);
        },
        complete,
        error,
      });
    });
    expect(types).toEqual(begunAnew);
    await socket.dispose();
  });

  it('in urql', async () => {
    const socket = createAudienceSocket(connection());
    const exchanges = [subscriptionExchange({ forwardSubscription: forwardTo(socket) })];
    const client = new Client({ url: started.gateway.url, exchanges, preferGetMethod: false });
    const types: string[] = [];
    await new Promise<void>((resolve) => {
      client.subscription<Told>(document, variables).subscribe(({ data, error }) => {
        types.push(data?.segmentJobChanged.type ?? String(error));
        if (types.at(-1) === 'TERMINAL' || error !== undefined) resolve();
        void restartAfterFirst(types);
      });
    });
    expect(types).toEqual(begunAnew);
    await socket.dispose();
  });

  it('where the application kept it from an earlier visit', async () => {
    const client = createAudienceClient(connection());
    const target = { kind: 'SEGMENT', id: 'my-job' } as const;
    let after = '';
    for await (const { cursor } of client.watchJob(target)) {
      after = cursor;
      break;
    }
    await restart();
    const heard = [];
    for await (const event of client.watchJob(target, { after })) if (heard.push(event) === 2) break;
    expect(heard).toMatchObject([
      { type: 'GAP', job: null },
      { type: 'SNAPSHOT', job: { id: 'my-job' } },
    ]);
    await client.close();
  });

  it('in a list of jobs, which is read again', async () => {
    const client = createAudienceClient(connection());
    const lists: string[][] = [];
    jobs.statuses.set('my-job', 'QUEUED');
    for await (const list of client.jobs({ kinds: ['SEGMENT'] })) {
      lists.push(list.map(({ status }) => status));
      if (lists.length === 1) jobs.statuses.set('my-job', 'PROCESSING');
      if (lists.length === 2) {
        jobs.statuses.set('my-job', 'SUCCEEDED');
        await restart();
      }
      if (lists.length === 3) break;
    }
    expect(lists).toEqual([['QUEUED'], ['PROCESSING'], ['SUCCEEDED']]);
    await client.close();
  });
});

it('a document that begins anew hears what else is wrong with it', async () => {
  const client = createAudienceClient(connection());
  const events = client.subscribe(document, { id: 'gone', after: 'x' });
  await expect(events.next()).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await client.close();
});
