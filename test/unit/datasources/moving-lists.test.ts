import type { DataSources, PageRequest, SourcePage } from '../../../src/datasources';
import {
  array,
  children,
  countedRecords,
  map,
  namedTokens,
  records,
  segments,
  tokens,
  withoutLinks,
} from '../../support/adobe-lists';
import type { ListCall } from '../../support/adobe-lists';
import { fc } from '../../support/fast-check';
import { MovingList, moves, sourcesOver } from '../../support/moving-list';
import type { Move, MovingRow } from '../../support/moving-list';

/** A row as any list shows it. */
const shown = ({ number, key }: MovingRow, idOf = (n: number): string | number => `i${String(n)}`) => ({
  id: idOf(number),
  number,
  name: `n${String(99_999 - key)}${String(number).padStart(5, '0')}`,
  status: number % 3 === 0 ? 'FAILED' : 'SUCCEEDED',
  creationTime: key,
  updateTime: key,
  created: key,
  segments: [{ segmentId: 's1' }],
  destination: {},
});
type Shown = ReturnType<typeof shown>;
/** Export jobs are numbers; of one millisecond the greater one comes first. */
const jobNumber = (number: number): number => 90_000 - number;

interface List {
  readonly name: string;
  readonly envelope: (rows: readonly Shown[], call: ListCall) => unknown;
  readonly page: (sources: DataSources, request: PageRequest) => Promise<SourcePage<object>>;
  readonly idOf?: (number: number) => string | number;
  /** Which rows the list is asked for. */
  readonly matches?: (row: MovingRow) => boolean;
  /** What may happen to it without anything lost or repeated. */
  readonly bears: readonly Move['kind'][];
  /** Of those that vanish, at most so many. */
  readonly maxVanished?: number;
}

const all: readonly Move['kind'][] = ['arrive', 'vanish', 'vanish-shown'];
const isFailed = ({ number }: MovingRow): boolean => number % 3 === 0;
const failedOnly =
  (envelope: List['envelope']): List['envelope'] =>
  (rows, call) =>
    envelope(
      call.query.get('status') === 'FAILED' ? rows.filter(({ status }) => status === 'FAILED') : rows,
      call,
    );

const lists: readonly List[] = [
  {
    name: 'segment definitions, newest first',
    envelope: segments,
    page: (sources, request) => sources.segmentDefinitions.page(request),
    bears: all,
  },
  {
    name: 'segment definitions by name, filtered here',
    envelope: segments,
    page: (sources, request) =>
      sources.segmentDefinitions.page({
        ...request,
        nameContains: '0',
        orderBy: { field: 'NAME', direction: 'ASC' },
      }),
    matches: (row) => shown(row).name.includes('0'),
    bears: all,
  },
  {
    name: 'segment jobs',
    envelope: children,
    page: (sources, request) => sources.segmentJobs.page(request),
    bears: all,
  },
  {
    name: 'segment jobs without links or a total',
    envelope: withoutLinks,
    page: (sources, request) => sources.segmentJobs.page(request),
    bears: all,
  },
  {
    name: 'segment jobs that the upstream filters',
    envelope: failedOnly(children),
    page: (sources, request) => sources.segmentJobs.page({ ...request, statuses: ['FAILED'] }),
    matches: isFailed,
    bears: all,
  },
  {
    name: 'segment jobs filtered here',
    envelope: children,
    page: (sources, request) => sources.segmentJobs.page({ ...request, statuses: ['FAILED', 'NEW'] }),
    matches: isFailed,
    bears: all,
  },
  {
    name: 'export jobs',
    envelope: records,
    idOf: jobNumber,
    page: (sources, request) => sources.exportJobs.page(request),
    bears: all,
  },
  {
    name: 'export jobs filtered here',
    envelope: records,
    idOf: jobNumber,
    page: (sources, request) => sources.exportJobs.page({ ...request, statuses: ['FAILED', 'NEW'] }),
    matches: isFailed,
    bears: all,
  },
  {
    name: 'export jobs of an upstream that counts',
    envelope: countedRecords,
    idOf: jobNumber,
    page: (sources, request) => sources.exportJobs.page(request),
    bears: all,
  },
  {
    name: 'datasets',
    envelope: map,
    page: (sources, request) => sources.catalog.datasets(request),
    bears: all,
  },
  {
    name: 'batches',
    envelope: map,
    page: (sources, request) => sources.catalog.batches('d1', request),
    bears: all,
  },
  {
    name: 'schedules, which show no order',
    envelope: children,
    page: (sources, request) => sources.schedules.page(request),
    bears: all,
    maxVanished: 7,
  },
  {
    name: 'audience templates, which show no order',
    envelope: array,
    page: (sources, request) => sources.audienceTemplates.page(request),
    bears: all,
    maxVanished: 7,
  },
  {
    name: 'merge policies whose token names a record',
    envelope: namedTokens,
    page: (sources, request) => sources.mergePolicies.page(request),
    bears: all,
  },
  {
    name: 'merge policies whose token hides an offset',
    envelope: tokens,
    page: (sources, request) => sources.mergePolicies.page(request),
    bears: ['arrive'],
  },
];

interface Run {
  readonly count: number;
  readonly spread: number;
  readonly first: number;
  /** Items of one answer of the upstream at most. */
  readonly cap: number;
  readonly script: readonly (readonly Move[])[];
}

/** Reads a list to its end while it moves before each answer. */
async function readMoving(
  list: List,
  run: Run,
): Promise<{ moving: MovingList; seen: number[]; startedWith: Set<number> }> {
  const moving = new MovingList(run.count, run.spread);
  const startedWith = new Set(moving.rows.map(({ number }) => number));
  const seen: number[] = [];
  let vanishLeft = list.maxVanished ?? Infinity;
  const script = [...run.script];
  const sources = sourcesOver((_path, call) => {
    for (const move of script.shift() ?? []) {
      const cost = move.kind === 'arrive' ? 0 : move.kind === 'vanish' ? 1 : move.count;
      if (cost > vanishLeft) continue;
      vanishLeft -= cost;
      moving.move(move, seen);
    }
    const limit = call.query.get('limit');
    if (limit !== null) call.query.set('limit', String(Math.min(Number(limit), run.cap)));
    return list.envelope(
      moving.rows.map((row) => shown(row, list.idOf)),
      call,
    );
  });
  let after: string | undefined;
  for (let pages = 0; ; pages += 1) {
    if (pages > 500) throw new Error('The list never ends');
    const page = await list.page(sources(), { first: run.first, after });
    seen.push(...page.edges.map(({ node }) => (node as Shown).number));
    expect(page.edges.length).toBeLessThanOrEqual(run.first);
    if (!page.hasNextPage) break;
    after = page.endCursor ?? undefined;
    expect(after).toBeDefined();
  }
  return { moving, seen, startedWith };
}

const runs = (list: List): fc.Arbitrary<Run> =>
  fc.record({
    count: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 90, max: 130 })),
    // So many rows of one moment.
    spread: fc.constantFrom(1, 1, 3),
    first: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(20, 99, 100)),
    cap:
      list.envelope === map || list.envelope === withoutLinks
        ? fc.constant(100)
        : fc.constantFrom(7, 30, 100),
    script: fc.array(moves(list.bears), { maxLength: 40 }),
  });

describe.each(lists.map((list) => [list.name, list] as const))('%s', (_name, list) => {
  it('lose and repeat nothing while rows come and go', async () => {
    await fc.assert(
      fc.asyncProperty(runs(list), async (run) => {
        const { moving, seen, startedWith } = await readMoving(list, run);
        expect(new Set(seen).size).toBe(seen.length);
        const matches = list.matches ?? (() => true);
        const expected = moving.rows.filter((row) => matches(row) && startedWith.has(row.number));
        expect(seen.filter((number) => moving.stayed.has(number))).toEqual(
          expected.map(({ number }) => number),
        );
      }),
      { numRuns: 25 },
    );
  });
});
