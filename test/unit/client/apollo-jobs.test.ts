import { ApolloClient, ApolloLink, gql, InMemoryCache, Observable } from '@apollo/client';
import { OperationTypeNode } from 'graphql';
import type { ListedJob } from '../../../src/client';
import { audienceCacheOptions, evictDeleted, followJobs } from '../../../src/client/apollo';

interface Listed extends ListedJob {
  readonly __typename: 'SegmentJob';
}
interface Jobs {
  readonly jobs: { readonly nodes: readonly Listed[]; readonly pageInfo: { readonly hasNextPage: boolean } };
}
type Told = (type: string, job: Listed | null) => void;

const jobsPage = gql`
  query CachedJobs($filter: JobFilter, $after: String) {
    jobs(first: 2, filter: $filter, after: $after) {
      nodes {
        id
        status
        createdAt
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`;
const jobsChanged = gql`
  subscription CachedJobsChanged($filter: JobFilter, $after: EventCursor) {
    jobsChanged(filter: $filter, after: $after) {
      cursor
      type
      job {
        id
        status
        createdAt
      }
    }
  }
`;
const job = (id: string, minute: number, status: ListedJob['status'] = 'PROCESSING'): Listed => ({
  __typename: 'SegmentJob',
  id,
  status,
  createdAt: `2026-11-22T09:${minute}:00.000Z`,
});
const pages: Readonly<Record<string, { readonly nodes: readonly Listed[]; readonly endCursor: string }>> = {
  first: { nodes: [job('d', 40), job('c', 30)], endCursor: 'C' },
  C: { nodes: [job('b', 20), job('a', 10)], endCursor: 'A' },
};

/** Apollo Client with our policies; the far end of its link answers pages, and tells what a test tells it. */
function connect(hold: Promise<void> = Promise.resolve()) {
  let tell: Told = () => undefined;
  let asked = 0;
  const link = new ApolloLink(
    ({ operationType, variables }) =>
      new Observable((observer) => {
        if (operationType === OperationTypeNode.SUBSCRIPTION) {
          tell = (type, told) =>
            observer.next({
              data: {
                jobsChanged: { __typename: 'JobEvent', cursor: `${type} ${told?.id}`, type, job: told },
              },
            });
          return;
        }
        asked += 1;
        const { nodes = [], endCursor } = pages[(variables['after'] as string | undefined) ?? 'first'] ?? {};
        const pageInfo = { __typename: 'PageInfo', hasNextPage: endCursor === 'C', endCursor };
        void hold.then(() => {
          observer.next({ data: { jobs: { __typename: 'JobConnection', nodes, pageInfo } } });
          observer.complete();
        });
      }),
  );
  const client = new ApolloClient({ cache: new InMemoryCache(audienceCacheOptions), link });
  const query = client.watchQuery<Jobs>({ query: jobsPage, variables: {} });
  const seen = query.subscribe(() => undefined);
  return {
    client,
    query,
    tell: ((type, told) => tell(type, told)) as Told,
    asked: () => asked,
    ids: () => client.readQuery<Jobs>({ query: jobsPage, variables: {} })?.jobs.nodes.map(({ id }) => id),
    firstPage: () => client.query({ query: jobsPage, variables: {} }),
    end: () => {
      seen.unsubscribe();
      client.stop();
    },
  };
}

describe('a page of jobs in Apollo’s cache', () => {
  let live: ReturnType<typeof connect>;
  afterEach(() => live.end());

  it('has a job as soon as jobsChanged tells of it', async () => {
    live = connect();
    await live.firstPage();
    followJobs(live.query, jobsChanged);
    live.tell('CREATED', job('e', 50));
    expect(live.ids()).toEqual(['e', 'd', 'c']);
  });

  it('goes on with its next page as if nothing had happened', async () => {
    live = connect();
    await live.firstPage();
    followJobs(live.query, jobsChanged);
    live.tell('CREATED', job('e', 50));
    live.tell('SNAPSHOT', job('b', 20));
    await live.query.fetchMore({ variables: { after: 'C' } });
    expect(live.ids()).toEqual(['e', 'd', 'c', 'b', 'a']);
  });

  it('loses a job that left its filter', async () => {
    live = connect();
    await live.firstPage();
    followJobs(live.query, jobsChanged, { filter: { statuses: ['PROCESSING'] } });
    live.tell('TERMINAL', job('d', 40, 'SUCCEEDED'));
    expect(live.ids()).toEqual(['c']);
  });

  it('has what was told while it was on its way', async () => {
    let answer = (): void => undefined;
    live = connect(new Promise((resolve) => (answer = resolve)));
    followJobs(live.query, jobsChanged);
    live.tell('CREATED', job('e', 50));
    answer();
    await live.firstPage();
    live.tell('PROGRESS', job('d', 40));
    expect(live.ids()).toEqual(['e', 'd', 'c']);
  });

  it('is asked for again after a gap', async () => {
    live = connect();
    await live.firstPage();
    const before = live.asked();
    followJobs(live.query, jobsChanged);
    live.tell('GAP', null);
    expect(live.asked()).toBe(before + 1);
  });

  it('hears nothing more after its end', async () => {
    live = connect();
    await live.firstPage();
    followJobs(live.query, jobsChanged)();
    live.tell('CREATED', job('e', 50));
    expect(live.ids()).toEqual(['d', 'c']);
  });

  it('shows nothing of what was deleted', async () => {
    live = connect();
    await live.firstPage();
    evictDeleted(live.client.cache, 'SegmentJob', 'd');
    expect(live.ids()).toEqual(['c']);
  });
});

it('leaves the edges of what was deleted out, too', () => {
  const cache = new InMemoryCache(audienceCacheOptions);
  const query = gql`
    query CachedSegments {
      segments {
        edges {
          cursor
          node {
            id
            name
          }
        }
      }
    }
  `;
  const edge = (id: string) => ({
    __typename: 'SegmentEdge',
    cursor: id,
    node: { __typename: 'Segment', id, name: id },
  });
  cache.writeQuery({
    query,
    data: { segments: { __typename: 'SegmentConnection', edges: [edge('a'), edge('b')] } },
  });
  evictDeleted(cache, 'Segment', 'a');
  expect(cache.readQuery({ query })).toEqual({
    segments: { __typename: 'SegmentConnection', edges: [edge('b')] },
  });
});
