import { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findField } from '../../../../src/xdm/find-field';
import { tenantFolderName } from '../../../../src/platform/store/data-folder';
import type { PlatformStore } from '../../../../src/platform/store/platform-store';
import { ingest, otherTenant, page, person, StoreFixture, tenant } from './support';

let fixture: StoreFixture;
let store: PlatformStore;
beforeEach(async () => {
  fixture = new StoreFixture();
  store = await fixture.open();
});
afterEach(() => fixture.dispose());

async function find(id: string, namespace = 'email') {
  return (await store.profileData(tenant)).profileByIdentity({ namespace, id });
}

async function rejected(batchId: string) {
  const { items } = await (await store.profileData(tenant)).rejectedRows(batchId, page);
  return items;
}

describe('profile records', () => {
  it('come back as nested XDM, under any of their identities and whatever the case of the namespace', async () => {
    const record = {
      identityMap: { Email: [{ id: 'ada@example.com', primary: true }], ECID: [{ id: '42' }] },
      person: { name: { firstName: 'Ada' }, birthDate: '1815-12-10', birthYear: 1815 },
      homeAddress: { countryCode: 'GB', primary: true },
      _repo: { createDate: '2020-05-01T10:00:00+02:00' },
    };
    await ingest({ store, entity: 'profile', lines: [record], at: 1_500 });
    const found = await find('42', 'ecid');
    expect(found).toEqual({
      xid: Buffer.from('email:ada@example.com').toString('base64url'),
      lastModifiedAt: 1_500,
      entity: {
        identityMap: {
          ECID: [{ id: '42', primary: false }],
          Email: [{ id: 'ada@example.com', primary: true }],
        },
        person: { name: { firstName: 'Ada' }, birthDate: '1815-12-10', birthYear: 1815 },
        homeAddress: { countryCode: 'GB', primary: true },
        _repo: { createDate: '2020-05-01T08:00:00.000Z' },
      },
    });
  });

  it('tells fields apart that differ in case alone', async () => {
    const fields = { person: { birthDate: '2000-01-01', birthdate: '2001-01-01' } };
    await ingest({ store, entity: 'profile', lines: [person('a@b.c', fields)] });
    expect((await find('a@b.c'))?.entity['person']).toEqual(fields.person);
  });

  it('may have fields that every object of JavaScript has by inheritance', async () => {
    const fields = { constructor: { name: 'a' }, toString: 1, valueOf: { hasOwnProperty: true } };
    await ingest({ store, entity: 'profile', lines: [person('a@b.c', fields)] });
    expect((await find('a@b.c'))?.entity).toMatchObject(fields);
  });

  it('of one person join leaf by leaf, and the newest wins', async () => {
    const first = person('a@b.c', { person: { name: { firstName: 'Old', lastName: 'Kept' } } });
    await ingest({ store, entity: 'profile', lines: [first], at: 1_000 });
    await ingest({
      store,
      entity: 'profile',
      lines: [person('a@b.c', { person: { name: { firstName: 'New' } } })],
      at: 2_000,
    });
    const found = await find('a@b.c');
    expect(found).toMatchObject({
      lastModifiedAt: 2_000,
      entity: { person: { name: { firstName: 'New', lastName: 'Kept' } } },
    });
    expect(await (await store.profileData(tenant)).counts()).toEqual({ profiles: 1, events: 0 });
  });

  it('of one person join their identities', async () => {
    const withPhone = { identityMap: { Email: [{ id: 'a@b.c', primary: true }], Phone: [{ id: '+1' }] } };
    await ingest({ store, entity: 'profile', lines: [person('a@b.c'), withPhone] });
    expect((await find('+1', 'Phone'))?.xid).toBe((await find('a@b.c'))?.xid);
  });

  it('are found by the older list of identities', async () => {
    const record = { identities: [{ id: '7', namespace: { code: 'CRMID' } }], person: { age: 30 } };
    await ingest({ store, entity: 'profile', lines: [record] });
    expect((await find('7', 'crmid'))?.entity).toMatchObject({
      person: { age: 30 },
      identityMap: { CRMID: [{ id: '7' }] },
    });
  });

  it('stay apart between tenants', async () => {
    await ingest({ store, entity: 'profile', lines: [person('a@b.c')], tenant: otherTenant });
    expect(await find('a@b.c')).toBeUndefined();
    expect(await (await store.profileData(tenant)).counts()).toEqual({ profiles: 0, events: 0 });
  });

  it('are there after closing and opening again', async () => {
    await ingest({ store, entity: 'profile', lines: [person('a@b.c')] });
    await fixture.close();
    store = await fixture.open();
    expect(await find('a@b.c')).toBeDefined();
  });
});

describe('events', () => {
  const event = (id: string, identities: object, timestamp = '2024-01-01T00:00:00Z') => ({
    _id: id,
    timestamp,
    eventType: 'commerce.purchases',
    identityMap: identities,
  });
  const email = (id: string) => ({ Email: [{ id, primary: true }] });

  it('count once for each _id, also when a later batch repeats them', async () => {
    await ingest({
      store,
      entity: 'event',
      lines: [event('1', email('a')), event('1', email('a')), event('2', email('a'))],
    });
    await ingest({ store, entity: 'event', lines: [event('2', email('a')), event('3', email('a'))] });
    expect(await (await store.profileData(tenant)).counts()).toEqual({ profiles: 1, events: 3 });
  });

  it('without an _id are the same event when their text is the same', async () => {
    const { _id: omitted, ...bare } = event('', email('a'));
    expect(omitted).toBe('');
    await ingest({ store, entity: 'event', lines: [bare, bare, { ...bare, eventType: 'other' }] });
    expect(await (await store.profileData(tenant)).counts()).toMatchObject({ events: 2 });
  });

  it('join the person who owns their identity, and make one where nobody does', async () => {
    const record = { identityMap: { Email: [{ id: 'a', primary: true }], ECID: [{ id: '1' }] } };
    await ingest({ store, entity: 'profile', lines: [record] });
    const byOther = { ECID: [{ id: 'unknown', primary: true }], Email: [{ id: 'a' }] };
    await ingest({
      store,
      entity: 'event',
      lines: [
        event('1', email('a')),
        event('2', { ECID: [{ id: '1' }] }),
        event('3', byOther),
        event('4', email('new')),
      ],
    });
    expect(await (await store.profileData(tenant)).counts()).toEqual({ profiles: 2, events: 4 });
    expect((await find('new'))?.entity).toEqual({ identityMap: { Email: [{ id: 'new', primary: true }] } });
  });

  it('are read by endUserIDs as well', async () => {
    const endUserIDs = { _experience: { mcid: { id: '99', namespace: { code: 'ECID' } } } };
    await ingest({
      store,
      entity: 'event',
      lines: [{ _id: '1', timestamp: '2024-01-01T00:00:00Z', endUserIDs }],
    });
    expect(await find('99', 'ECID')).toBeDefined();
  });
});

describe('rejected rows', () => {
  it('are told by line, code and path, and good rows of the batch are taken', async () => {
    const lines = [
      person('good@b.c'),
      '{"identityMap": ',
      '',
      '[1]',
      { person: { age: 1 } },
      person('a@b.c', { person: { birthYear: 'old' } }),
      person('a@b.c', { person: { birthDate: '2000-02-31' } }),
      {
        identityMap: {
          Email: [
            { id: 'a', primary: true },
            { id: 'b', primary: true },
          ],
        },
      },
      { identityMap: { Email: [{ id: ' ' }] } },
      person('a@b.c', { homeAddress: 'Street 1' }),
      // Known by "a:b:c", as "b:c" of the namespace "a" is.
      { identityMap: { 'a:b': [{ id: 'c' }] } },
    ];
    const report = await ingest({ store, entity: 'profile', lines, batchId: 'batch-of-errors' });
    expect(report).toMatchObject({
      accepted: 1,
      rejected: 9,
      batch: { status: 'success', recordCount: 1, failedRecordCount: 9 },
    });
    expect((await rejected('batch-of-errors')).map(({ line, code }) => `${line} ${code}`)).toEqual([
      '2 invalid-json',
      '4 not-an-object',
      '5 no-identity',
      '6 wrong-type',
      '7 wrong-type',
      '8 invalid-identity',
      '9 no-identity',
      '10 wrong-type',
      '11 invalid-identity',
    ]);
  });

  it('name the field and the type that it must have', async () => {
    const lines = [
      person('a', { person: { birthYear: 'old' } }),
      person('a', { person: { birthDate: '2000-02-31' } }),
      person('a', { homeAddress: 'Street 1' }),
    ];
    await ingest({ store, entity: 'profile', lines, batchId: 'mistyped' });
    expect((await rejected('mistyped')).map(({ reason }) => reason)).toEqual([
      'The field "person.birthYear" must be of type integer.',
      'The field "person.birthDate" must be of type date.',
      'The field "homeAddress" must be of type object.',
    ]);
  });

  it.each([
    ['2026-11-20T10:00Z', '2026-11-20T10:00:00.000Z'],
    ['2026-11-20T10:00', '2026-11-20T10:00:00.000Z'],
    ['2026-11-20 10:00+01:00', '2026-11-20T09:00:00.000Z'],
    ['2026-11-20T10:00-0730', '2026-11-20T17:30:00.000Z'],
    ['2026-11-20T10:00 +01', '2026-11-20T09:00:00.000Z'],
    ['2026-11-20T10:00:00 Z', '2026-11-20T10:00:00.000Z'],
    ['2026-11-20 10:00:00.5+00:00', '2026-11-20T10:00:00.500Z'],
  ])('are not those whose time is written %s', async (text, since) => {
    const line = person('a', { _acme: { since: text } });
    await (
      await store.profileData(tenant)
    ).addFields([{ entity: 'profile', path: '_acme.since', type: { kind: 'datetime' } }]);
    expect(await ingest({ store, entity: 'profile', lines: [line] })).toMatchObject({ rejected: 0 });
    expect((await find('a'))?.entity['_acme']).toEqual({ since });
  });

  it('are events without a timestamp, or with one that is none', async () => {
    const identityMap = { Email: [{ id: 'a' }] };
    await ingest({
      store,
      entity: 'event',
      lines: [
        { _id: '1', identityMap },
        { _id: '2', identityMap, timestamp: 'epoch' },
      ],
      batchId: 'untimed',
    });
    expect((await rejected('untimed')).map(({ line, code }) => [line, code])).toEqual([
      [1, 'no-timestamp'],
      [2, 'wrong-type'],
    ]);
  });

  it('are lines over one megabyte, wherever they end', async () => {
    const long = JSON.stringify(person('a@b.c', { _id: 'x'.repeat(5 * 1024 * 1024) }));
    const report = await ingest({
      store,
      entity: 'profile',
      lines: [person('1'), long, person('2'), long],
      batchId: 'long',
    });
    expect(report.accepted).toBe(2);
    expect((await rejected('long')).map(({ line, code }) => [line, code])).toEqual([
      [2, 'too-large'],
      [4, 'too-large'],
    ]);
  });

  it('are lines that are not UTF-8', async () => {
    const good = Buffer.from(`${JSON.stringify(person('ü@b.c'))}\r\n`);
    const bad = Buffer.from(`${JSON.stringify(person('\u00fc@b.c'))}\n`, 'latin1');
    await ingest({ store, entity: 'profile', lines: Buffer.concat([good, bad, good]), batchId: 'latin' });
    expect((await rejected('latin')).map(({ line, code }) => [line, code])).toEqual([[2, 'invalid-json']]);
    expect(await find('ü@b.c')).toBeDefined();
  });

  it('do not hide the shape of a good row that looks like them', async () => {
    const unescaped = '{"identityMap":{"Email":[{"id":"a\tb"}]},"_acme":{"points":1}}';
    const report = await ingest({
      store,
      entity: 'profile',
      lines: [unescaped, unescaped.replace('\t', ' ')],
    });
    expect(report).toMatchObject({ accepted: 1, rejected: 1, newFields: [{ path: '_acme.points' }] });
  });

  it('leave the data as they were when no row is good, and the batch has failed', async () => {
    await ingest({ store, entity: 'profile', lines: [person('a@b.c')] });
    const report = await ingest({ store, entity: 'profile', lines: ['no json'], batchId: 'bad' });
    expect(report.batch).toMatchObject({ status: 'failed', recordCount: 0, failedRecordCount: 1 });
    expect((await store.batches.get(tenant, 'bad'))?.errors).toMatchObject([
      { code: 'invalid-json', rows: ['rows.json:1'] },
    ]);
    expect(await (await store.profileData(tenant)).counts()).toEqual({ profiles: 1, events: 0 });
  });

  it('are all rows of an empty file: none', async () => {
    const report = await ingest({ store, entity: 'profile', lines: [] });
    expect(report.batch).toMatchObject({ status: 'failed', errors: [{ code: 'no-rows' }] });
  });
});

describe('fields that the schema does not have', () => {
  it('are found with their types', async () => {
    const _acme = {
      points: 5,
      ratio: 1.5,
      vip: true,
      since: '2020-01-01T00:00:00Z',
      day: '2020-01-01',
      name: 'x',
      tags: ['a'],
      cars: [{ brand: 'b', doors: 3 }],
    };
    const report = await ingest({ store, entity: 'profile', lines: [person('a@b.c', { _acme })] });
    expect(Object.fromEntries(report.newFields.map(({ path, type }) => [path, type.kind]))).toEqual({
      '_acme.points': 'integer',
      '_acme.ratio': 'number',
      '_acme.vip': 'boolean',
      '_acme.since': 'datetime',
      '_acme.day': 'date',
      '_acme.name': 'string',
      '_acme.tags': 'array',
      '_acme.cars': 'array',
    });
    expect((await find('a@b.c'))?.entity['_acme']).toEqual({ ..._acme, since: '2020-01-01T00:00:00.000Z' });
  });

  it('become numbers when fractions come later', async () => {
    await ingest({ store, entity: 'profile', lines: [person('a', { _acme: { points: 5 } })] });
    await ingest({ store, entity: 'profile', lines: [person('b', { _acme: { points: 5.5 } })] });
    const schema = await (await store.profileData(tenant)).schema();
    expect(findField(schema.profile, '_acme.points')).toEqual({ kind: 'number' });
    expect((await find('a'))?.entity['_acme']).toEqual({ points: 5 });
    expect((await find('b'))?.entity['_acme']).toEqual({ points: 5.5 });
  });

  it('become numbers within lists and their items, too, and what was there before stays', async () => {
    const before = { _acme: { scores: [1, 2], orders: [{ price: 10, code: 'a' }], tags: ['x'] } };
    const after = { _acme: { scores: [2.5], orders: [{ price: 10.5, code: 7 }], tags: [1.5] } };
    await ingest({ store, entity: 'profile', lines: [person('a@b.c', before)] });
    const report = await ingest({ store, entity: 'profile', lines: [person('b@b.c', after)] });
    expect(report).toMatchObject({ accepted: 1, rejected: 0, notes: [] });
    const schema = await (await store.profileData(tenant)).schema();
    expect(findField(schema.profile, '_acme.orders')).toEqual({
      kind: 'array',
      items: { kind: 'object', fields: { price: { kind: 'number' }, code: { kind: 'string' } } },
    });
    expect((await find('a@b.c'))?.entity).toMatchObject(before);
    expect((await find('b@b.c'))?.entity).toMatchObject({
      _acme: { scores: [2.5], orders: [{ price: 10.5, code: '7' }], tags: ['1.5'] },
    });
  });

  it('keep the type of items that an operator gave', async () => {
    await (
      await store.profileData(tenant)
    ).addFields([
      { entity: 'profile', path: '_acme.scores', type: { kind: 'array', items: { kind: 'integer' } } },
    ]);
    const lines = [person('a@b.c', { _acme: { scores: [2.5] } })];
    await ingest({ store, entity: 'profile', lines, batchId: 'items' });
    expect(await rejected('items')).toMatchObject([{ code: 'wrong-type' }]);
  });

  it('keep the type that an operator gave', async () => {
    await (
      await store.profileData(tenant)
    ).addFields([{ entity: 'profile', path: '_acme.points', type: { kind: 'integer' } }]);
    await ingest({
      store,
      entity: 'profile',
      lines: [person('a', { _acme: { points: 5.5 } })],
      batchId: 'fraction',
    });
    expect(await rejected('fraction')).toMatchObject([
      { code: 'wrong-type', reason: 'The field "_acme.points" must be of type integer.' },
    ]);
  });

  it('become text where rows have scalars of several kinds, as they are written', async () => {
    const values = [1, 'one', true, 1.5, '12345678901234567890'];
    const lines = values.map((x, index) => person(`${index}`, { _acme: { x } }));
    const report = await ingest({ store, entity: 'profile', lines });
    expect(report).toMatchObject({ accepted: 5, newFields: [{ path: '_acme.x', type: { kind: 'string' } }] });
    const found = await Promise.all(values.map((_, index) => find(`${index}`)));
    expect(found.map((each) => each?.entity['_acme'])).toEqual(values.map((x) => ({ x: String(x) })));
  });

  it('that become text keep their numbers as the file spells them, at any depth', async () => {
    const line = (id: string, rest: string) => `{"identityMap":{"Email":[{"id":"${id}"}]},${rest}}`;
    const lines = [
      line(
        'a',
        '"_acme":{"x":1.50,"n":1.50,"tags":[1.0,"x"],"of":[{"v":1e-07,"w":1.50}]},"note":"1.50 \\"2.50"',
      ),
      line('b', '"_acme":{"x":"one","n":2,"tags":["y"],"of":[{"v":"z","w":2}]}'),
      line('c', '"_acme":{"x":1E5}'),
    ];
    await ingest({ store, entity: 'profile', lines });
    const kept = async (id: string) => (await find(id))?.entity;
    expect(await kept('a')).toMatchObject({
      _acme: { x: '1.50', n: 1.5, tags: ['1.0', 'x'], of: [{ v: '1e-07', w: 1.5 }] },
      note: '1.50 "2.50',
    });
    expect(await kept('b')).toMatchObject({ _acme: { x: 'one', n: 2, of: [{ v: 'z', w: 2 }] } });
    expect(await kept('c')).toMatchObject({ _acme: { x: '1E5' } });
  });

  it('reject the rows that contradict most others in what a field is', async () => {
    const lines = [
      person('a', { _acme: { x: { y: 1 } } }),
      person('b', { _acme: { x: 'one' } }),
      person('c', { _acme: { x: { y: 2 } } }),
      person('d', { _acme: { x: ['one'] } }),
    ];
    const report = await ingest({ store, entity: 'profile', lines, batchId: 'contradicting' });
    expect(report).toMatchObject({ accepted: 2, newFields: [{ path: '_acme.x.y' }] });
    expect(await rejected('contradicting')).toMatchObject([
      {
        line: 2,
        code: 'wrong-type',
        reason: 'The field "_acme.x" is an object in most rows of the batch, and a plain value here.',
      },
      { line: 4, code: 'wrong-type' },
    ]);
  });

  it('may have names that PQL cannot spell: they are kept, shown and told', async () => {
    const fields = { 'first name': 'Ada', ключ: 1, '9x': true, 'price-eur': 2.5, 'a"b': ['x'] };
    const report = await ingest({ store, entity: 'profile', lines: [person('a', fields)] });
    expect((await find('a'))?.entity).toMatchObject(fields);
    expect(report.notes.map(({ path, why }) => [path, why])).toEqual(
      Object.keys(fields).map((name) => [name, 'PQL cannot spell its name']),
    );
    expect(report.batch.errors[0]).toEqual({
      code: 'field-not-in-rules',
      description:
        'The field "first name" of 1 rows is kept, but no rule can name it, since PQL cannot spell its name.',
      rows: [],
    });
  });

  it('are named where they are left out', async () => {
    const fields = {
      'a.b': 1,
      '': 2,
      xEvent: 3,
      '#pid': 4,
      empty: [],
      list: [{ Level: 1, level: 2 }],
      segmentMembership: { ups: {} },
    };
    const report = await ingest({ store, entity: 'profile', lines: [person('a', fields)], batchId: 'odd' });
    expect(report.accepted).toBe(1);
    expect(report.notes.map(({ path }) => path).sort()).toEqual(
      ['', '#pid', 'a.b', 'empty', 'list[].level', 'segmentMembership', 'xEvent'].sort(),
    );
    expect((await find('a'))?.entity).toMatchObject({ list: [{ Level: 1 }] });
  });

  it('have the last of several values under one key, as in JSON.parse', async () => {
    const lines = [
      '{"identityMap":{"Email":[{"id":"no"}]},"_acme":{"x":1,"y":12,"x":2},"identityMap":{"Email":[{"id":"a"}]}}',
    ];
    await ingest({ store, entity: 'profile', lines });
    expect((await find('a'))?.entity).toMatchObject({ _acme: { x: 2, y: 12 } });
    expect(await find('no')).toBeUndefined();
  });

  it('keep every digit of whole numbers beyond 2^53 as text', async () => {
    const lines = [
      '{"identityMap":{"Email":[{"id":"a"}]},"_acme":{"n":9007199254740993}}',
      '{"identityMap":{"Email":[{"id":"b"}]},"_acme":{"n":9007199254740991}}',
    ];
    await ingest({ store, entity: 'profile', lines });
    expect((await find('a'))?.entity['_acme']).toEqual({ n: '9007199254740993' });
  });

  it('are dates until times come, and lose nothing then', async () => {
    await ingest({ store, entity: 'profile', lines: [person('a', { _acme: { at: '2024-05-01' } })] });
    await ingest({
      store,
      entity: 'profile',
      lines: [person('b', { _acme: { at: '2024-05-01T10:30:00Z' } })],
    });
    const schema = await (await store.profileData(tenant)).schema();
    expect(findField(schema.profile, '_acme.at')).toEqual({ kind: 'datetime' });
    expect((await find('b'))?.entity['_acme']).toEqual({ at: '2024-05-01T10:30:00.000Z' });
    expect((await find('a'))?.entity['_acme']).toEqual({ at: '2024-05-01T00:00:00.000Z' });
  });

  it('are at most 500, however many keys the data have', async () => {
    const wide = Object.fromEntries(Array.from({ length: 700 }, (_, index) => [`k${index}`, index]));
    const report = await ingest({ store, entity: 'profile', lines: [person('a', { _acme: wide })] });
    expect(report.newFields).toHaveLength(500);
  });

  it('take no statement each when people are built anew: each that writes is synced', async () => {
    const statements = [
      jest.spyOn(DuckDBConnection.prototype, 'run'),
      jest.spyOn(DuckDBPreparedStatement.prototype, 'run'),
    ];
    const countOf = async (fields: number): Promise<number> => {
      for (const statement of statements) statement.mockClear();
      const wide = Object.fromEntries(Array.from({ length: fields }, (_, index) => [`k${index}`, index]));
      await ingest({ store, entity: 'profile', lines: [person('a', { _acme: wide })] });
      return statements.reduce((sum, { mock }) => sum + mock.calls.length, 0);
    };
    const [ofNone, ofMany] = [await countOf(0), await countOf(200)];
    for (const statement of statements) statement.mockRestore();
    expect(ofMany - ofNone).toBeLessThan(20);
  });

  it('do not reach another tenant', async () => {
    await ingest({ store, entity: 'profile', lines: [person('a', { _acme: { x: 1 } })] });
    const schema = await (await store.profileData(otherTenant)).schema();
    expect(findField(schema.profile, '_acme')).toBeUndefined();
  });
});

describe('files', () => {
  const folder = (name: string) => join(fixture.dataDir, 'tenants', tenantFolderName(tenant), name);

  it('of former generations and of the upload are gone after an ingest', async () => {
    await ingest({ store, entity: 'profile', lines: [person('a')] });
    await ingest({ store, entity: 'profile', lines: [person('b')] });
    expect(readdirSync(folder('generations'))).toHaveLength(1);
    expect(readdirSync(folder('uploads'))).toEqual([]);
    expect(readdirSync(folder('temp'))).toEqual([]);
  });

  it('that no row names are swept at the next start', async () => {
    await ingest({ store, entity: 'profile', lines: [person('a')] });
    await fixture.close();
    for (const name of ['generations', 'memberships', 'fragments', 'exports', 'temp'])
      writeFileSync(join(folder(name), 'leftover'), 'x');
    store = await fixture.open();
    for (const name of ['memberships', 'exports', 'temp']) expect(readdirSync(folder(name))).toEqual([]);
    expect(readdirSync(folder('generations'))).toHaveLength(1);
    expect(await find('a')).toBeDefined();
  });

  it('of a batch that was closed meanwhile do not come in', async () => {
    const data = await store.profileData(tenant);
    await ingest({ store, entity: 'profile', lines: [person('a')], batchId: 'twice' });
    const batch = await store.batches.get(tenant, 'twice');
    const file = join(await data.uploadFolder('twice'), 'rows.json');
    writeFileSync(file, JSON.stringify(person('b')));
    if (batch === undefined) throw new Error('The batch is missing.');
    await expect(data.ingest({ batch, entity: 'profile', files: [file], at: 2 })).rejects.toMatchObject({
      code: 'RESOURCE_CONFLICT',
    });
    expect(await data.counts()).toEqual({ profiles: 1, events: 0 });
    expect(await find('a')).toBeDefined();
  });

  it('are not left behind when the signal fires', async () => {
    const data = await store.profileData(tenant);
    await ingest({ store, entity: 'profile', lines: [person('a')] });
    const batch = {
      ...(await store.batches.list(tenant, page)).items[0],
      id: 'stopped',
      status: 'loaded',
    } as never;
    await store.batches.insert(tenant, batch);
    const file = join(await data.uploadFolder('stopped'), 'rows.json');
    writeFileSync(file, JSON.stringify(person('b')));
    const stopping = new AbortController();
    const onProgress = (): void => stopping.abort();
    const stopped = data.ingest({
      batch,
      entity: 'profile',
      files: [file],
      at: 2,
      signal: stopping.signal,
      onProgress,
    });
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    expect(readdirSync(folder('temp'))).toEqual([]);
    expect(readdirSync(folder('fragments'))).toHaveLength(1);
    expect(await data.counts()).toEqual({ profiles: 1, events: 0 });
  });
});
