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
    'orderBy=up:created',
    'orderBy=name,created',
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
