import { loadMergedJobs } from '../../../src/resolvers/merged-jobs';
import type { JobKind } from '../../../src/schema/job.type';
import { children, records } from '../../support/adobe-lists';
import { fc } from '../../support/fast-check';
import { MovingList, moves, sourcesOver } from '../../support/moving-list';
import type { MovingRow } from '../../support/moving-list';
import { createTestContext } from '../../support/run-query';

const kinds: readonly JobKind[] = ['SEGMENT', 'EXPORT'];

/** Even and odd moments, so that the two kinds stand between each other. */
const momentOf = ({ key }: MovingRow, kind: JobKind): number => 2 * key + (kind === 'SEGMENT' ? 0 : 1);
const statusOf = ({ number }: MovingRow): string => (number % 3 === 0 ? 'FAILED' : 'SUCCEEDED');

const segmentJob = (row: MovingRow) => ({
  id: `i${String(row.number)}`,
  status: statusOf(row),
  segments: [],
  creationTime: momentOf(row, 'SEGMENT'),
  updateTime: momentOf(row, 'SEGMENT'),
});
const exportJob = (row: MovingRow) => ({
  // Of one moment the greater one comes first.
  id: 90_000 - row.number,
  status: statusOf(row),
  destination: { datasetId: 'd' },
  schema: { name: '_xdm.context.profile' },
  creationTime: momentOf(row, 'EXPORT'),
  updateTime: momentOf(row, 'EXPORT'),
});

const run = fc.record({
  segmentJobs: fc.integer({ min: 0, max: 30 }),
  exportJobs: fc.integer({ min: 0, max: 30 }),
  first: fc.integer({ min: 1, max: 12 }),
  statuses: fc.constantFrom(undefined, ['FAILED'] as const, ['FAILED', 'NEW'] as const),
  script: fc.array(fc.tuple(fc.boolean(), moves(['arrive', 'vanish', 'vanish-shown'])), { maxLength: 30 }),
});

describe('jobs of both kinds in one list', () => {
  it('lose and repeat nothing and stay in order while jobs come and go', async () => {
    await fc.assert(
      fc.asyncProperty(run, async ({ segmentJobs, exportJobs, first, statuses, script }) => {
        const lists = { SEGMENT: new MovingList(segmentJobs, 1), EXPORT: new MovingList(exportJobs, 1) };
        const before = new Map(kinds.map((kind) => [kind, new Set(lists[kind].stayed)]));
        const seen: { kind: JobKind; number: number; at: number }[] = [];
        const steps = [...script];
        const freshSources = sourcesOver((path, call) => {
          const [isExport, happened] = steps.shift() ?? [false, []];
          const moved: JobKind = isExport ? 'EXPORT' : 'SEGMENT';
          const shown = seen.filter(({ kind }) => kind === moved).map(({ number }) => number);
          for (const move of happened) lists[moved].move(move, shown);
          const status = call.query.get('status');
          const rows = (kind: JobKind): readonly MovingRow[] =>
            lists[kind].rows.filter((row) => status === null || statusOf(row) === status);
          return path.includes('/segment/jobs')
            ? children(rows('SEGMENT').map(segmentJob), call)
            : records(rows('EXPORT').map(exportJob), call);
        });
        let after: string | undefined;
        for (let pages = 0; ; pages += 1) {
          if (pages > 300) throw new Error('The list never ends');
          const context = { ...createTestContext().context, sources: freshSources() };
          const page = await loadMergedJobs(context, kinds, { first, after, statuses });
          for (const { kind, id, createdAt } of page.nodes) {
            const number = kind === 'SEGMENT' ? Number(id.slice(1)) : 90_000 - Number(id);
            seen.push({ kind, number, at: createdAt.getTime() });
          }
          if (!page.pageInfo.hasNextPage) break;
          after = page.pageInfo.endCursor ?? undefined;
          expect(after).toBeDefined();
        }
        for (const kind of kinds) {
          const numbers = seen.filter((job) => job.kind === kind).map(({ number }) => number);
          expect(new Set(numbers).size).toBe(numbers.length);
          const { rows, stayed } = lists[kind];
          const expected = rows.filter(
            (row) => before.get(kind)?.has(row.number) && (!statuses || statusOf(row) === 'FAILED'),
          );
          expect(numbers.filter((number) => stayed.has(number))).toEqual(
            expected.map(({ number }) => number),
          );
        }
        // Who comes meanwhile with an old date may stand late.
        const moments = seen.filter(({ kind, number }) => before.get(kind)?.has(number)).map(({ at }) => at);
        expect(moments).toEqual(moments.toSorted((left, right) => right - left));
      }),
      { numRuns: 60 },
    );
  });
});
