import { createNewestJobLoader, maxNewestJobCalls } from '../../../src/datasources/newest-jobs';
import type { SegmentJobWire } from '../../../src/wire/segment-job.wire';

interface Job {
  readonly id: string;
  readonly segmentIds: readonly string[];
  /** Segments that a job over `*` counted. */
  readonly counted?: readonly string[];
}

/** As Adobe filters: only bodies that name the id. */
const byName = (named: string, asked: string): boolean => named === asked;
/** As the embedded platform filters: an id also finds the jobs over all segments. */
const byNameOrAll = (named: string, asked: string): boolean => named === asked || named === '*';

/** Jobs that ended well, newest first, and what was asked of them. */
function listOf(jobs: readonly Job[], matches: (named: string, asked: string) => boolean = byName) {
  const wires = jobs.map(({ id, segmentIds, counted = [] }, index): SegmentJobWire => ({
    id,
    status: 'SUCCEEDED',
    segments: segmentIds.map((segmentId) => ({ segmentId })),
    metrics: { segmentedProfileCounter: Object.fromEntries(counted.map((segmentId) => [segmentId, 1])) },
    creationTime: jobs.length - index,
    updateTime: jobs.length - index,
  }));
  const asked: string[] = [];
  const pages: number[] = [];
  const loader = createNewestJobLoader(({ segmentId, first, after }) => {
    asked.push(segmentId ?? 'newest');
    pages.push(first);
    const fitting = wires.filter(
      ({ segments }) =>
        segmentId === undefined || segments.some((segment) => matches(segment.segmentId, segmentId)),
    );
    const start = Number(after ?? 0);
    const end = start + first;
    return Promise.resolve({
      jobs: fitting.slice(start, end),
      next: end < fitting.length ? String(end) : null,
    });
  });
  const load = async (...segmentIds: string[]) =>
    (await loader.loadMany(segmentIds)).map((job) => (job instanceof Error ? job.name : (job?.id ?? null)));
  return { load, asked, pages };
}

const many = (segmentId: string): Job[] =>
  Array.from({ length: 500 }, (_, index) => ({ id: `recent-${index}`, segmentIds: [segmentId] }));

describe('createNewestJobLoader', () => {
  it('answers for several segments with one look at the newest jobs', async () => {
    const { load, asked } = listOf([
      { id: 'second', segmentIds: ['a', 'b'] },
      { id: 'first', segmentIds: ['a', 'c'] },
    ]);
    expect(await load('a', 'b', 'c')).toEqual(['second', 'second', 'first']);
    expect(asked).toEqual(['newest']);
  });

  it('takes a job over all segments where it is the newer one', async () => {
    const { load } = listOf([
      { id: 'over-all', segmentIds: ['*'], counted: ['a'] },
      { id: 'named', segmentIds: ['a'] },
    ]);
    expect(await load('a')).toEqual(['over-all']);
  });

  it('passes over a job over all segments that was before the segment', async () => {
    const { load } = listOf([{ id: 'over-all', segmentIds: ['*'], counted: ['other'] }]);
    expect(await load('a')).toEqual([null]);
  });

  it('asks one by one only for segments that the newest jobs do not have', async () => {
    const { load, asked } = listOf([...many('a'), { id: 'old', segmentIds: ['b'] }]);
    expect(await load('a', 'b')).toEqual(['recent-0', 'old']);
    expect(asked).toEqual(['newest', 'newest', 'newest', 'newest', 'newest', '*', 'b']);
  });

  it('asks no more where all jobs were seen', async () => {
    const { load, asked } = listOf([{ id: 'only', segmentIds: ['a'] }]);
    expect(await load('b')).toEqual([null]);
    expect(asked).toEqual(['newest']);
  });

  it('takes the newer of two older jobs', async () => {
    const { load } = listOf([
      ...many('a'),
      { id: 'over-all', segmentIds: ['*'], counted: ['b'] },
      { id: 'named', segmentIds: ['b'] },
    ]);
    expect(await load('b')).toEqual(['over-all']);
  });

  it('pages on through the newest jobs before it asks one by one', async () => {
    const older = Array.from({ length: 50 }, (_, index) => ({ id: `j${index}`, segmentIds: [`s${index}`] }));
    const { load, asked } = listOf([...many('a').slice(0, 40), ...older]);
    const ids = older.map(({ segmentIds: [id = ''] }) => id);
    expect(await load(...ids)).toEqual(older.map(({ id }) => id));
    expect(asked).toEqual(['newest', 'newest']);
  });

  it('costs so many calls at most, however many segments there are, and says what it left open', async () => {
    const old = Array.from({ length: 90 }, (_, index) => ({ id: `old${index}`, segmentIds: [`s${index}`] }));
    const { load, asked } = listOf([...many('a'), ...old]);
    const answers = await load('a', ...old.map(({ segmentIds: [id = ''] }) => id));
    expect(answers.slice(0, 12)).toEqual([
      'recent-0',
      ...Array.from({ length: 10 }, (_, i) => `old${i}`),
      'TooManyLookups',
    ]);
    expect(new Set(answers.slice(11))).toEqual(new Set(['TooManyLookups']));
    expect(asked).toHaveLength(maxNewestJobCalls);
  });

  it('reads more at a time where jobs are small, and few where they count thousands of segments', async () => {
    const small = listOf(many('a'));
    await small.load('b');
    expect(small.pages.slice(0, 5)).toEqual([20, 94, 94, 94, 94]);
    const counted = Array.from({ length: 2_000 }, (_, index) => `s${index}`);
    const large = listOf(
      Array.from({ length: 120 }, (_, index) => ({ id: `j${index}`, segmentIds: ['*'], counted })),
    );
    await large.load('b');
    expect(large.pages.slice(0, 5)).toEqual([20, 20, 20, 20, 20]);
  });

  it('passes over jobs over all that did not count the segment, where its own list has them too', async () => {
    const { load } = listOf(
      [
        ...many('a'),
        { id: 'over-all', segmentIds: ['*'], counted: ['other'] },
        { id: 'named', segmentIds: ['b'] },
      ],
      byNameOrAll,
    );
    expect(await load('b')).toEqual(['named']);
  });
});
