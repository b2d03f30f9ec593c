import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { Client as UrqlClient, cacheExchange, fetchExchange, subscriptionExchange } from '@urql/core';
import { OperationTypeNode } from 'graphql';
import { lastValueFrom, tap } from 'rxjs';
import { WebSocket } from 'ws';
import { createAudienceClient, createAudienceSocket } from '../../../src/client';
import { audienceCacheOptions } from '../../../src/client/apollo';
import { forwardTo } from '../../../src/client/urql';
import {
  listJobs,
  listSegments,
  makeSegment,
  oneSegment,
  startSegmentJob,
  watchNothing,
  watchSegmentJobAfter,
} from '../../support/client-operations';
import { startCuttingProxy } from '../../support/cutting-proxy';
import type { CuttingProxy } from '../../support/cutting-proxy';
import { createShopPeople, profileOf } from '../../support/shop-people';
import { startRoad } from '../../support/start-road';
import type { Road } from '../../support/start-road';

const names = ['Berlin', 'Calais', 'Dublin', 'Evora', 'Fulda'];

let road: Road;
let proxy: CuttingProxy;
let segmentIds: string[];

beforeAll(async () => {
  road = await startRoad({ platform: { paceMs: 120, threads: 1 } });
  await road.ingest('profile', createShopPeople(12).map(profileOf));
  segmentIds = [];
  for (const name of names) {
    const { createSegment } = await road.run(makeSegment, {
      input: { name, expression: { text: 'homeAddress.countryCode = "FR"' } },
    });
    segmentIds.push(createSegment.segment?.id ?? '');
  }
  proxy = await startCuttingProxy(road.url);
});
afterAll(async () => {
  await proxy.close();
  await road.close();
});

const socketTo = (url: string) =>
  createAudienceSocket({ url, webSocketImpl: WebSocket, retryWaitMs: () => 20 });

/** A job that runs long enough to be watched. */
async function startJob(): Promise<string> {
  const { createSegmentJob } = await road.run(startSegmentJob, { input: { segments: { ids: segmentIds } } });
  return createSegmentJob.segmentJob?.id ?? '';
}

interface SeenEvent {
  readonly type: string;
  readonly cursor: string;
  readonly replayed: boolean;
}

/** What must hold of a stream that was cut: nothing twice, nothing lost, and one end. */
function expectWhole(events: readonly SeenEvent[]): void {
  expect(events.map(({ type }) => type).filter((type) => type === 'SNAPSHOT' || type === 'TERMINAL')).toEqual(
    ['SNAPSHOT', 'TERMINAL'],
  );
  expect(new Set(events.map(({ cursor }) => cursor)).size).toBe(events.length);
}

/** Resolves with the first result of a list that is shown, as a component has it, for which something holds. */
function until<T>(
  list: { subscribe(next: (result: T) => void): { unsubscribe(): void } },
  holds: (result: T) => boolean,
): Promise<T> {
  return new Promise((resolve) => {
    const shown = list.subscribe((result) => {
      if (!holds(result)) return;
      resolve(result);
      queueMicrotask(() => shown.unsubscribe());
    });
  });
}

describe('our client, when its socket breaks', () => {
  it('goes on behind the last event, and says what was sent again', async () => {
    const client = createAudienceClient({ url: proxy.url, webSocketImpl: WebSocket, retryWaitMs: () => 20 });
    const events: SeenEvent[] = [];
    for await (const event of client.watchJob({ kind: 'SEGMENT', id: await startJob() })) {
      events.push(event);
      if (events.length === 1) proxy.cut();
    }
    await client.close();
    expectWhole(events);
  });
});

describe('Apollo Client', () => {
  let apollo: ApolloClient;
  let socket: ReturnType<typeof socketTo>;
  beforeEach(() => {
    socket = socketTo(proxy.url);
    apollo = new ApolloClient({
      cache: new InMemoryCache(audienceCacheOptions),
      link: ApolloLink.split(
        ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
        new GraphQLWsLink(socket),
        new HttpLink({ uri: `${road.url}/graphql` }),
      ),
    });
  });
  afterEach(async () => {
    apollo.stop();
    await socket.dispose();
  });

  it('joins the pages of a list, and keeps other filters apart', async () => {
    const list = apollo.watchQuery({ query: listSegments, variables: { first: 2 } });
    const whole = until(list, ({ data }) => data?.segments?.nodes?.length === names.length);
    let { data } = await apollo.query({ query: listSegments, variables: { first: 2 } });
    while (data?.segments.pageInfo.hasNextPage === true)
      ({ data } = await list.fetchMore({ variables: { after: data.segments.pageInfo.endCursor } }));
    await apollo.query({ query: listSegments, variables: { first: 2, filter: { nameContains: 'Calais' } } });
    expect((await whole).data?.segments?.nodes?.map((node) => node?.name)).toEqual(names);
    const cached = apollo.readQuery({ query: listSegments, variables: { first: 2 } });
    expect(cached?.segments.nodes).toHaveLength(names.length);
  });

  it('shows one thing from what a list has loaded, without a request', async () => {
    await apollo.query({ query: listSegments, variables: { first: 5 } });
    const { data } = await apollo.query({
      query: oneSegment,
      variables: { id: segmentIds[1] ?? '' },
      fetchPolicy: 'cache-only',
    });
    expect(data?.segment).toMatchObject({ name: 'Calais' });
  });

  it('says that there is none, once and for all', async () => {
    const variables = { id: '00000000-0000-4000-8000-000000000000' };
    await apollo.query({ query: oneSegment, variables });
    const { data } = await apollo.query({ query: oneSegment, variables, fetchPolicy: 'cache-only' });
    expect(data).toEqual({ segment: null });
  });

  it('gives what the user can mend as data, with the place of each fault', async () => {
    const { data } = await apollo.mutate({
      mutation: makeSegment,
      variables: { input: { name: 'Bad', expression: { text: 'homeAddress.countryCode =' } } },
    });
    expect(data?.createSegment).toMatchObject({
      segment: null,
      userErrors: [
        { code: 'INVALID_PQL', field: ['input', 'expression', 'text'], diagnostics: [{ from: 25 }] },
      ],
    });
  });

  it('gives what nobody can mend as errors with code and request id', async () => {
    const error: unknown = await apollo
      .query({ query: listSegments, variables: { first: 0 } })
      .catch((reason: unknown) => reason);
    expect(CombinedGraphQLErrors.is(error) && error.errors[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      requestId: expect.any(String) as string,
    });
  });

  it('moves a list of jobs along by a subscription to one of them, over a socket that breaks', async () => {
    const id = await startJob();
    await apollo.query({ query: listJobs, variables: { first: 5 } });
    const list = apollo.watchQuery({ query: listJobs, variables: { first: 5 } });
    const shownAsDone = until(
      list,
      ({ data }) => data?.jobs?.nodes?.find((job) => job?.id === id)?.status === 'SUCCEEDED',
    );
    const events: SeenEvent[] = [];
    await lastValueFrom(
      apollo.subscribe({ query: watchSegmentJobAfter, variables: { id } }).pipe(
        tap(({ data, error }) => {
          expect(error).toBeUndefined();
          if (data !== undefined) events.push(data.segmentJobChanged);
          if (events.length === 1) proxy.cut();
        }),
      ),
    );
    expectWhole(events);
    await shownAsDone;
  });
});

describe('urql', () => {
  let urql: UrqlClient;
  let socket: ReturnType<typeof socketTo>;
  beforeEach(() => {
    socket = socketTo(proxy.url);
    urql = new UrqlClient({
      url: `${road.url}/graphql`,
      preferGetMethod: false,
      exchanges: [
        cacheExchange,
        fetchExchange,
        subscriptionExchange({ forwardSubscription: forwardTo(socket) }),
      ],
    });
  });
  afterEach(() => socket.dispose());

  it('reads a list page by page', async () => {
    const seen: (string | undefined)[] = [];
    let after: string | null | undefined;
    do {
      const { data } = await urql.query(listSegments, { first: 2, after }).toPromise();
      seen.push(...(data?.segments.nodes.map(({ name }) => name) ?? []));
      after = data?.segments.pageInfo.hasNextPage === true ? data.segments.pageInfo.endCursor : null;
    } while (typeof after === 'string');
    expect(seen).toEqual(names);
  });

  it('gives user errors as data and the others with their code', async () => {
    const made = await urql
      .mutation(makeSegment, { input: { name: 'Bad', expression: { text: 'homeAddress.countryCode =' } } })
      .toPromise();
    expect(made.data?.createSegment.userErrors).toMatchObject([{ code: 'INVALID_PQL' }]);
    const { error } = await urql.query(listSegments, { first: 0 }).toPromise();
    expect(error?.graphQLErrors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('watches a job to its end over a socket that breaks', async () => {
    const id = await startJob();
    const events: SeenEvent[] = [];
    await new Promise<void>((resolve) => {
      urql.subscription(watchSegmentJobAfter, { id }).subscribe(({ data }) => {
        if (data === undefined) return;
        events.push(data.segmentJobChanged);
        if (events.length === 1) proxy.cut();
        if (data.segmentJobChanged.type === 'TERMINAL') resolve();
      });
    });
    expectWhole(events);
  });

  it('is told by its code that a job is not there', async () => {
    const { error } = await new Promise<{
      error?: { graphQLErrors: readonly { extensions: unknown }[] } | undefined;
    }>((resolve) => {
      urql.subscription(watchNothing, {}).subscribe(resolve);
    });
    expect(error?.graphQLErrors[0]?.extensions).toMatchObject({ code: 'NOT_FOUND' });
  });
});
