import type { BatchWire } from '../../src/wire/catalog.wire';
import { createDataset, ingest, people, profileLine, schemas } from './data';
import type { GetTarget } from './target';
import { ask, must, paths, uniqueName } from './target';

type Batches = Record<string, BatchWire>;

/** Contract §14. */
export function batchesContract(target: GetTarget): void {
  const create = async (body: object): Promise<string> => {
    const [reference = ''] = await must<string[]>(target(), `POST ${paths.batches}`, { body });
    return reference.split('/')[2] ?? '';
  };
  const read = async (id: string): Promise<BatchWire | undefined> =>
    (await must<Batches>(target(), `GET ${paths.batches}/${id}`))[id];

  test('a batch is made with 201, a reference and a Location, and says what it was told', async () => {
    const sent = {
      status: 'processing',
      externalId: '/adobe/bulkingest/5af9ee67e4045c1b4945c209',
      started: 1494349963122,
      recordCount: 45,
      availableDates: { startDate: 1337, endDate: 4000 },
      relatedObjects: [{ type: 'dataSet', id: 'foo-dataSet', tag: 'input' }],
      metrics: { foo: 1337 },
      tags: { 'foo/bar/foo-bar': ['weehaw', 'wee:haw'] },
      inputFormat: { format: 'parquet', delimiter: '.' },
      replay: { predecessors: ['5d01230fc78a4e4f8c0c6b387b4b8d1c'], reason: 'fix' },
      errors: [{ code: '106', description: 'Row is corrupted', rows: ['3-5'] }],
    };
    const answer = await ask(target(), `POST ${paths.batches}`, { body: sent });
    const [reference = ''] = answer.body as string[];
    const id = reference.split('/')[2] ?? '';
    expect([answer.status, reference]).toEqual([201, expect.stringMatching(/^@\/batches\/[0-9a-f]{24}$/)]);
    expect(answer.headers.get('location')).toContain(`${paths.batches}/${id}`);
    expect(await read(id)).toMatchObject({ ...sent, version: '1.0.0' });
  });

  test('a batch may have an id of its own, once', async () => {
    const id = uniqueName('own').replaceAll(' ', '-');
    const post = () => ask(target(), `POST ${paths.batches}/${id}`, { body: { status: 'active' } });
    expect([(await post()).status, (await post()).status]).toEqual([201, 409]);
    expect(await read(id)).toMatchObject({ status: 'active' });
  });

  test('a batch is changed in part, as a whole and by JSON Patch, but not on a stale version', async () => {
    const id = await create({ status: 'loading', recordCount: 1 });
    const send = (method: string, body: unknown, headers: Record<string, string> = {}) =>
      ask(target(), `${method} ${paths.batches}/${id}`, { body, headers });
    expect((await send('PATCH', { status: 'success', metrics: { a: 1 } })).body).toEqual([`@/batches/${id}`]);
    expect(await read(id)).toMatchObject({ status: 'success', recordCount: 1, metrics: { a: 1 } });
    const patch = [{ op: 'add', path: '/metrics/b', value: 2 }];
    await send('PATCH', patch, { 'content-type': 'application/json-patch+json', 'if-match': '1.0.1' });
    expect(await read(id)).toMatchObject({ metrics: { a: 1, b: 2 }, version: '1.0.2' });
    expect((await send('PATCH', { status: 'failed' }, { 'if-match': '1.0.1' })).status).toBe(412);
    await send('PUT', { status: 'failed' });
    expect(await read(id)).not.toHaveProperty('metrics');
    expect((await send('PATCH', { status: 'done' })).status).toBe(400);
    expect((await send('DELETE', undefined)).body).toEqual([`@/batches/${id}`]);
    expect((await ask(target(), `GET ${paths.batches}/${id}`)).status).toBe(404);
  });

  test('of an import clients change tags and metrics, not what the platform tells', async () => {
    const datasetId = await createDataset(target(), schemas.profile);
    const { id } = await ingest(target(), datasetId, people.map(profileLine));
    const path = `${paths.batches}/${id}`;
    const before = await read(id);
    expect(before).toMatchObject({ metrics: { recordsWritten: people.length, recordsFailed: 0 } });
    expect(before?.size).toBeGreaterThan(100);
    expect((await ask(target(), `PATCH ${path}`, { body: { recordCount: 7 } })).status).toBe(400);
    const body = { ...before, tags: { ...before?.tags, mine: ['x'] }, externalId: 'e' };
    await must(target(), `PUT ${path}`, { body });
    expect(await read(id)).toMatchObject({
      ...before,
      tags: body.tags,
      externalId: 'e',
      updated: expect.any(Number) as number,
      version: expect.not.stringMatching(before?.version ?? '') as string,
    });
    expect((await ask(target(), `DELETE ${path}`)).status).toBe(400);
  });

  describe('batches that are filtered', () => {
    const dataset = uniqueName('dataset').replaceAll(' ', '-');
    const ids: Record<string, string> = {};
    beforeAll(async () => {
      const relatedObjects = [{ type: 'dataSet', id: dataset }];
      for (const [name, body] of Object.entries({
        a: {
          status: 'success',
          recordCount: 5,
          size: 10,
          externalId: 'x',
          availableDates: { startDate: 10, endDate: 20 },
        },
        b: { status: 'active', recordCount: 9, failedRecordCount: 2, started: 7 },
        c: { status: 'failure', recordCount: 10, availableDates: { startDate: 30, endDate: 40 } },
      }))
        ids[await create({ ...body, relatedObjects })] = name;
    });
    const found = async (query: string): Promise<string> =>
      Object.keys(await must<Batches>(target(), `GET ${paths.batches}?dataSet=${dataset}&${query}`))
        .map((id) => ids[id] ?? id)
        .join('');

    test('of any of several datasets', async () => {
      const several = `GET ${paths.batches}?dataSet=no-such-one,${dataset}&orderBy=asc:created`;
      const answered = Object.keys(await must<Batches>(target(), several));
      expect(answered.map((id) => ids[id] ?? id).join('')).toBe('abc');
      const [first] = Object.keys(await must<Batches>(target(), `${several}&limit=1`));
      expect(first).toBe(answered[0]);
    });

    test.each([
      ['orderBy=asc:created', 'abc'],
      ['orderBy=desc:recordCount', 'cba'],
      ['status=success&orderBy=created', 'ab'],
      ['status=failed', 'c'],
      ['status=!failed&orderBy=created', 'ab'],
      ['recordCount=9,10&orderBy=created', 'bc'],
      ['failedRecordCount=2', 'b'],
      ['size=10', 'a'],
      ['started=7', 'b'],
      ['externalId=x', 'a'],
      ['property=recordCount>5&orderBy=created', 'bc'],
      ['startAfter=10', 'c'],
      ['startBefore=30', 'a'],
      ['endAfter=20', 'c'],
      ['endBefore=41&orderBy=created', 'ac'],
      ['createdBefore=1', ''],
    ])('by %s are the right ones', async (query, wanted) => {
      expect(await found(query)).toBe(wanted);
    });

    test('are found by their own id', async () => {
      const [id = ''] = Object.keys(ids);
      expect(await found(`batch=${id}`)).toBe('a');
      expect(await found('batch=none')).toBe('');
      expect(await must(target(), `GET ${paths.batches}?batch=${id}&properties=size`)).toEqual({
        [id]: { size: 10 },
      });
    });
  });

  test('a dataset names its last batches', async () => {
    const datasetId = await createDataset(target(), schemas.profile);
    const relatedObjects = [{ type: 'dataSet', id: datasetId }];
    const good = await create({ status: 'success', relatedObjects });
    const bad = await create({ status: 'failed', relatedObjects });
    const answer = await must<Record<string, object>>(target(), `GET ${paths.datasets}/${datasetId}`);
    expect(answer[datasetId]).toMatchObject({ lastSuccessfulBatch: good, lastFailedBatch: bad });
  });
}
