import { withJobEvent, withLatest } from '../../../src/client';
import type { JobEvent, JobStatus, ListedJob } from '../../../src/client';

const job = (id: string, minute: number, status: JobStatus = 'PROCESSING', updated?: number): ListedJob => ({
  id,
  status,
  createdAt: `2026-11-22T09:${minute}:00.000Z`,
  ...(updated !== undefined && { updatedAt: `2026-11-22T10:${updated}:00.000Z` }),
});
const event = (type: JobEvent['type'], told: ListedJob | null) => ({ type, job: told });
const page = { nodes: [job('c', 30), job('b', 20)], pageInfo: { hasNextPage: true }, totalCount: 5 };
const ids = ({ nodes }: { readonly nodes: readonly ListedJob[] }): string[] => nodes.map(({ id }) => id);

describe('a page of jobs after an event', () => {
  it('has a new job at the top, and counts it', () => {
    const list = withJobEvent(page, event('CREATED', job('d', 40)));
    expect([ids(list), list.totalCount]).toEqual([['d', 'c', 'b'], 6]);
  });

  it('has a job that comes to the filter where it belongs', () => {
    expect(ids(withJobEvent(page, event('STATUS', job('x', 25))))).toEqual(['c', 'x', 'b']);
  });

  it('shows a known job as it is now, in its place', () => {
    const { nodes } = withJobEvent(page, event('TERMINAL', job('b', 20, 'SUCCEEDED')));
    expect(nodes.map(({ status }) => status)).toEqual(['PROCESSING', 'SUCCEEDED']);
  });

  it('has no job any more that left the statuses of its filter', () => {
    const list = withJobEvent(page, event('STATUS', job('c', 30, 'FAILED')), { statuses: ['PROCESSING'] });
    expect([ids(list), list.totalCount]).toEqual([['b'], 4]);
  });

  it('leaves an older job to the page that it stands on, unless there is no such page', () => {
    const older = event('SNAPSHOT', job('a', 10));
    expect(withJobEvent(page, older)).toBe(page);
    expect(ids(withJobEvent({ ...page, pageInfo: { hasNextPage: false } }, older))).toEqual(['c', 'b', 'a']);
  });

  it('is the same where the event tells nothing new, or less than the list knows', () => {
    expect(withJobEvent(page, event('SNAPSHOT', job('c', 30)))).toBe(page);
    expect(withJobEvent(page, event('GAP', null))).toBe(page);
    const fresh = { nodes: [job('c', 30, 'SUCCEEDED', 20)] };
    expect(withJobEvent(fresh, event('PROGRESS', job('c', 30, 'PROCESSING', 10)))).toBe(fresh);
  });
});

describe('the last events', () => {
  it('are one a job', () => {
    const first = event('CREATED', job('a', 10));
    const last = event('TERMINAL', job('a', 10, 'FAILED'));
    expect(
      [first, event('CREATED', job('b', 20)), last].reduce<readonly object[]>(withLatest as never, []),
    ).toEqual([event('CREATED', job('b', 20)), last]);
  });

  it('begin anew with a gap', () => {
    const gap = event('GAP', null);
    expect(withLatest([event('CREATED', job('a', 10))], gap)).toEqual([gap]);
  });
});
