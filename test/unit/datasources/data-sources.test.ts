import {
  UpstreamForbidden,
  UpstreamInvalidResponse,
  UpstreamNotFound,
} from '../../../src/errors/upstream-error';
import { audienceTemplateList, schedule, segmentJob, wrappedSegmentJob } from '../../fixtures/adobe/bodies';
import { startSources } from '../../support/fake-upstream';
import type { Reply, SeenCall, SourcesUnderTest } from '../../support/fake-upstream';

let under: SourcesUnderTest;

async function start(answer: (call: SeenCall) => Reply | undefined): Promise<void> {
  under = await startSources(answer, { limits: { backoffBaseMs: 1 } });
}

afterEach(() => under.close());

const definition = (id: string): object => ({
  id,
  name: `Segment ${id}`,
  schema: { name: '_xdm.context.profile' },
});

/** Answers bulk-gets and GETs of definitions and segment jobs; ids that begin with "gone" are missing. */
function records({ method, path, body }: SeenCall): Reply | undefined {
  const make = path.includes('/segment/jobs') ? (id: string) => ({ ...segmentJob, id }) : definition;
  if (method === 'POST' && path.endsWith('/bulk-get')) {
    const ids = (body as { ids: { id: string }[] }).ids
      .map(({ id }) => id)
      .filter((id) => !id.startsWith('gone'));
    return { status: 207, json: { results: Object.fromEntries(ids.map((id) => [id, make(id)])) } };
  }
  const id = path.split('/').at(-1) ?? '';
  return method === 'GET' && !id.startsWith('gone') ? { json: make(id) } : undefined;
}

describe('definitions and segment jobs', () => {
  it('load the segments of ten jobs by one bulk-get', async () => {
    await start(records);
    const ids = Array.from({ length: 10 }, (_, job) => [`s${String(job)}`, 'shared']).flat();
    const found = await Promise.all(ids.map((id) => under.sources.segmentDefinitions.byId(id)));
    expect(found.map(({ id }) => id)).toEqual(ids);
    expect(under.upstream.lines()).toEqual(['POST /segment/definitions/bulk-get']);
    expect((under.upstream.calls[0]?.body as { ids: unknown[] }).ids).toHaveLength(11);
  });

  it('take a plain GET for a lone id, once for two who ask', async () => {
    await start(records);
    await Promise.all([under.sources.segmentJobs.byId('j1'), under.sources.segmentJobs.find('j1')]);
    expect(under.upstream.lines()).toEqual(['GET /segment/jobs/j1']);
  });

  it('ask for at most a hundred ids at a time', async () => {
    await start(records);
    await Promise.all(
      Array.from({ length: 250 }, (_, id) => under.sources.segmentJobs.byId(`j${String(id)}`)),
    );
    const sizes = under.upstream.calls.map(({ body }) => (body as { ids: unknown[] }).ids.length);
    expect(sizes.toSorted((a, b) => b - a)).toEqual([100, 100, 50]);
  });

  it('tell which id of a bulk is missing, and harm no other', async () => {
    await start(records);
    const { segmentDefinitions } = under.sources;
    const [found, gone, none] = await Promise.allSettled([
      segmentDefinitions.byId('s1'),
      segmentDefinitions.byId('gone-1'),
      segmentDefinitions.find('gone-2'),
    ]);
    expect(found).toMatchObject({ status: 'fulfilled', value: { id: 's1' } });
    expect(gone).toMatchObject({ status: 'rejected', reason: { code: 'NOT_FOUND' } });
    expect(none).toEqual({ status: 'fulfilled', value: null });
  });

  it('ask the upstream itself for the jobs over all segments', async () => {
    await start(({ path }) =>
      path.endsWith('/segment/jobs')
        ? { json: { children: [segmentJob], _page: { totalCount: 1 } } }
        : undefined,
    );
    const { edges } = await under.sources.segmentJobs.page({ first: 1, segmentId: '*' });
    expect(edges.map(({ node }) => node.id)).toEqual([segmentJob.id]);
    expect(under.upstream.calls.map(({ query }) => query.get('property'))).toEqual(['segments~segmentId==*']);
  });

  it('never put into a URL what cannot be an id', async () => {
    await start(records);
    const { segmentDefinitions, exportJobs } = under.sources;
    await expect(segmentDefinitions.byId('../jobs')).rejects.toBeInstanceOf(UpstreamNotFound);
    await expect(exportJobs.find('1?x=%00')).resolves.toBeNull();
    await expect(segmentDefinitions.delete('a/b')).rejects.toBeInstanceOf(UpstreamNotFound);
    expect(under.upstream.calls).toEqual([]);
  });

  it('ask one by one for what is refused together, and harm no other', async () => {
    const refused = (path: string): boolean => path.endsWith('/bulk-get') || path.endsWith('/odd');
    await start((call) => (refused(call.path) ? { status: 400, json: {} } : records(call)));
    const outcomes = await Promise.allSettled(
      ['j1', 'odd', 'gone', 'j2', 'j1'].map((id) => under.sources.segmentJobs.byId(id)),
    );
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(under.upstream.lines()).toHaveLength(5);
  });

  it('ask for each where only the bulk-get is forbidden, and for two where all is', async () => {
    const ids = Array.from({ length: 40 }, (_, at) => `j${String(at)}`);
    let isAll = false;
    await start((call) =>
      isAll || call.path.endsWith('/bulk-get') ? { status: 403, json: {} } : records(call),
    );
    await expect(Promise.all(ids.map((id) => under.sources.segmentJobs.byId(id)))).resolves.toHaveLength(40);
    expect(under.upstream.lines()).toHaveLength(41);
    isAll = true;
    await expect(
      Promise.all(ids.map((id) => under.sources.segmentDefinitions.byId(id))),
    ).rejects.toBeInstanceOf(UpstreamForbidden);
    expect(under.upstream.lines()).toHaveLength(44);
  });

  it('show a record under the id that it has, where it was asked for alone', async () => {
    await start(() => ({ json: { ...segmentJob, id: 'J1' } }));
    await expect(under.sources.segmentJobs.byId('j1')).resolves.toMatchObject({ id: 'J1' });
  });

  it('fail as a whole where the bulk answer is none', async () => {
    await start(() => ({ status: 207, json: { ok: true } }));
    const both = await Promise.allSettled(['a', 'b'].map((id) => under.sources.segmentJobs.byId(id)));
    for (const one of both) expect(one).toMatchObject({ reason: { code: 'UPSTREAM_INVALID_RESPONSE' } });
  });

  it('take an old job out of its wrapping, its id as a text', async () => {
    await start(() => ({ json: wrappedSegmentJob }));
    await expect(under.sources.segmentJobs.byId('3456')).resolves.toMatchObject({
      id: '3456',
      status: 'PROCESSING',
    });
  });

  it('know after a change what the change answered, without asking again', async () => {
    let name = 'old';
    await start(({ method }) => {
      if (method === 'PATCH') name = 'new';
      return { json: { ...definition('s1'), name } };
    });
    const { segmentDefinitions } = under.sources;
    await segmentDefinitions.byId('s1');
    await segmentDefinitions.update('s1', { name: 'new' });
    await expect(segmentDefinitions.byId('s1')).resolves.toMatchObject({ name: 'new' });
    expect(under.upstream.lines()).toEqual(['GET /segment/definitions/s1', 'PATCH /segment/definitions/s1']);
  });

  it('ask again after a cancel', async () => {
    await start(({ method }) =>
      method === 'DELETE' ? { raw: (response) => response.writeHead(204).end() } : { json: segmentJob },
    );
    const { segmentJobs } = under.sources;
    await segmentJobs.byId(segmentJob.id);
    await segmentJobs.cancel(segmentJob.id);
    await segmentJobs.byId(segmentJob.id);
    expect(under.upstream.calls.map(({ method }) => method)).toEqual(['GET', 'DELETE', 'GET']);
  });

  it('start a job over some segments, or over all', async () => {
    await start(() => ({ json: segmentJob }));
    await under.sources.segmentJobs.create({ ids: ['a', 'b'] });
    await under.sources.segmentJobs.create('all');
    expect(under.upstream.calls.map(({ body }) => body)).toEqual([
      [{ segmentId: 'a' }, { segmentId: 'b' }],
      { schema: { name: '_xdm.context.profile' }, segments: [{ segmentId: '*' }] },
    ]);
  });

  it('keep nothing from one operation to the next', async () => {
    await start(records);
    await under.freshSources().segmentJobs.byId('j1');
    await under.freshSources().segmentJobs.byId('j1');
    expect(under.upstream.calls).toHaveLength(2);
  });
});

describe('schedules', () => {
  it('send a JSON Patch by PATCH and forget what they knew', async () => {
    await start(({ method }) =>
      method === 'PATCH' ? { raw: (response) => response.writeHead(204).end() } : { json: schedule },
    );
    const { schedules } = under.sources;
    await schedules.byId(schedule.id);
    await schedules.patch(schedule.id, [{ op: 'add', path: '/state', value: 'active' }]);
    await schedules.byId(schedule.id);
    expect(under.upstream.calls.map(({ method }) => method)).toEqual(['GET', 'PATCH', 'GET']);
    expect(under.upstream.calls[1]?.body).toEqual([{ op: 'add', path: '/state', value: 'active' }]);
  });
});

describe('audience templates', () => {
  it.each<[string, unknown, number]>([
    ['an array', audienceTemplateList, audienceTemplateList.length],
    ['one bare template', audienceTemplateList[0], 1],
    ['an object with items', { items: audienceTemplateList }, audienceTemplateList.length],
  ])('read a list that is %s', async (_name, json, count) => {
    await start(() => ({ json }));
    const page = await under.sources.audienceTemplates.page({ first: 100 });
    expect(page).toMatchObject({ totalCount: count, hasNextPage: false });
    expect(page.edges).toHaveLength(count);
  });

  it('read the answer to a create that is a list of one', async () => {
    await start(() => ({ json: [audienceTemplateList[0]] }));
    await expect(under.sources.audienceTemplates.create({})).resolves.toMatchObject({
      instanceId: audienceTemplateList[0]?.instanceId,
    });
  });
});

describe('catalog', () => {
  it('gives each entry of the map its id', async () => {
    await start(() => ({ json: { '5b020a27e7040801dedba61b': { name: 'Audience' } } }));
    await expect(under.sources.catalog.findDataset('5b020a27e7040801dedba61b')).resolves.toEqual({
      id: '5b020a27e7040801dedba61b',
      name: 'Audience',
    });
  });

  it('finds nothing in an empty map', async () => {
    await start(() => ({ json: {} }));
    await expect(under.sources.catalog.findBatch('b1')).resolves.toBeNull();
  });

  // Source: Adobe, tutorial "Evaluate a segment", POST /catalog/dataSets; the OpenAPI file spells it dataSets.
  it.each(['@/datasets/5b020a27e7040801dedba61b', '@/dataSets/5b020a27e7040801dedba61b'])(
    'takes the id of a new dataset out of "%s"',
    async (reference) => {
      await start(() => ({ status: 201, json: [reference] }));
      await expect(under.sources.catalog.createDataset({ name: 'x' })).resolves.toBe(
        '5b020a27e7040801dedba61b',
      );
    },
  );

  it('does not make up an id where the answer has none', async () => {
    await start(() => ({ status: 201, json: ['created'] }));
    await expect(under.sources.catalog.createDataset({ name: 'x' })).rejects.toBeInstanceOf(
      UpstreamInvalidResponse,
    );
  });
});

describe('profiles', () => {
  it.each([{ E: { entity: 'Zjunk' } }, { E: { entity: [] } }, { E: 5 }, { E: true }, { E: [] }])(
    'are no "nobody" where something else stands in their place: %j',
    async (json) => {
      await start(() => ({ json }));
      const loading = under.sources.profiles.byIdentity({ namespace: 'Email', id: 'x' });
      await expect(loading).rejects.toBeInstanceOf(UpstreamInvalidResponse);
    },
  );

  it('are found by an identity; the same one is asked for once, in any case of its namespace', async () => {
    await start(() => ({
      json: { XID1: { entityId: 'XID1', entity: { person: { name: 'Ada' } }, sources: [''] } },
    }));
    const { profiles } = under.sources;
    const [one] = await Promise.all([
      profiles.byIdentity({ namespace: 'Email', id: 'ada@example.com' }),
      profiles.byIdentity({ namespace: 'email', id: 'ada@example.com' }),
    ]);
    expect(one).toEqual({ person: { name: 'Ada' } });
    expect(under.upstream.calls).toHaveLength(1);
    expect(Object.fromEntries(under.upstream.calls[0]?.query ?? [])).toEqual({
      'schema.name': '_xdm.context.profile',
      entityId: 'ada@example.com',
      entityIdNS: 'Email',
    });
  });

  it.each<[string, Reply]>([
    ['404', { status: 404, json: { statusCode: '404' } }],
    [
      'an empty entity',
      { json: { X: { entityId: 'X', sources: [''], entity: {}, lastModifiedAt: '1970-01-01T00:00:00Z' } } },
    ],
    ['an empty map', { json: {} }],
  ])('are null after %s', async (_name, reply) => {
    await start(() => reply);
    await expect(under.sources.profiles.byIdentity({ namespace: 'Email', id: 'x' })).resolves.toBeNull();
  });
});
