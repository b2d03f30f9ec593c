import type { JobEvent, WatchedJob } from '../../../src/client';
import { followJobs } from '../../../src/client/follow-jobs';
import type { JobPage } from '../../../src/client/follow-jobs';

const job = (id: string, minute: number, status: WatchedJob['status'] = 'PROCESSING'): WatchedJob => ({
  __typename: 'SegmentJob',
  id,
  kind: 'SEGMENT',
  status,
  rawStatus: status,
  isTerminal: status === 'SUCCEEDED',
  createdAt: `2026-11-22T09:${minute}:00.000Z`,
  updatedAt: `2026-11-22T09:${minute}:00.000Z`,
  progress: { fraction: null, basis: 'UNKNOWN', elapsedMs: '0', estimatedEndAt: null },
  phases: [],
  errors: [],
  requestId: null,
  segmentIds: [],
  totalProfiles: null,
});
const told = (type: JobEvent['type'], of: WatchedJob | null): JobEvent => ({
  cursor: `${type} ${of?.id}`,
  type,
  at: '2026-11-22T10:00:00.000Z',
  replayed: false,
  previousStatus: null,
  job: of,
});

/** The lists that come of pages, in the order in which they are asked for, and of events; and what was asked for. */
async function follow(pages: readonly JobPage[], events: readonly JobEvent[], filter = {}) {
  const asked: string[] = [];
  const changes = (): AsyncIterableIterator<JobEvent> => {
    asked.push('changes');
    return (async function* () {
      yield* await Promise.resolve(events);
    })();
  };
  const page = (): Promise<JobPage> => {
    const next = pages[asked.filter((each) => each === 'page').length];
    asked.push('page');
    return next === undefined ? Promise.reject(new Error('No more pages')) : Promise.resolve(next);
  };
  const lists: string[][] = [];
  for await (const list of followJobs({ changes, page }, { filter, first: 2 }))
    lists.push(list.map(({ id }) => id));
  return { lists, asked };
}
const pageOf = (hasNextPage: boolean, ...nodes: readonly WatchedJob[]): JobPage => ({
  nodes,
  pageInfo: { hasNextPage },
});

it('opens the events before it asks for the page, so that nothing falls between', async () => {
  expect((await follow([pageOf(false)], [])).asked).toEqual(['changes', 'page']);
});

it('gives the list at once and after each change, never longer than was asked for', async () => {
  const { lists } = await follow(
    [pageOf(false, job('a', 10))],
    [
      told('SNAPSHOT', job('a', 10)),
      told('CREATED', job('b', 20)),
      told('CREATED', job('c', 30)),
      told('SNAPSHOT', job('a', 10)),
    ],
  );
  expect(lists).toEqual([['a'], ['b', 'a'], ['c', 'b']]);
});

it('asks again after a gap, and where a job made room for one below', async () => {
  const pages = [
    pageOf(true, job('c', 30), job('b', 20)),
    pageOf(true, job('b', 20), job('a', 10)),
    pageOf(false, job('z', 50)),
  ];
  const events = [told('TERMINAL', job('c', 30, 'SUCCEEDED')), told('GAP', null)];
  const { lists } = await follow(pages, events, { statuses: ['PROCESSING'] });
  expect(lists).toEqual([['c', 'b'], ['b', 'a'], ['z']]);
});
