import { BadCursor } from '../../../src/errors/bad-cursor';
import { UpstreamInvalidResponse } from '../../../src/errors/upstream-error';
import type { DataSources, PageRequest, SourcePage } from '../../../src/datasources';
import { exportJobList } from '../../fixtures/adobe/bodies';
import {
  array,
  children,
  countedRecords,
  map,
  records as recordsOf,
  segments,
  tokens,
  withoutLinks,
} from '../../support/adobe-lists';
import type { Envelope as EnvelopeOf } from '../../support/adobe-lists';
import { createCaller } from '../../../src/datasources/caller';
import { ada, startSources } from '../../support/fake-upstream';
import type { Reply, SeenCall, SourcesUnderTest } from '../../support/fake-upstream';

let under: SourcesUnderTest;

async function start(answer: (call: SeenCall) => Reply | undefined): Promise<DataSources> {
  under = await startSources(answer, { limits: { backoffBaseMs: 1 } });
  return under.sources;
}

afterEach(() => under.close());

interface Item {
  readonly id: string;
  readonly number: number;
  readonly creationTime: number;
}

/** Newest first; ids i0, i1 … */
const items = (count: number): Item[] =>
  Array.from({ length: count }, (_, number) => ({
    id: `i${String(number)}`,
    number,
    creationTime: 1_000_000 - number * 10,
  }));

type Envelope = EnvelopeOf<Item>;
/** An export job's id is a number. */
const numbered = (all: readonly Item[]) =>
  all.map((item) => ({ ...item, id: 9_000 - item.number, destination: {} }));
const records: Envelope = (all, call) => recordsOf(numbered(all), call);
const counted: Envelope = (all, call) => countedRecords(numbered(all), call);

type List = (sources: DataSources, request: PageRequest) => Promise<SourcePage<object>>;
const lists: readonly [name: string, envelope: Envelope, list: List][] = [
  ['segment definitions', segments, (sources, request) => sources.segmentDefinitions.page(request)],
  ['segment jobs', children, (sources, request) => sources.segmentJobs.page(request)],
  [
    'segment jobs without links or a total',
    withoutLinks,
    (sources, request) => sources.segmentJobs.page(request),
  ],
  ['export jobs', records, (sources, request) => sources.exportJobs.page(request)],
  ['export jobs of an upstream that counts', counted, (sources, request) => sources.exportJobs.page(request)],
  ['schedules', children, (sources, request) => sources.schedules.page(request)],
  ['merge policies', tokens, (sources, request) => sources.mergePolicies.page(request)],
  ['datasets', map, (sources, request) => sources.catalog.datasets(request)],
  ['batches', map, (sources, request) => sources.catalog.batches('d1', request)],
  ['audience templates', array, (sources, request) => sources.audienceTemplates.page(request)],
];

/** Reads a list to its end by its end cursors; a fresh set of sources for each page, as clients cause it. */
async function readAll(list: List, first: number): Promise<SourcePage<object>[]> {
  const pages: SourcePage<object>[] = [];
  let after: string | undefined;
  do {
    const page = await list(under.freshSources(), { first, after });
    pages.push(page);
    after = page.endCursor ?? undefined;
  } while (pages.at(-1)?.hasNextPage === true && pages.length < 50);
  return pages;
}

const numbersOf = (page: SourcePage<object>): unknown[] =>
  page.edges.map(({ node }) => (node as Item).number);

describe.each(lists)('%s', (_name, envelope, list) => {
  const all = items(11);
  const serve = (shown: readonly Item[]) => start((call) => ({ json: envelope(shown, call) }));

  it.each([1, 3, 4, 10, 11, 12, 100])('come whole and once in pages of %i', async (first) => {
    await serve(all);
    const pages = await readAll(list, first);
    expect(pages.flatMap(numbersOf)).toEqual(all.map(({ number }) => number));
    expect(pages).toHaveLength(Math.ceil(all.length / first));
  });

  it('go on right behind each edge, not only behind the last', async () => {
    await serve(all);
    const page = await list(under.freshSources(), { first: 5 });
    const after = page.edges[1]?.cursor;
    const next = await list(under.freshSources(), { first: 4, after });
    expect(numbersOf(next)).toEqual([2, 3, 4, 5]);
    expect(next).toMatchObject({ hasPreviousPage: true, hasNextPage: true });
  });

  it('cost one call a page', async () => {
    await serve(all);
    await list(under.freshSources(), { first: 5 });
    expect(under.upstream.calls).toHaveLength(1);
  });

  it('are empty where there is nothing', async () => {
    await serve([]);
    await expect(list(under.sources, { first: 5 })).resolves.toMatchObject({
      edges: [],
      hasNextPage: false,
      hasPreviousPage: false,
      endCursor: null,
    });
  });

  it.each(['', '!', 'abc', Buffer.from('1.').toString('base64url'), 'x'.repeat(3_000)])(
    'refuse "%.10s" for a cursor',
    async (after) => {
      await serve(all);
      await expect(list(under.sources, { first: 5, after })).rejects.toBeInstanceOf(BadCursor);
      expect(under.upstream.calls).toEqual([]);
    },
  );
});

describe('cursors', () => {
  it('are refused by another list, filter or order', async () => {
    const sources = await start((call) => ({
      json: call.path.includes('definitions') ? segments(items(9), call) : children(items(9), call),
    }));
    const after = (await sources.segmentDefinitions.page({ first: 2 })).endCursor ?? '';
    const uses = [
      sources.schedules.page({ first: 2, after }),
      sources.segmentDefinitions.page({ first: 2, after, nameContains: 'x' }),
      sources.segmentDefinitions.page({ first: 2, after, evaluation: 'EDGE' }),
      sources.segmentDefinitions.page({ first: 2, after, orderBy: { field: 'NAME', direction: 'DESC' } }),
    ];
    for (const use of await Promise.allSettled(uses))
      expect(use).toMatchObject({ reason: { name: 'BadCursor' } });
  });

  it('are refused to another org and to another sandbox, and taken after a new token', async () => {
    await start((call) => ({ json: children(items(9), call) }));
    const after = (await under.sources.schedules.page({ first: 2 })).endCursor ?? '';
    const as = (parts: Partial<Parameters<typeof createCaller>[0]>) =>
      under.freshSources(createCaller({ ...ada, ...parts })).schedules.page({ first: 2, after });
    await expect(as({ orgId: 'BOB@AdobeOrg' })).rejects.toThrow(
      /"after" cannot be used here.*Leave "after" out/,
    );
    await expect(as({ sandbox: 'dev' })).rejects.toBeInstanceOf(BadCursor);
    expect(numbersOf(await as({ authorization: 'Bearer adas-next-token' }))).toEqual([2, 3]);
  });

  it('are refused when a letter of them is changed or cut off', async () => {
    const sources = await start((call) => ({ json: children(items(9), call) }));
    const after = (await sources.schedules.page({ first: 2 })).endCursor ?? '';
    const middle = after.length / 2;
    const other = after[middle] === 'A' ? 'B' : 'A';
    for (const forged of [after.slice(0, middle) + other + after.slice(middle + 1), after.slice(0, -1)])
      await expect(sources.schedules.page({ first: 2, after: forged })).rejects.toBeInstanceOf(BadCursor);
  });

  it('show nothing of what the upstream calls its places', async () => {
    const sources = await start((call) => ({ json: tokens(items(9), call) }));
    const { endCursor } = await sources.mergePolicies.page({ first: 2 });
    const token = Buffer.from('2').toString('base64');
    expect(Buffer.from(endCursor ?? '', 'base64url').toString('latin1')).not.toContain(token);
  });

  it('of batches are bound to their dataset', async () => {
    const sources = await start((call) => ({ json: map(items(9), call) }));
    const after = (await sources.catalog.batches('d1', { first: 2 })).endCursor ?? '';
    await expect(sources.catalog.batches('d2', { first: 2, after })).rejects.toBeInstanceOf(BadCursor);
  });
});

describe('filters of ours', () => {
  const named = (count: number): object[] =>
    items(count).map((item) => ({
      ...item,
      name: item.number % 7 === 3 ? `Spring ${String(item.number)}` : 'other',
    }));
  const serveNamed = (count: number) => start((call) => ({ json: segments(named(count) as Item[], call) }));

  it('find all that match, and go on right behind each', async () => {
    await serveNamed(500);
    const list: List = (sources, request) =>
      sources.segmentDefinitions.page({ ...request, nameContains: 'sPRing' });
    const pages = await readAll(list, 10);
    const expected = items(500)
      .map(({ number }) => number)
      .filter((number) => number % 7 === 3);
    expect(pages.flatMap(numbersOf)).toEqual(expected);
    const second = await list(under.freshSources(), { first: 2, after: pages[0]?.edges[3]?.cursor });
    expect(numbersOf(second)).toEqual(expected.slice(4, 6));
    expect(second.totalCount).toBeNull();
  });

  it('stop at twenty upstream pages and say where to go on, though nothing matched', async () => {
    await serveNamed(2_500);
    const list: List = (sources, request) =>
      sources.segmentDefinitions.page({ ...request, nameContains: '2495' });
    const first = await list(under.sources, { first: 5 });
    expect(first).toMatchObject({ edges: [], hasNextPage: true });
    expect(first.endCursor).not.toBeNull();
    expect(under.upstream.calls).toHaveLength(20);
    const second = await list(under.freshSources(), { first: 5, after: first.endCursor ?? '' });
    expect(second.hasNextPage).toBe(false);
    expect(numbersOf(second)).toEqual([2_495]);
  });

  it('ask the upstream for what it can filter', async () => {
    const sources = await start((call) => ({ json: children(items(0), call) }));
    await sources.segmentJobs.page({ first: 5, statuses: ['FAILED'], segmentId: 's1' });
    expect(Object.fromEntries(under.upstream.calls[0]?.query ?? [])).toMatchObject({
      status: 'FAILED',
      property: 'segments~segmentId==s1',
      sort: 'creationTime:desc',
    });
  });

  it('filter jobs by several statuses, an unknown one being UNKNOWN', async () => {
    const statuses = ['NEW', 'FAILED', 'PAUSED', 'SUCCEEDED'];
    const jobs = items(8).map((item) => ({ ...item, status: statuses[item.number % 4] }));
    const sources = await start((call) => ({ json: children(jobs, call) }));
    const page = await sources.segmentJobs.page({ first: 5, statuses: ['FAILED', 'UNKNOWN'] });
    expect(numbersOf(page)).toEqual([1, 2, 5, 6]);
    expect(under.upstream.calls[0]?.query.get('status')).toBeNull();
  });

  it('stop reading where the jobs are older than asked', async () => {
    const sources = await start((call) => ({ json: children(items(1_000), call) }));
    const page = await sources.segmentJobs.page({
      first: 50,
      createdAfter: new Date(1_000_000 - 60),
      createdBefore: new Date(1_000_000 - 10),
    });
    expect(numbersOf(page)).toEqual([2, 3, 4, 5]);
    expect(page.hasNextPage).toBe(false);
    expect(under.upstream.calls).toHaveLength(1);
  });

  it('find export jobs by dataset and by segment, in either spelling', async () => {
    const [first, second] = exportJobList.records;
    const old = { ...second, id: 7, destination: { dataSetId: '5b7c86968f7b6501e21ba9df' } };
    const sources = await start(() => ({
      json: { ...exportJobList, records: [first, second, old], link: { next: '' } },
    }));
    const byDataset = await sources.exportJobs.page({ first: 5, datasetId: '5b7c86968f7b6501e21ba9df' });
    expect(byDataset.edges.map(({ node }) => node.id)).toEqual([100, 7]);
    const bySegment = await sources.exportJobs.page({ first: 5, segmentId: 'another' });
    expect(bySegment.edges).toEqual([]);
  });
});

describe('upstream lists that misbehave', () => {
  it('follow the link of Adobe, not the differing pageOffset beside it', async () => {
    const sources = await start(({ query }) => ({
      json: query.get('offset') === null ? exportJobList : { records: [], page: {}, link: { next: '' } },
    }));
    const page = await sources.exportJobs.page({ first: 2 });
    expect(page).toMatchObject({ hasNextPage: true, totalCount: null });
    await under.freshSources().exportJobs.page({ first: 2, after: page.endCursor ?? '' });
    expect(under.upstream.calls[1]?.query.get('offset')).toBe('1538573416687_722');
  });

  const looping = { children: [{ id: 'a' }], _links: { next: { href: '@/mergePolicies?start=x' } } };
  const exports = (next: string) => ({
    records: [2, 1].map((id) => ({ id, creationTime: id, destination: {} })),
    link: { next },
  });

  it('end with what was read where their pages go round in a circle', async () => {
    const sources = await start(() => ({ json: looping }));
    const page = await sources.mergePolicies.page({ first: 5 });
    expect(page.edges.map(({ node }) => node.id)).toEqual(['a']);
    expect(page.hasNextPage).toBe(false);
    expect(page.trouble).toBeInstanceOf(UpstreamInvalidResponse);
    expect(under.upstream.calls).toHaveLength(2);
  });

  it.each([
    ['leads back', '/export/jobs/?limit=2&offset=9_1', 2],
    ['leads nowhere', '::::', 1],
    ['names an empty place', '/export/jobs/?limit=2&offset=', 1],
  ])('end with what was read where a link %s', async (_how, next, callCount) => {
    const sources = await start(() => ({ json: exports(next) }));
    const page = await sources.exportJobs.page({ first: 10 });
    expect(page.edges.map(({ node }) => node.id)).toEqual([2, 1]);
    expect(page.hasNextPage).toBe(false);
    expect(page.trouble).toBeInstanceOf(UpstreamInvalidResponse);
    expect(under.upstream.calls).toHaveLength(callCount);
  });

  it('tell of no trouble behind a page that is full', async () => {
    const sources = await start(() => ({ json: exports('::::') }));
    const page = await sources.exportJobs.page({ first: 1 });
    expect(page).toMatchObject({ hasNextPage: true });
    expect(page.trouble).toBeUndefined();
  });

  it('are no "never evaluated" where they end in trouble', async () => {
    const sources = await start(() => ({
      json: { children: [{ id: 'a', segments: [] }], _links: { next: { href: '?start=1' } } },
    }));
    await expect(sources.segmentJobs.newestSucceeded('s1')).rejects.toBeInstanceOf(UpstreamInvalidResponse);
  });

  it('show no record twice that two of their pages hold', async () => {
    const page = (ids: readonly string[], href: string): Reply => ({
      json: { children: ids.map((id) => ({ id })), _links: { next: { href } } },
    });
    const sources = await start(({ query }) =>
      query.get('start') === null ? page(['a', 'b'], '@/mergePolicies?start=x') : page(['b', 'c'], ''),
    );
    const { edges } = await sources.mergePolicies.page({ first: 5 });
    expect(edges.map(({ node }) => node.id)).toEqual(['a', 'b', 'c']);
  });

  it.each([
    ['no object', 'nothing of the kind'],
    ['no list in it', { segments: null }],
  ])('are refused where they are %s', async (_name, json) => {
    const sources = await start(() => ({ json }));
    await expect(sources.segmentDefinitions.page({ first: 5 })).rejects.toBeInstanceOf(
      UpstreamInvalidResponse,
    );
  });

  it('keep an entry that is no record or has no id, with an empty id, for mapping to tell of it', async () => {
    const sources = await start(() => ({ json: { segments: ['a', { id: 'b' }] } }));
    const { edges } = await sources.segmentDefinitions.page({ first: 5 });
    expect(edges.map(({ node }) => node.id)).toEqual(['', 'b']);
  });
});
