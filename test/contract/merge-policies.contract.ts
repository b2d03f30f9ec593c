import type { MergePolicyListWire, MergePolicyWire } from '../../src/wire/merge-policy.wire';
import type { SegmentDefinitionWire } from '../../src/wire/segment-definition.wire';
import { createDataset, definitionBody, ingest, runExport, runSegmentJob, schemas } from './data';
import type { Answer, Asked, ContractTarget, GetTarget } from './target';
import { ask, must, paths, uniqueName } from './target';

const schema = { name: '_xdm.context.profile' };
const linked = { schema, identityGraph: { type: 'pdg' }, attributeMerge: { type: 'timestampOrdered' } };

/** Contract §9, in a sandbox of its own, since policies change what others see. */
export function mergePoliciesContract(target: GetTarget): void {
  let sandbox = '';
  const own = (): ContractTarget => ({
    ...target(),
    headers: { ...target().headers, 'x-sandbox-name': sandbox },
  });
  beforeEach(() => {
    sandbox = uniqueName('merge').replaceAll(' ', '-');
  });
  const create = (body: object): Promise<MergePolicyWire> =>
    must(own(), `POST ${paths.mergePolicies}`, { body });
  const call = (method: string, id: string, asked: Asked = {}): Promise<Answer> =>
    ask(own(), `${method} ${paths.mergePolicies}/${id}`, asked);
  const defaults = async (): Promise<string[]> =>
    (await must<MergePolicyListWire>(own(), `GET ${paths.mergePolicies}?default=true`)).children.map(
      ({ id }) => id,
    );

  test('a policy is made, read, overwritten and deleted; each change is one version more', async () => {
    const made = await create({ ...linked, name: 'linked' });
    expect(made).toMatchObject({
      ...linked,
      name: 'linked',
      version: 1,
      default: false,
      isActiveOnEdge: false,
    });
    const put = await call('PUT', made.id, { body: { ...linked, identityGraph: { type: 'none' } } });
    expect([put.status, put.body]).toMatchObject([200, { version: 2, identityGraph: { type: 'none' } }]);
    expect((await call('GET', made.id)).body).toEqual(put.body);
    const gone = await call('DELETE', made.id);
    expect([gone.status, gone.bytes.length]).toEqual([200, 0]);
    expect((await call('GET', made.id)).status).toBe(404);
    expect((await call('DELETE', made.id)).status).toBe(404);
  });

  test('a page is told in both of the documented forms', async () => {
    await create({ ...linked, name: 'second' });
    const first = await must<MergePolicyListWire>(own(), `GET ${paths.mergePolicies}?limit=1`);
    expect(first._page).toEqual({ totalCount: 2, pageSize: 1, count: 1, next: '1' });
    const last = await must<MergePolicyListWire>(
      own(),
      `GET ${paths.mergePolicies}?limit=1&start=${first._page.next ?? ''}`,
    );
    expect(last._page).toEqual({ totalCount: 2, pageSize: 1, count: 1, next: '' });
  });

  test('a new default takes the place of the former one', async () => {
    const { id } = await create({ ...linked, default: true });
    expect(await defaults()).toEqual([id]);
  });

  test('a patch is one operation or a list, and values may be text', async () => {
    const { id } = await create(linked);
    const one = await call('PATCH', id, { body: { op: 'add', path: '/default', value: 'true' } });
    expect([one.status, one.body]).toMatchObject([200, { id, default: true, version: 2 }]);
    expect(await defaults()).toEqual([id]);
    const several = [
      { op: 'replace', path: '/name', value: 'by name' },
      { op: 'add', path: '/identityGraph.type', value: 'none' },
    ];
    expect((await call('PATCH', id, { body: several })).body).toMatchObject({
      name: 'by name',
      identityGraph: { type: 'none' },
      version: 3,
    });
  });

  test('the order of datasets is needed, and names datasets that are there', async () => {
    const ordered = (order?: string[]): object => ({
      ...linked,
      attributeMerge: { type: 'dataSetPrecedence', ...(order === undefined ? {} : { order }) },
    });
    const datasetId = await createDataset(own(), schemas.profile);
    const refused = async (body: object): Promise<unknown> =>
      (await ask(own(), `POST ${paths.mergePolicies}`, { body })).body;
    const message = (text: RegExp): object => ({
      errors: { '400': [{ message: expect.stringMatching(text) as string }] },
    });
    expect(await refused(ordered())).toMatchObject(message(/^attributeMerge\.order must name the datasets/));
    expect(await refused(ordered(['nowhere']))).toMatchObject(message(/none with id "nowhere"/));
    expect(await refused(ordered([datasetId, datasetId]))).toMatchObject(message(/is there twice/));
    const made = await create(ordered([datasetId]));
    expect(made.attributeMerge).toEqual({ type: 'dataSetPrecedence', order: [datasetId] });
    const patch = { op: 'replace', path: '/attributeMerge.type', value: 'timestampOrdered' };
    expect((await call('PATCH', made.id, { body: patch })).body).toMatchObject({
      attributeMerge: { type: 'timestampOrdered' },
    });
  });

  test('one policy at most is active on the edge, and that one cannot be deleted', async () => {
    const { id } = await create({ ...linked, isActiveOnEdge: 'true' });
    expect(
      (await ask(own(), `POST ${paths.mergePolicies}`, { body: { ...linked, isActiveOnEdge: true } })).status,
    ).toBe(400);
    expect((await call('DELETE', id)).status).toBe(400);
    await call('PATCH', id, { body: { op: 'add', path: '/isActiveOnEdge', value: false } });
    expect((await call('DELETE', id)).status).toBe(200);
  });

  test('a sandbox has five policies at most', async () => {
    for (let number = 2; number <= 5; number += 1) await create(linked);
    expect((await ask(own(), `POST ${paths.mergePolicies}`, { body: linked })).status).toBe(400);
  });

  test('a policy that definitions name is not deleted', async () => {
    const { id } = await create(linked);
    const definition = await must<SegmentDefinitionWire>(own(), `POST ${paths.definitions}`, {
      body: { ...definitionBody(), mergePolicyId: id },
    });
    const answer = await call('DELETE', id);
    expect([answer.status, answer.bytes.toString()]).toEqual([
      400,
      expect.stringContaining(definition.id ?? ''),
    ]);
  });

  test.each([
    {},
    { ...linked, identityGraph: { type: 'other' } },
    { ...linked, attributeMerge: { type: 'other' } },
    { ...linked, schema: { name: '_xdm.context.account' } },
    { ...linked, isActiveOnEdge: 'perhaps' },
  ])('the body %j is a 400', async (body) => {
    expect((await ask(own(), `POST ${paths.mergePolicies}`, { body })).status).toBe(400);
  });

  test('a list is filtered by what policies say, and goes on where a page ends', async () => {
    for (const name of ['b', 'c']) await create({ ...linked, name });
    const get = (query: string): Promise<MergePolicyListWire> =>
      must(own(), `GET ${paths.mergePolicies}?${query}`);
    const names = ({ children }: MergePolicyListWire): unknown[] => children.map(({ name }) => name);
    expect(names(await get('identityGraph.type=pdg&orderBy=-name'))).toEqual(['c', 'b']);
    const first = await get('limit=2');
    expect([names(first), first._page]).toEqual([
      ['b', 'c'],
      { totalCount: 3, pageSize: 2, count: 2, next: '2' },
    ]);
    expect(names(await get((first._links.next.href ?? '').split('?')[1] ?? ''))).toEqual(['default']);
  });

  /** Who is both: an email of the one record, a phone of the other. */
  async function importLinkedPeople(): Promise<void> {
    const record = (identities: object, fields: object): string =>
      JSON.stringify({ identityMap: identities, ...fields });
    const email = { Email: [{ id: 'ada@example.com', primary: true }] };
    await ingest(own(), await createDataset(own(), schemas.profile), [
      record(email, { homeAddress: { countryCode: 'US' } }),
      record(
        { Phone: [{ id: '1', primary: true }], Email: [{ id: 'ada@example.com' }] },
        { person: { name: { firstName: 'Ada' } } },
      ),
    ]);
  }

  test('one job evaluates each segment on people as its policy makes them', async () => {
    await importLinkedPeople();
    const { id: mergePolicyId } = await create(linked);
    const expression = 'homeAddress.countryCode = "US" and person.name.firstName = "Ada"';
    const make = (more: object): Promise<SegmentDefinitionWire> =>
      must(own(), `POST ${paths.definitions}`, { body: { ...definitionBody(expression), ...more } });
    const [apart, together] = [await make({}), await make({ mergePolicyId })];
    const job = await runSegmentJob(own(), [apart.id ?? '', together.id ?? '']);
    expect(job.metrics).toMatchObject({
      totalProfiles: 3,
      segmentedProfileCounter: { [apart.id ?? '']: 0, [together.id ?? '']: 1 },
      totalProfilesByMergePolicy: { [mergePolicyId]: 1, [apart.mergePolicyId ?? '']: 2 },
    });
  });

  test('a profile is read as the policy that is named makes it, under the identity that was asked for', async () => {
    await importLinkedPeople();
    const { id } = await create(linked);
    const query = `schema.name=_xdm.context.profile&entityId=1&entityIdNS=Phone&mergePolicyId=${id}`;
    const entities = await must<Record<string, object>>(own(), `GET ${paths.entities}?${query}`);
    const xid = Buffer.from('phone:1').toString('base64url');
    expect(entities).toMatchObject({
      [xid]: {
        entityId: xid,
        mergePolicy: { id },
        entity: { homeAddress: { countryCode: 'US' }, person: { name: { firstName: 'Ada' } } },
      },
    });
  });

  test('an export merges as its policy says, and names the version of it', async () => {
    await importLinkedPeople();
    const { id } = await create(linked);
    const datasetId = await createDataset(own(), schemas.union);
    const wanted = { destination: { datasetId }, mergePolicy: { id } };
    const job = await runExport(own(), wanted);
    expect(job).toMatchObject({
      status: 'SUCCEEDED',
      mergePolicy: { id, version: 1 },
      metrics: {
        totalExportedProfileCounter: 1,
        exportedProfileByNamespaceCounter: { Email: 1, Phone: 1 },
      },
    });
    await call('PATCH', id, { body: { op: 'replace', path: '/name', value: 'other' } });
    const askFor = async (version: number): Promise<unknown> => {
      const body = { schema, ...wanted, mergePolicy: { id, version } };
      const answer = await ask(own(), `POST ${paths.exportJobs}`, { body });
      return [answer.status, (answer.body as { mergePolicy?: unknown }).mergePolicy];
    };
    // A former version is the present one, since clients write 1 whatever it is; a later one is a mistake.
    expect([await askFor(1), await askFor(3)]).toEqual([
      [200, { id, version: 2 }],
      [400, undefined],
    ]);
  });

  test('51 linked identities are no person: reading one of them is a 422', async () => {
    const phones = Array.from({ length: 50 }, (_, number) => ({ id: `${number}` }));
    const identityMap = { Email: [{ id: 'many@example.com', primary: true }], Phone: phones };
    await ingest(own(), await createDataset(own(), schemas.profile), [JSON.stringify({ identityMap })]);
    const { id } = await create({ ...linked, default: true });
    const query = `schema.name=_xdm.context.profile&entityId=7&entityIdNS=Phone&mergePolicyId=${id}`;
    const answer = await ask(own(), `GET ${paths.entities}?${query}`);
    expect([answer.status, answer.body]).toMatchObject([
      422,
      { statusCode: '422', message: expect.stringContaining('Too many related identities') as string },
    ]);
  });
}
