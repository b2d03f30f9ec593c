import type { DatasetWire } from '../../src/wire/catalog.wire';
import type { MergePolicyListWire, MergePolicyWire } from '../../src/wire/merge-policy.wire';
import { createDataset, schemas } from './data';
import type { GetTarget } from './target';
import { ask, must, paths, uniqueName } from './target';

type Datasets = Record<string, DatasetWire>;

/** Contract §13 and §9. */
export function catalogContract(target: GetTarget): void {
  test('a dataset is made with 201 and a reference, and read as a map keyed by its id', async () => {
    const answer = await ask(target(), `POST ${paths.datasets}`, {
      body: {
        name: 'people',
        schemaRef: { id: schemas.profile },
        tags: { unifiedProfile: ['enabled:true'] },
      },
    });
    const [reference = ''] = answer.body as string[];
    expect([answer.status, reference]).toEqual([201, expect.stringMatching(/^@\/dataSets\/[0-9a-f]{24}$/)]);
    const id = reference.split('/')[2] ?? '';
    const read = await ask(target(), `GET ${paths.datasets}/${id}`);
    expect(read.body).toMatchObject({
      [id]: {
        name: 'people',
        schemaRef: { id: schemas.profile },
        tags: { unifiedProfile: ['enabled:true'] },
      },
    });
    expect(read.headers.get('e-tag')).not.toBeNull();
  });

  test('a page is short only at the end', async () => {
    for (let count = 0; count < 3; count += 1) await createDataset(target(), schemas.union);
    const seen: string[] = [];
    for (;;) {
      const ids = Object.keys(
        await must<Datasets>(target(), `GET ${paths.datasets}?limit=2&start=${seen.length}`),
      );
      seen.push(...ids);
      if (ids.length < 2) break;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThanOrEqual(3);
  });

  test.each([
    'limit=0',
    'limit=101',
    'schema=x',
    'orderBy=bogus',
    'orderBy=desc:bogus,name',
    'orderBy=up:created',
    'orderBy=up:name,created',
    'property=a%20b',
    'property=!name==x',
    'property=name~(?=x)',
    'property=name~' + encodeURIComponent('['),
    'tags=unifiedProfile',
    'createdAfter=yesterday',
    'name=a,!b',
    'name=!',
  ])('the query %s is a 400 of family C', async (query) => {
    const answer = await ask(target(), `GET ${paths.datasets}?${query}`);
    expect([answer.status, answer.body]).toMatchObject([400, { title: 'BadRequestError' }]);
  });

  test('datasets are found by either of two names, and by not having one', async () => {
    const names = ['one', 'two', 'three'].map((word) => uniqueName(word));
    for (const name of names) await must(target(), `POST ${paths.datasets}`, { body: { name } });
    const found = async (query: string): Promise<readonly string[]> => {
      const all = await must<Datasets>(
        target(),
        `GET ${paths.datasets}?limit=100&name=${encodeURIComponent(query)}`,
      );
      return Object.values(all)
        .flatMap(({ name }) => (names.includes(name) ? [name] : []))
        .sort();
    };
    const [one = '', two = '', three = ''] = names;
    expect(await found(`${one},${two}`)).toEqual([one, two]);
    expect(await found(`!${one}`)).toEqual([three, two]);
    expect(await found(`!${one},!${two}`)).toEqual([three]);
  });

  test.each([
    `${paths.datasets}?connectorId=&connectionId=&name=`,
    `${paths.datasets}?connectorId=a&connectionId=b&unknown=`,
    `${paths.batches}?connection=&connector=`,
    `${paths.batches}?connection=a&connector=b&sourceId=c`,
  ])('parameters without a value, and those of connections, ask for nothing: %s', async (path) => {
    expect((await ask(target(), `GET ${path}`)).status).toBe(200);
  });

  test('datasets are found by the schema they refer to', async () => {
    const name = uniqueName('by-schema');
    const ids = new Map<string, string>();
    for (const schemaId of [schemas.profile, schemas.event]) {
      const body = { name, schemaRef: { id: schemaId } };
      const [reference = ''] = await must<string[]>(target(), `POST ${paths.datasets}`, { body });
      ids.set(schemaId, reference.split('/')[2] ?? '');
    }
    const query = `name=${encodeURIComponent(name)}&schemaRef.id=${encodeURIComponent(schemas.event)}`;
    const found = await must<Datasets>(target(), `GET ${paths.datasets}?${query}`);
    expect(Object.keys(found)).toEqual([ids.get(schemas.event)]);
  });

  test('validate-only checks a dataset and saves nothing', async () => {
    const name = uniqueName('validated');
    const headers = { pragma: 'validate-only' };
    const good = await ask(target(), `POST ${paths.datasets}`, { body: { name }, headers });
    const bad = await ask(target(), `POST ${paths.datasets}`, { body: { name: 7 }, headers });
    expect([good.status, bad.status]).toEqual([200, 400]);
    expect(await must(target(), `GET ${paths.datasets}?name=${encodeURIComponent(name)}`)).toEqual({});
  });

  test('what was sent of files and the schema comes back; what was not sent stays absent', async () => {
    const sent = {
      name: uniqueName('described'),
      schemaRef: { id: schemas.profile, contentType: 'application/vnd.adobe.xed-full+json;version=1' },
      fileDescription: { persisted: true, containerFormat: 'json', format: 'json' },
    };
    const bare = { name: uniqueName('bare'), schemaRef: { id: schemas.profile } };
    for (const body of [sent, bare]) {
      const [reference = ''] = await must<string[]>(target(), `POST ${paths.datasets}`, { body });
      const id = reference.split('/')[2] ?? '';
      const read = (await must<Datasets>(target(), `GET ${paths.datasets}/${id}`))[id];
      expect({
        name: read?.name,
        schemaRef: read?.schemaRef,
        ...(read?.fileDescription === undefined ? {} : { fileDescription: read.fileDescription }),
      }).toEqual(body);
    }
  });

  test('patch changes a part, but not on a stale E-Tag', async () => {
    const id = await createDataset(target(), schemas.union);
    const etag = (await ask(target(), `GET ${paths.datasets}/${id}`)).headers.get('e-tag') ?? '';
    const patch = { body: { name: 'renamed' }, headers: { 'if-match': etag } };
    expect(await must(target(), `PATCH ${paths.datasets}/${id}`, patch)).toEqual([`@/dataSets/${id}`]);
    expect((await ask(target(), `PATCH ${paths.datasets}/${id}`, patch)).status).toBe(412);
    expect((await must<Datasets>(target(), `GET ${paths.datasets}/${id}`))[id]?.name).toBe('renamed');
  });

  const create = async (body: object): Promise<string> =>
    ((await must<string[]>(target(), `POST ${paths.datasets}`, { body }))[0] ?? '').split('/')[2] ?? '';
  const read = async (id: string): Promise<DatasetWire | undefined> =>
    (await must<Datasets>(target(), `GET ${paths.datasets}/${id}`))[id];

  describe('datasets that are filtered', () => {
    const mark = uniqueName('mark').replaceAll(' ', '-');
    const names: Record<string, string> = {};
    beforeAll(async () => {
      for (const [name, tags, description] of [
        [`${mark}-a`, { [mark]: ['123456'], second: ['enabled:true'] }, 'first'],
        [`${mark}-b`, { [mark]: ['other'] }, undefined],
        [`${mark}-c`, { [mark]: ['129'] }, 'first'],
        [`${mark}-c`, { [mark]: ['130'] }, 'second'],
      ] as const) {
        const id = await create({ name, tags, ...(description === undefined ? {} : { description }) });
        names[id] = `${name.slice(-1)}${tags[mark]?.[0] ?? ''}`;
      }
      const [first = ''] = Object.keys(names);
      await must(target(), `PATCH ${paths.datasets}/${first}`, { body: { enableErrorDiagnostics: true } });
    });
    const found = async (query: string): Promise<readonly string[]> =>
      Object.keys(await must<Datasets>(target(), `GET ${paths.datasets}?tags=${mark}:*&${query}`)).map(
        (id) => names[id] ?? id,
      );

    test.each([
      ['orderBy=name,desc:updated', ['a123456', 'bother', 'c130', 'c129']],
      ['orderBy=asc:description,desc:name&limit=3', ['c129', 'a123456', 'c130']],
      ['orderBy=name&limit=1&start=1', ['bother']],
      [`tags=${mark}:12*&orderBy=name`, ['a123456', 'c129']],
      [`tags=${mark}:12*,second:enabled:true`, ['a123456']],
      ['property=description&orderBy=name,created', ['a123456', 'c129', 'c130']],
      ['property=!description', ['bother']],
      ['property=description==first&orderBy=name', ['a123456', 'c129']],
      ['property=description!=first&orderBy=name', ['bother', 'c130']],
      [`property=name~-[ab]$&orderBy=name`, ['a123456', 'bother']],
      ['property=version>1.0.0', ['a123456']],
      ['property=version<=1.0.0&property=description==second', ['c130']],
      ['name=*-b', ['bother']],
      [`name=!*-c,${mark}-a`, ['bother']],
      ['enableErrorDiagnostics=true', ['a123456']],
      ['createdAfter=4102444800000', []],
    ])('by %s are the right ones', async (query, wanted) => {
      expect(await found(query)).toEqual(wanted);
    });

    test('show only the properties that are asked for', async () => {
      const shown = await must<Datasets>(
        target(),
        `GET ${paths.datasets}?tags=${mark}:*&orderBy=name&properties=name,description`,
      );
      expect(Object.values(shown).slice(0, 2)).toEqual([
        { name: `${mark}-a`, description: 'first' },
        { name: `${mark}-b` },
      ]);
      const [id = ''] = Object.keys(shown);
      expect(await must(target(), `GET ${paths.datasets}/${id}?properties=description`)).toEqual({
        [id]: { description: 'first' },
      });
    });
  });

  test('what Catalog does not know of a dataset is kept as it was sent', async () => {
    const sent = {
      name: uniqueName('more'),
      aspect: 'production',
      enableErrorDiagnostics: true,
      observableSchema: { type: 'object' },
      fileDescription: { format: 'csv', delimiters: [','] },
    };
    const id = await create(sent);
    expect(await read(id)).toMatchObject({
      ...sent,
      version: '1.0.0',
      imsOrg: target().headers['x-gw-ims-org-id'],
      createdClient: target().headers['x-api-key'],
      files: expect.stringMatching(/^@\//) as string,
      viewId: expect.stringMatching(/^[0-9a-f]{24}$/) as string,
    });
  });

  test('JSON Patch adds a tag, merge patch goes into objects, and null takes away', async () => {
    const id = await create({ name: uniqueName('patched'), description: 'x' });
    const patch = (type: string, body: unknown) =>
      ask(target(), `PATCH ${paths.datasets}/${id}`, { body, headers: { 'content-type': type } });
    await patch('application/json-patch+json', [
      { op: 'add', path: '/tags/unifiedProfile', value: ['enabled:true', 'isUpsert:true'] },
      { op: 'replace', path: '/name', value: 'renamed' },
    ]);
    await patch('application/merge-patch+json', { tags: { second: ['b'] }, description: null });
    const dataset = await read(id);
    expect(dataset).toMatchObject({
      name: 'renamed',
      version: '1.0.2',
      tags: { unifiedProfile: ['enabled:true', 'isUpsert:true'], second: ['b'] },
    });
    expect(dataset).not.toHaveProperty('description');
    const failing = await patch('application/json-patch+json', [{ op: 'remove', path: '/tags/none' }]);
    expect([failing.status, failing.body]).toMatchObject([400, { title: 'BadRequestError' }]);
  });

  test('JSON Patch takes an optional property away', async () => {
    const id = await create({ name: uniqueName('removed'), description: 'x' });
    const body = [{ op: 'remove', path: '/description' }];
    const headers = { 'content-type': 'application/json-patch+json' };
    expect((await ask(target(), `PATCH ${paths.datasets}/${id}`, { body, headers })).status).toBe(200);
    expect(await read(id)).not.toHaveProperty('description');
  });

  test('a dataset tells what its rows are', async () => {
    const behaviors = [];
    for (const schemaRef of [{ id: schemas.profile }, { id: schemas.event }, undefined]) {
      const id = await create({
        name: uniqueName('rows'),
        ...(schemaRef === undefined ? {} : { schemaRef }),
      });
      behaviors.push((await read(id))?.classification?.dataBehavior);
    }
    expect(behaviors).toEqual(['record', 'time-series', 'adhoc']);
  });

  test('PUT takes what GET gave, and replaces the whole but for the schema', async () => {
    const id = await create({
      name: uniqueName('put'),
      description: 'x',
      schemaRef: { id: schemas.profile },
      tags: { a: ['b'] },
    });
    const before = await read(id);
    const put = (body: unknown) => ask(target(), `PUT ${paths.datasets}/${id}`, { body });
    expect((await put(before)).body).toEqual([`@/dataSets/${id}`]);
    expect(await read(id)).toMatchObject({ description: 'x', tags: { a: ['b'] }, version: '1.0.1' });
    await put({ name: 'bare' });
    const after = await read(id);
    expect(after).toMatchObject({ name: 'bare', schemaRef: { id: schemas.profile } });
    expect(after).not.toHaveProperty('tags');
    expect((await put({ name: 'bare', schemaRef: { id: schemas.event } })).status).toBe(400);
  });

  test('If-Match names the version that is changed, If-None-Match one that is not', async () => {
    const id = await createDataset(target(), schemas.union);
    const change = (headers: Record<string, string>) =>
      ask(target(), `PATCH ${paths.datasets}/${id}`, { body: { description: 'x' }, headers });
    const answers = [
      await change({ 'if-match': '1.0.0' }),
      await change({ 'if-match': '1.0.0' }),
      await change({ 'if-match': '"1.0.1"' }),
      await change({ 'if-match': '*' }),
      await change({ 'if-none-match': '1.0.3' }),
      await change({ 'if-none-match': '1.0.0' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 412, 200, 200, 412, 200]);
    expect(answers[1]?.body).toEqual({
      errorMessage: expect.stringMatching(
        /^Supplied version=\[1\.0\.0\] does not match the current version on entity=\[[0-9a-f]{24}\]/,
      ) as string,
    });
  });

  test('of many changes on one version exactly one is done', async () => {
    const id = await createDataset(target(), schemas.union);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        ask(target(), `PATCH ${paths.datasets}/${id}`, {
          body: { description: String(index) },
          headers: { 'if-match': '1.0.0' },
        }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test('validate-only checks a change and keeps nothing of it', async () => {
    const id = await createDataset(target(), schemas.union);
    const headers = { pragma: 'validate-only' };
    const put = (body: object) => ask(target(), `PUT ${paths.datasets}/${id}`, { body, headers });
    expect([(await put({ name: 'x' })).status, (await put({ name: '' })).status]).toEqual([200, 400]);
    expect((await read(id))?.version).toBe('1.0.0');
  });

  test('delete answers the reference, then it is gone', async () => {
    const id = await createDataset(target(), schemas.union);
    expect(await must(target(), `DELETE ${paths.datasets}/${id}`)).toEqual([`@/dataSets/${id}`]);
    expect((await ask(target(), `GET ${paths.datasets}/${id}`)).status).toBe(404);
  });

  test('there is a default merge policy, which can be read alone and in bulk', async () => {
    const list = await must<MergePolicyListWire>(
      target(),
      `GET ${paths.mergePolicies}?default=true&schema.name=_xdm.context.profile`,
    );
    const [policy] = list.children;
    expect(list).toMatchObject({ _page: { totalCount: 1, pageSize: 1 }, _links: { next: { href: '' } } });
    expect(policy).toMatchObject({
      default: true,
      version: 1,
      identityGraph: { type: 'none' },
      attributeMerge: { type: 'timestampOrdered' },
      isActiveOnEdge: false,
    });
    const id = policy?.id ?? '';
    expect(await must<MergePolicyWire>(target(), `GET ${paths.mergePolicies}/${id}`)).toEqual(policy);
    const bulk = await ask(target(), `POST ${paths.mergePolicies}/bulk-get`, { body: { ids: [{ id }] } });
    expect([bulk.status, bulk.body]).toEqual([207, { results: { [id]: policy } }]);
  });

  test('merge policies take either spelling of the order parameter', async () => {
    expect((await ask(target(), `GET ${paths.mergePolicies}?orderBy=-name`)).status).toBe(200);
    expect((await ask(target(), `GET ${paths.mergePolicies}?orderby=+name`)).status).toBe(200);
  });
}
