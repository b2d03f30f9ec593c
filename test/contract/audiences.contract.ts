import type { AudienceListWire, AudienceWire } from '../../src/wire/audience.wire';
import type { SearchEntitiesWire, SearchNamespacesWire } from '../../src/wire/search.wire';
import type { SegmentDefinitionWire } from '../../src/wire/segment-definition.wire';
import { createDefinition, inUs } from './data';
import type { Answer, GetTarget } from './target';
import { ask, inSandboxOfItsOwn, must, paths, uniqueName } from './target';

const audiences = '/data/core/ups/audiences';
const search = '/data/core/ups/search';

/** Contract §11 and §12; in a sandbox of its own. */
export function audiencesContract(target: GetTarget): void {
  const own = inSandboxOfItsOwn(target, 'audiences');
  const create = (body: object): Promise<AudienceWire> => must(own(), `POST ${audiences}`, { body });
  const rule = (changes: object = {}): Promise<AudienceWire> =>
    create({
      name: uniqueName('audience'),
      profileInstanceId: 'ups',
      description: 'in the US',
      type: 'SegmentDefinition',
      expression: { type: 'PQL', format: 'pql/text', value: inUs },
      schema: { name: '_xdm.context.profile' },
      labels: ['core/C1'],
      ttlInDays: 60,
      ...changes,
    });
  const external = (changes: object = {}): Promise<AudienceWire> =>
    create({ name: uniqueName('outside'), type: 'ExternalAudience', namespace: 'AAMTraits', ...changes });
  const list = (query: string): Promise<AudienceListWire> => must(own(), `GET ${audiences}?${query}`);
  const call = (method: string, id: string, body?: unknown): Promise<Answer> =>
    ask(own(), `${method} ${audiences}/${id}`, body === undefined ? {} : { body });

  test('what POST takes as ExternalSegment is found under that word', async () => {
    const { id } = await external({ type: 'ExternalSegment' });
    const { children } = await list('property=type==ExternalSegment');
    expect(children.map((audience) => audience.id)).toContain(id);
  });

  test('the namespaces of Adobe are answered in its spelling, others as they came', async () => {
    expect((await external({ namespace: 'aam' })).namespace).toBe('AAM');
    expect((await external({ namespace: 'aamtraits' })).namespace).toBe('AAMTraits');
    expect((await external({ namespace: 'mine' })).namespace).toBe('mine');
  });

  test('a merge policy that is "" is none', async () => {
    const { mergePolicyId } = await rule({ mergePolicyId: '' });
    expect(mergePolicyId).toBe((await rule()).mergePolicyId);
  });

  test('an audience of ours is a definition, with 201', async () => {
    const answer = await ask(own(), `POST ${audiences}`, {
      body: {
        name: uniqueName('audience'),
        expression: { type: 'PQL', format: 'pql/text', value: inUs },
        schema: { name: '_xdm.context.profile' },
        labels: ['core/C1'],
      },
    });
    const audience = answer.body as AudienceWire;
    expect(answer.status).toBe(201);
    expect(audience).toMatchObject({
      audienceId: audience.id,
      type: 'SegmentDefinition',
      originName: 'REAL_TIME_CUSTOMER_PROFILE',
      namespace: 'AEPSegments',
      lifecycleState: 'published',
      labels: ['core/C1'],
      isSystem: false,
      dependents: [],
      dependencies: [],
      createEpoch: Math.floor(audience.creationTime / 1000),
    });
    const definition = await must<SegmentDefinitionWire>(own(), `GET ${paths.definitions}/${audience.id}`);
    expect(definition.expression).toEqual(audience.expression);
    expect(definition).not.toHaveProperty('labels');
    expect((await call('GET', audience.id)).body).toEqual(audience);
  });

  test('a definition is an audience, and knows who uses it and what it uses', async () => {
    const base = await createDefinition(own());
    const leaning = await rule({
      expression: { type: 'PQL', format: 'pql/text', value: `inSegment("${base.id}")` },
    });
    expect(leaning.dependencies).toEqual([base.id]);
    expect((await call('GET', base.id)).body).toMatchObject({ name: base.name, dependents: [leaning.id] });
    expect(await call('DELETE', base.id)).toMatchObject({
      status: 400,
      body: { type: 'https://ns.adobe.com/aep/errors/UPAPI-113631-403' },
    });
  });

  test('an audience from elsewhere is kept by name, and is no definition', async () => {
    const audience = await external({ audienceId: 'outside-1', datasetId: 'abc', description: null });
    expect(audience).toMatchObject({
      type: 'ExternalAudience',
      audienceId: 'outside-1',
      namespace: 'AAMTraits',
      datasetId: 'abc',
      lifecycleState: 'published',
    });
    expect(audience).not.toHaveProperty('expression');
    expect((await ask(own(), `GET ${paths.definitions}/${audience.id}`)).status).toBe(404);
    expect((await call('GET', 'outside-1')).status).toBe(404);
  });

  test('patch is JSON Patch, and changes what it names alone', async () => {
    const audience = await rule();
    const value = 'homeAddress.countryCode = "GB"';
    const answer = await call('PATCH', audience.id, [
      { op: 'add', path: '/expression', value: { type: 'PQL', format: 'pql/text', value } },
      { op: 'replace', path: '/lifecycleState', value: 'archived' },
      { op: 'add', path: '/labels', value: ['core/C2'] },
    ]);
    expect([answer.status, answer.body]).toMatchObject([
      201,
      {
        name: audience.name,
        description: 'in the US',
        expression: { value },
        lifecycleState: 'archived',
        labels: ['core/C2'],
      },
    ]);
    expect(await must(own(), `GET ${paths.definitions}/${audience.id}`)).toMatchObject({
      expression: { value },
    });
  });

  test.each([
    [
      'a state that is deleted',
      [{ op: 'add', path: '/lifecycleState', value: 'deleted' }],
      'UPAPI-113434-400',
    ],
    ['another namespace', [{ op: 'add', path: '/namespace', value: 'AAM' }], 'UPAPI-113434-400'],
    ['another type', [{ op: 'add', path: '/type', value: 'ExternalAudience' }], 'UPAPI-113434-400'],
    ['a rule that is none', [{ op: 'add', path: '/expression/value', value: 'no such thing' }], undefined],
    ['a plain object', { name: 'x' }, undefined],
  ])('patch refuses %s', async (_what, body, code) => {
    const audience = await rule();
    const answer = await call('PATCH', audience.id, body);
    expect(answer.status).toBe(400);
    if (code !== undefined) {
      expect(answer.body).toMatchObject({ type: `https://ns.adobe.com/aep/errors/${code}` });
    }
    expect((await call('GET', audience.id)).body).toEqual(audience);
  });

  test('put overwrites', async () => {
    const mine = await rule();
    const put = await call('PUT', mine.id, {
      name: mine.name,
      schema: { name: '_xdm.context.profile' },
      expression: { type: 'PQL', format: 'pql/text', value: 'homeAddress.countryCode = "NL"' },
    });
    expect([put.status, put.body]).toMatchObject([
      201,
      { id: mine.id, expression: { value: 'homeAddress.countryCode = "NL"' } },
    ]);
    expect(put.body).not.toHaveProperty('description');
    const other = await external();
    expect((await call('PUT', other.id, { name: 'renamed' })).body).toMatchObject({
      id: other.id,
      name: 'renamed',
      namespace: 'AAMTraits',
    });
  });

  test('delete answers 204, then it is a 404 in the words of audiences', async () => {
    for (const { id } of [await rule(), await external()]) {
      expect(await call('DELETE', id)).toMatchObject({ status: 204, body: null });
      for (const method of ['GET', 'DELETE']) {
        expect(await call(method, id)).toMatchObject({
          status: 404,
          body: { type: 'https://ns.adobe.com/aep/errors/UPAPI-113430-404' },
        });
      }
    }
  });

  test('bulk-get answers 207, and 404 where some are missing', async () => {
    const ids = [(await rule()).id, (await external()).id];
    const bulk = (wanted: readonly string[]): Promise<Answer> =>
      ask(own(), `POST ${audiences}/bulk-get`, { body: { ids: wanted.map((id) => ({ id })) } });
    const all = await bulk(ids);
    expect([all.status, Object.keys((all.body as { results: object }).results).sort()]).toEqual([
      207,
      [...ids].sort(),
    ]);
    expect(await bulk([...ids, 'none-such'])).toMatchObject({
      status: 404,
      body: { type: 'https://ns.adobe.com/aep/errors/UPAPI-113000-404' },
    });
    expect(await bulk([])).toMatchObject({
      status: 400,
      body: { type: 'https://ns.adobe.com/aep/errors/UPAPI-113015-400' },
    });
  });

  test('the list is filtered by words of the name, of the description and by attributes', async () => {
    const name = uniqueName('Needle in a HAYSTACK');
    const { id } = await external({ name, description: 'Sharp Point', audienceId: `outside-${name}` });
    const found = async (query: string): Promise<readonly string[]> =>
      (await list(query)).children.map((audience) => audience.id);
    expect(await found('name=needle%20in')).toEqual([id]);
    expect(await found('description=sharp&entityType=_xdm.context.profile')).toEqual([id]);
    expect(await found(`property=${encodeURIComponent(`audienceId==outside-${name}`)}`)).toEqual([id]);
    expect(await found('name=needle&property=type==SegmentDefinition')).toEqual([]);
    expect(await found('entityType=_xdm.context.account')).toEqual([]);
  });

  test('the pages are followed by "next" as a number, and by the link', async () => {
    for (let count = 0; count < 3; count += 1) await rule();
    const seen: string[] = [];
    let start: number | undefined = 0;
    let total = 0;
    while (start !== undefined) {
      const page: AudienceListWire = await list(`limit=2&sort=name:asc,creationTime:desc&start=${start}`);
      expect(page._page.sortField).toBe('name');
      seen.push(...page.children.map(({ name }) => name));
      total = page._page.totalCount;
      expect(page._links.next.href?.startsWith('@/audiences?') ?? false).toBe(page._page.next !== undefined);
      start = page._page.next;
    }
    expect([seen.length, seen]).toEqual([total, [...seen].sort()]);
  });

  test('audiences from elsewhere are counted by namespace and found by what they are called', async () => {
    const name = uniqueName('Findable');
    const folder = uniqueName('folder').replaceAll(' ', '-');
    const { id } = await external({
      name,
      audienceId: 'source-7',
      linkedAudienceRef: { audienceFolderId: folder },
    });
    const asked = { headers: { 'x-ups-search-version': '1.0' } };
    const s = encodeURIComponent(`name:"${name}"`);
    const schema = '_xdm.context.segmentdefinition';
    expect(
      await must<SearchNamespacesWire>(own(), `GET ${search}/namespaces?schema.name=${schema}&s=${s}`, asked),
    ).toEqual({
      namespaces: [{ namespace: 'AAMTraits', count: 1 }],
      totalCount: 1,
      status: { message: 'Success' },
    });
    const inNamespace = `${search}/entities?schemaClass=${schema}&namespace=AAMTraits&limit=50&page=0&s=${s}`;
    expect(await must<SearchEntitiesWire>(own(), `GET ${inNamespace}&entityId=${folder}`, asked)).toEqual({
      entities: [
        {
          id,
          base64EncodedSourceId: Buffer.from('source-7').toString('base64'),
          sourceId: 'source-7',
          isFolder: false,
          parentFolderId: folder,
          name,
          description: '',
        },
      ],
      page: { totalCount: 1, totalPages: 1, pageOffset: 0, pageSize: 1 },
      status: { message: 'Success' },
    });
    expect(
      await must(
        own(),
        `GET ${search}/taxonomy?schema.name=${schema}&namespace=AAMTraits&entityId=${id}`,
        asked,
      ),
    ).toMatchObject({ taxonomy: [{ id, name, parentFolderId: folder }] });
  });

  test.each([
    ['namespaces', 's=name:x', {}],
    ['namespaces', 'schema.name=_xdm.context.profile', {}],
    ['namespaces', 'schema.name=_xdm.context.segmentdefinition&s=(', {}],
    ['namespaces', 'schema.name=_xdm.context.segmentdefinition', { 'x-ups-search-version': '2.0' }],
    ['entities', 'schemaClass=_xdm.context.segmentdefinition', {}],
    ['entities', 'schemaClass=_xdm.context.segmentdefinition&namespace=AAM&limit=51', {}],
  ])('search of %s?%s is a 400', async (what, query, headers) => {
    expect((await ask(own(), `GET ${search}/${what}?${query}`, { headers })).status).toBe(400);
  });

  test('another sandbox sees none of them', async () => {
    const { id } = await external();
    const headers = { 'x-sandbox-name': `${own().headers['x-sandbox-name'] ?? ''}-x` };
    expect((await ask(own(), `GET ${audiences}/${id}`, { headers })).status).toBe(404);
    expect((await ask(own(), `GET ${audiences}`, { headers })).body).toMatchObject({ children: [] });
    const query = 'schema.name=_xdm.context.segmentdefinition';
    expect((await ask(own(), `GET ${search}/namespaces?${query}`, { headers })).body).toMatchObject({
      namespaces: [],
    });
  });
}
