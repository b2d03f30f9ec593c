import { UpstreamRejected } from '../../../src/errors/upstream-error';
import type { DataSources } from '../../../src/datasources';
import { children, map, withoutLinks } from '../../support/adobe-lists';
import type { ListCall } from '../../support/adobe-lists';
import { fc } from '../../support/fast-check';
import { sourcesOver } from '../../support/moving-list';

interface Row {
  readonly id: string;
  readonly creationTime: number;
  readonly created: number;
  readonly segments: readonly { readonly segmentId: string }[];
  readonly properties: { readonly scheduleId: string };
  readonly relatedObjects: readonly { readonly type: string; readonly id: string }[];
}

/** Rows newest first, each of the parent that is named: a segment, a schedule and a dataset of that id. */
const rowsOf = (parents: readonly string[]): Row[] =>
  parents.map((parent, index) => ({
    id: `r${String(index)}`,
    creationTime: 1_700_000_000_000 - index,
    created: 1_700_000_000_000 - index,
    segments: [{ segmentId: parent }],
    properties: { scheduleId: parent },
    relatedObjects: [{ type: 'dataSet', id: parent }],
  }));

const isFor =
  (wanted: string) =>
  ({ segments: [named] }: Row): boolean =>
    named?.segmentId === wanted || named?.segmentId === '*';

/** An upstream of these rows, whose jobs over all segments are in every segment's list; what it was asked is kept. */
function upstreamOf(rows: readonly Row[], envelope = children<Row>) {
  const asked: string[] = [];
  const answer = (path: string, call: ListCall): unknown => {
    const { query } = call;
    const property = query.get('property');
    const dataSet = query.get('dataSet');
    asked.push(property ?? dataSet ?? 'all');
    if (path.includes('/catalog/')) {
      const wanted = dataSet?.split(',') ?? [];
      return map(
        rows.filter(({ relatedObjects: [{ id = '' } = {}] }) => wanted.includes(id)),
        call,
      );
    }
    const [name, value = ''] = (property ?? '').split('==');
    if (name === 'segments~segmentId') return envelope(rows.filter(isFor(value)), call);
    if (name === 'properties.scheduleId')
      return envelope(
        rows.filter(({ properties }) => properties.scheduleId === value),
        call,
      );
    return envelope(rows, call);
  };
  return { sources: sourcesOver(answer), asked };
}

const idsOf = async (page: Promise<{ edges: readonly { node: { id: string } }[] }>): Promise<string[]> =>
  (await page).edges.map(({ node }) => node.id);
const lists = [
  [
    'segment',
    (sources: DataSources, id: string, first: number, after?: string) =>
      sources.segmentJobs.page({ segmentId: id, first, ...(after !== undefined && { after }) }),
  ],
  [
    'schedule',
    (sources: DataSources, id: string, first: number, after?: string) =>
      sources.segmentJobs.page({ scheduleId: id, first, ...(after !== undefined && { after }) }),
  ],
  [
    'dataset',
    (sources: DataSources, id: string, first: number, after?: string) =>
      sources.catalog.batches(id, { first, ...(after !== undefined && { after }) }),
  ],
] as const;
const parents = ['a', 'b', 'c', 'd'];

describe.each(lists)('the lists of several parents, each a %s', (_noun, page) => {
  it('are what each of them alone would have shown, page after page, whatever is in them', async () => {
    const row = fc.constantFrom('a', 'a', 'a', 'b', 'c', 'x', 'x', '*');
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 130 }),
        fc.integer({ min: 1, max: 7 }),
        async (named, first) => {
          const { sources } = upstreamOf(rowsOf(named));
          const together = sources();
          await Promise.all(
            parents.map(async (parent) => {
              let ours: string | undefined;
              let theirs: string | undefined;
              for (let turn = 0; turn < 3; turn += 1) {
                const [one, other] = [
                  await page(together, parent, first, ours),
                  await page(sources(), parent, first, theirs),
                ];
                expect(one.edges.map(({ node }) => node.id)).toEqual(other.edges.map(({ node }) => node.id));
                expect(one.hasNextPage).toBe(other.hasNextPage);
                if (!one.hasNextPage) return;
                [ours, theirs] = [one.endCursor ?? '', other.endCursor ?? ''];
              }
            }),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it('cost one call each for two of them', async () => {
    const { sources, asked } = upstreamOf(rowsOf(['a', 'b']));
    const together = sources();
    await Promise.all(['a', 'b'].map((parent) => page(together, parent, 2)));
    expect(asked).toHaveLength(2);
  });

  it('cost one call for all of them where the list is short', async () => {
    const { sources, asked } = upstreamOf(rowsOf(['a', 'b', 'a', 'x', 'c']));
    const together = sources();
    const found = await Promise.all(parents.map((parent) => idsOf(page(together, parent, 2))));
    expect(found).toEqual([['r0', 'r2'], ['r1'], ['r4'], []]);
    expect(asked).toHaveLength(1);
  });
});

describe('where the common list does not tell enough', () => {
  it('a segment is asked for by itself, once the newest job over all segments is reached', async () => {
    const { sources, asked } = upstreamOf(rowsOf(['a', 'a', '*', 'b', 'c']));
    const together = sources();
    const found = await Promise.all(
      parents.map((parent) => idsOf(together.segmentJobs.page({ segmentId: parent, first: 1 }))),
    );
    expect(found).toEqual([['r0'], ['r2'], ['r2'], ['r2']]);
    expect(asked.toSorted()).toEqual(['all', ...['b', 'c', 'd'].map((id) => `segments~segmentId==${id}`)]);
  });

  it('no more than one page of a long list is read before parents are asked for', async () => {
    const { sources, asked } = upstreamOf(rowsOf(Array.from({ length: 3_000 }, () => 'x')));
    const together = sources();
    await Promise.all(parents.map((parent) => together.segmentJobs.page({ scheduleId: parent, first: 1 })));
    expect(asked).toHaveLength(1 + parents.length);
  });

  it('three pages at most, where the upstream does not count', async () => {
    const rows = rowsOf(Array.from({ length: 600 }, () => 'x'));
    const { sources, asked } = upstreamOf(rows, withoutLinks);
    const together = sources();
    await Promise.all(parents.map((parent) => together.segmentJobs.page({ segmentId: parent, first: 1 })));
    expect(asked.filter((what) => what === 'all')).toHaveLength(3);
    expect(asked).toHaveLength(3 + parents.length);
  });

  it('datasets are asked for one by one of an upstream that refuses several', async () => {
    const asked: string[] = [];
    const rows = rowsOf(['a', 'b', 'c']);
    const sources = sourcesOver((_path, call) => {
      const wanted = call.query.get('dataSet') ?? '';
      asked.push(wanted);
      if (wanted.includes(',')) throw new UpstreamRejected('no such id', { service: 'catalog', status: 400 });
      return map(
        rows.filter(({ relatedObjects: [{ id = '' } = {}] }) => id === wanted),
        call,
      );
    });
    const together = sources();
    const found = await Promise.all(
      parents.map((parent) => idsOf(together.catalog.batches(parent, { first: 5 }))),
    );
    expect(found).toEqual([['r0'], ['r1'], ['r2'], []]);
    expect(asked).toEqual(['a,b,c,d', ...parents]);
  });
});

describe.each(lists)(
  'the lists of fifty parents, each a %s, over one that is spread evenly',
  (noun, page) => {
    const fifty = Array.from({ length: 50 }, (_, index) => `p${String(index)}`);
    const spread = (count: number): Row[] =>
      rowsOf(Array.from({ length: count }, (_, index) => `p${String(index % 50)}`));
    const cost = async (rows: readonly Row[], first: number) => {
      const { sources, asked } = upstreamOf(rows);
      const together = sources();
      const found = await Promise.all(fifty.map((parent) => idsOf(page(together, parent, first))));
      const own = await idsOf(page(sources(), 'p7', first));
      expect(found[7]).toEqual(own);
      // The last one was for the comparison.
      return asked.length - 1;
    };

    it('cost the pages of that list where each needs it to its end', async () => {
      expect(await cost(spread(400), 10)).toBe(noun === 'dataset' ? 5 : 6);
    });

    it('cost as many of its pages as tell enough, however long it is', async () => {
      expect(await cost(spread(5_000), 2)).toBe(noun === 'dataset' ? 2 : 3);
    });

    it('cost ten pages at most before each is asked for', async () => {
      expect(await cost(spread(5_000), 40)).toBeLessThanOrEqual(10 + 50);
    });

    it('cost no page that saves nothing: the last few are asked for by themselves', async () => {
      const rows = rowsOf([
        ...fifty.slice(2).flatMap((parent) => [parent, parent]),
        ...Array.from({ length: 500 }, () => 'x'),
        'p0',
      ]);
      expect(await cost(rows, 1)).toBeLessThanOrEqual(noun === 'dataset' ? 3 : 5);
    });
  },
);
