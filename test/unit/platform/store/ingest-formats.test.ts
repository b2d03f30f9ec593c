import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { restoreNames } from '../../../../src/platform/store/files/parquet-names';
import type { PlatformStore } from '../../../../src/platform/store/platform-store';
import { ingest, page, person, StoreFixture, tenant } from './support';

let fixture: StoreFixture;
let store: PlatformStore;
beforeEach(async () => {
  fixture = new StoreFixture();
  store = await fixture.open();
});
afterEach(() => fixture.dispose());

const find = async (id: string, namespace = 'email') =>
  (await (await store.profileData(tenant)).profileByIdentity({ namespace, id }))?.entity;

async function rejected(batchId: string) {
  const { items } = await (await store.profileData(tenant)).rejectedRows(batchId, page);
  return items.map(({ line, code }) => `${line} ${code}`);
}

const csv = (...lines: readonly string[]) => Buffer.from(lines.join('\n'));

describe('CSV', () => {
  it('has XDM paths as columns, and texts become what they are column by column', async () => {
    const lines = csv(
      'identityMap.Email,identityMap.CRMID[0].id,person.name.firstName,person.birthYear,_acme.points,_acme.since,_acme.code,_acme.vip,_acme.tags[0],_acme.tags[1]',
      'a@b.c,7,"Ada, ""the"" first",1815,5,2024-01-01,007,true,x,y',
      'b@b.c,8,,,6.5,2024-01-01T10:00:00Z,008,false,,z',
    );
    const report = await ingest({ store, entity: 'profile', lines, format: 'csv' });
    expect(report).toMatchObject({ accepted: 2, rejected: 0 });
    expect(await find('7', 'crmid')).toEqual({
      identityMap: { CRMID: [{ id: '7', primary: false }], Email: [{ id: 'a@b.c', primary: false }] },
      person: { name: { firstName: 'Ada, "the" first' }, birthYear: 1815 },
      _acme: { points: 5, since: '2024-01-01T00:00:00.000Z', code: '007', vip: true, tags: ['x', 'y'] },
    });
    expect(await find('b@b.c')).toMatchObject({ _acme: { points: 6.5, tags: ['z'] } });
  });

  it.each([
    ['CRLF and a byte order mark', Buffer.from('\ufeffidentityMap.Email,person.age\r\na@b.c,5\r\n\r\n')],
    ['semicolons', Buffer.from('identityMap.Email;person.age\na@b.c;5')],
    ['UTF-16', Buffer.from('\ufeffidentityMap.Email\tperson.age\na@b.c\t5\n', 'utf16le')],
    ['gzip', gzipSync('identityMap.Email,person.age\na@b.c,5')],
    ['quotes everywhere', Buffer.from('"identityMap.Email","person.age"\r\n"a@b.c","5"')],
  ])('may have %s', async (_, lines) => {
    await ingest({ store, entity: 'profile', lines, format: 'csv' });
    expect(await find('a@b.c')).toMatchObject({ person: { age: 5 } });
  });

  it.each([
    ['little', (text: string) => Buffer.from(text, 'utf16le')],
    ['big', (text: string) => Buffer.from(text, 'utf16le').swap16()],
  ])('in UTF-16 of %s endian is rejected by line where a character is half there', async (_, encode) => {
    const text = '\ufeffidentityMap.Email,_acme.note\na@b.c,\u{1f600}\nb@b.c,x\ud83dy\nc@b.c,ü\nd@b.c,12';
    const lines = Buffer.concat([encode(text), Buffer.from([0x33])]);
    await ingest({ store, entity: 'profile', lines, format: 'csv', batchId: 'half' });
    expect(await rejected('half')).toEqual(['3 invalid-csv', '5 invalid-csv']);
    expect(await find('a@b.c')).toMatchObject({ _acme: { note: '\u{1f600}' } });
    expect(await find('c@b.c')).toMatchObject({ _acme: { note: 'ü' } });
  });

  it('is rejected line by line, and a quote that is not closed costs one line', async () => {
    const lines = csv(
      'identityMap.Email,person.age,_acme.note',
      'a@b.c,5,"two',
      'lines"',
      'b@b.c,five,',
      'c@b.c,5',
      'd@b.c,5,"x"y',
      ',5,x',
      'e@b.c,5,"open',
      'f@b.c,5,\0',
      'g@b.c,6,z',
    );
    const report = await ingest({ store, entity: 'profile', lines, format: 'csv', batchId: 'lines' });
    expect(report.accepted).toBe(2);
    expect(await rejected('lines')).toEqual([
      '4 wrong-type',
      '5 wrong-columns',
      '6 invalid-csv',
      '7 no-identity',
      '8 invalid-csv',
      '9 invalid-csv',
    ]);
    expect(await find('a@b.c')).toMatchObject({ _acme: { note: 'two\nlines' } });
  });

  it.each([
    ['names no identity', 'email,age\na@b.c,5'],
    ['names a column twice', 'identityMap.Email,person.age,person.age\na@b.c,5,6'],
    ['contradicts itself', 'identityMap.Email,person.name,person.name.firstName\na@b.c,5,6'],
    ['holds no path', 'identityMap.Email,person..age\na@b.c,5'],
    ['ends in CR alone', 'identityMap.Email,person.age\ra@b.c,5\rb@b.c,6\r'],
    ['ends in CR alone and has one column', 'identityMap.Email\ra@b.c\rb@b.c\r'],
  ])('fails as a whole where its first line %s', async (_, text) => {
    const report = await ingest({
      store,
      entity: 'profile',
      lines: [text],
      format: 'csv',
      batchId: 'header',
    });
    expect(report.batch).toMatchObject({ status: 'failed', errors: [{ code: 'bad-header' }] });
    expect(await rejected('header')).toEqual(['1 bad-header']);
  });

  it.each([
    ['a quote that is never closed', '"'],
    ['text behind a quote', '"x"'],
  ])('loses one line to %s, however long, and counts on behind it', async (_, start) => {
    const long = `a@b.c,${start}${'y'.repeat(3 * 1024 * 1024)}`;
    const lines = csv('identityMap.Email,person.firstName', long, 'b@b.c,Bea', 'c@b.c,Cyd,more', 'd@b.c,Dan');
    const report = await ingest({ store, entity: 'profile', lines, format: 'csv', batchId: 'long' });
    expect(report.accepted).toBe(2);
    expect(await rejected('long')).toEqual(['2 too-large', '4 wrong-columns']);
  });

  it('checks the scalars inside of known lists as well', async () => {
    const lines = csv(
      '_id,timestamp,identityMap.Email,productListItems[0].SKU,productListItems[0].quantity',
      '1,2024-01-01T00:00:00Z,a@b.c,x,2',
      '2,2024-01-01T00:00:00Z,a@b.c,x,two',
      '3,1704067200000,a@b.c,x,2',
    );
    const report = await ingest({ store, entity: 'event', lines, format: 'csv', batchId: 'items' });
    expect(report.accepted).toBe(1);
    expect(await rejected('items')).toEqual(['3 wrong-type', '4 wrong-type']);
  });
});

describe('JSON over many lines', () => {
  it.each([
    ['a list', JSON.stringify([person('a'), person('b')], null, 2)],
    [
      'objects one after the other',
      `${JSON.stringify(person('a'), null, 2)}\n${JSON.stringify(person('b'), null, 2)}`,
    ],
    ['UTF-16', Buffer.from(`\ufeff${JSON.stringify([person('a'), person('b')])}`, 'utf16le')],
  ])('may be %s', async (_, content) => {
    const lines = Buffer.isBuffer(content) ? content : [content];
    const report = await ingest({ store, entity: 'profile', lines, format: 'json' });
    expect(report).toMatchObject({ accepted: 2, rejected: 0 });
  });

  it('is rejected element by element', async () => {
    const text = `[${JSON.stringify(person('a'))}, 5, {"identityMap": oops}, ${JSON.stringify(person('b'))}, {"x":[}, "text", {"identityMap":`;
    const report = await ingest({ store, entity: 'profile', lines: [text], format: 'json', batchId: 'list' });
    expect(report.accepted).toBe(2);
    expect((await rejected('list')).slice(0, 2)).toEqual(['2 not-an-object', '3 invalid-json']);
    expect((await rejected('list')).at(-1)).toMatch(/truncated$/);
  });

  it('tells a list that is not closed', async () => {
    const text = `[${JSON.stringify(person('a'))}`;
    await ingest({ store, entity: 'profile', lines: [text], format: 'json', batchId: 'open' });
    expect(await rejected('open')).toEqual(['2 truncated']);
  });
});

describe('Parquet', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'audience-parquet-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function parquet(select: string): Promise<Buffer> {
    const path = join(folder, 'rows.parquet');
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet)`);
    connection.closeSync();
    instance.closeSync();
    return readFileSync(path);
  }

  it('may be nested', async () => {
    const lines = await parquet(`SELECT MAP {'Email': [{id: 'a@b.c', "primary": true}]} AS "identityMap",
      {name: {"firstName": 'Ada', "lastName": NULL::VARCHAR}, "birthDate": DATE '1815-12-10'} AS person,
      {points: 5::BIGINT, "at": TIMESTAMP '2024-01-01 10:00:00', scores: MAP {'x': 1.5}, tags: ['t'], big: 9007199254740993} AS _acme`);
    const report = await ingest({ store, entity: 'profile', lines, format: 'parquet' });
    expect(report).toMatchObject({ accepted: 1, rejected: 0 });
    expect(await find('a@b.c')).toEqual({
      identityMap: { Email: [{ id: 'a@b.c', primary: true }] },
      person: { name: { firstName: 'Ada' }, birthDate: '1815-12-10' },
      _acme: {
        points: 5,
        at: '2024-01-01T10:00:00.000Z',
        scores: { x: 1.5 },
        tags: ['t'],
        big: '9007199254740993',
      },
    });
  });

  it('may have flat columns with dotted names', async () => {
    const lines = await parquet(
      `SELECT i AS "identityMap.CRMID", 'Ada' AS "person.name.firstName", 1990.0::DOUBLE AS "person.birthYear" FROM range(3) r(i)`,
    );
    await ingest({ store, entity: 'profile', lines, format: 'parquet' });
    expect(await find('2', 'crmid')).toMatchObject({
      person: { name: { firstName: 'Ada' }, birthYear: 1990 },
    });
  });

  it('may have fields that differ in case alone, as our own exports have', async () => {
    await parquet(`SELECT [{id: 'a@b.c'}] AS "identityMap.Email", {"birthDate": DATE '2000-01-01', "birthdate~2": DATE '2001-01-01'} AS person,
      1 AS "Level", 2 AS "level~2"`);
    await restoreNames(join(folder, 'rows.parquet'));
    const lines = readFileSync(join(folder, 'rows.parquet'));
    await ingest({ store, entity: 'profile', lines, format: 'parquet' });
    expect(await find('a@b.c')).toMatchObject({
      person: { birthDate: '2000-01-01', birthdate: '2001-01-01' },
      Level: 1,
      level: 2,
    });
  });

  it('is rejected row by row', async () => {
    const lines = await parquet(
      `SELECT CASE WHEN i <> 1 THEN i::VARCHAR END AS "identityMap.CRMID", CASE WHEN i = 2 THEN 'nan'::DOUBLE ELSE 1 END AS "_acme.x" FROM range(4) r(i)`,
    );
    const report = await ingest({ store, entity: 'profile', lines, format: 'parquet', batchId: 'rows' });
    expect(report.accepted).toBe(2);
    expect(await rejected('rows')).toEqual(['2 no-identity', '3 wrong-type']);
  });

  it('is not called damaged where a column of bytes is no text', async () => {
    const lines = await parquet(`SELECT 'a' AS "identityMap.Email", '\\xFF'::BLOB AS "_acme.photo"`);
    await ingest({ store, entity: 'profile', lines, format: 'parquet', batchId: 'bytes' });
    const { items } = await (await store.profileData(tenant)).rejectedRows('bytes', page);
    expect(items).toMatchObject([
      { code: 'invalid-parquet', reason: expect.stringContaining('bytes') as string },
    ]);
  });

  it('widens lists and maps that an earlier file had with narrower values', async () => {
    const rows = (id: string, values: string) => parquet(`SELECT '${id}' AS "identityMap.Email", ${values}`);
    const narrow = await rows('a@b.c', `MAP {'x': 1} AS "_acme.m", [DATE '2024-02-29'] AS "_acme.days"`);
    const wide = await rows(
      'b@b.c',
      `MAP {'x': 1.5::DOUBLE} AS "_acme.m", [TIMESTAMP '2024-02-29 10:00:00'] AS "_acme.days"`,
    );
    await ingest({ store, entity: 'profile', lines: narrow, format: 'parquet' });
    await ingest({ store, entity: 'profile', lines: wide, format: 'parquet' });
    expect(await find('a@b.c')).toMatchObject({ _acme: { m: { x: 1 }, days: ['2024-02-29T00:00:00.000Z'] } });
    expect(await find('b@b.c')).toMatchObject({
      _acme: { m: { x: 1.5 }, days: ['2024-02-29T10:00:00.000Z'] },
    });
  });

  it('names what is wrong under any key of a map', async () => {
    const lines = await parquet(`SELECT MAP {'Email': [{id: {a: 1}}]} AS "identityMap"`);
    await ingest({ store, entity: 'profile', lines, format: 'parquet', batchId: 'map' });
    const { items } = await (await store.profileData(tenant)).rejectedRows('map', page);
    expect(items.map(({ reason }) => reason)).toEqual([expect.stringContaining('identityMap.*[].id')]);
  });

  it.each([
    ['cut off', (whole: Buffer) => whole.subarray(0, whole.length - 100)],
    ['garbage', () => Buffer.from('PAR1 nothing of the kind')],
    ['empty', () => Buffer.alloc(0)],
  ])('that is %s fails as a whole', async (_, spoil) => {
    const lines = spoil(await parquet(`SELECT 'a' AS "identityMap.Email"`));
    const report = await ingest({ store, entity: 'profile', lines, format: 'parquet', batchId: 'spoilt' });
    expect(report.batch).toMatchObject({ status: 'failed', errors: [{ code: 'invalid-parquet' }] });
  });
});

describe('broken files', () => {
  const good = JSON.stringify(person('good'));

  it('of gzip that was cut off lose what follows, and say so', async () => {
    const text = Array.from({ length: 20_000 }, (_, index) =>
      JSON.stringify(person(`p${index}${Math.random()}`)),
    );
    const whole = gzipSync(text.join('\n'));
    const report = await ingest({
      store,
      entity: 'profile',
      lines: whole.subarray(0, whole.length / 2),
      batchId: 'cut',
    });
    expect(report.accepted).toBeGreaterThan(100);
    expect(await rejected('cut')).toContainEqual(expect.stringMatching(/ truncated$/));
  });

  it.each<['ndjson' | 'json' | 'csv', (rows: readonly string[]) => string]>([
    ['ndjson', (rows) => rows.join('\n')],
    ['json', (rows) => `[${rows.join(',\n')}]`],
    [
      'csv',
      (rows) => ['identityMap.Email', ...rows.map((row) => /"id":"([^"]+)"/.exec(row)?.[1])].join('\n'),
    ],
  ])('of gzip lose no row of %s before the place of damage', async (format, write) => {
    const rows = Array.from({ length: 6_000 }, (_, index) =>
      JSON.stringify(person(`p${index}${Math.random()}`)),
    );
    const text = Buffer.from(write(rows));
    const whole = gzipSync(text);
    const garbage = Buffer.concat([
      gzipSync(Buffer.concat([text, Buffer.from('\n')])),
      Buffer.from('no gzip'),
    ]);
    const spoilt = await ingest({ store, entity: 'profile', lines: garbage, format, batchId: 'garbage' });
    expect(spoilt).toMatchObject({ accepted: rows.length, rejected: 1 });
    const damaged = Buffer.concat([whole.subarray(0, whole.length - 8), Buffer.alloc(8, 1)]);
    const report = await ingest({ store, entity: 'profile', lines: damaged, format, batchId: 'damaged' });
    expect(report).toMatchObject({ accepted: rows.length - (format === 'json' ? 0 : 1), rejected: 1 });
    expect(await rejected('damaged')).toEqual([expect.stringMatching(/ truncated$/)]);
  });

  it.each([
    ['inside an object', '{"identityMap":{"Email":[{"id":"b"}]},"person":{"name":', 'truncated'],
    ['inside a text', '{"identityMap":{"Email":[{"id":"b\\"', 'truncated'],
    ['inside a character', Buffer.from('{"a":"\u00e4').subarray(0, 7), 'truncated'],
    ['behind an object that is none', '{"a":nope}', 'invalid-json'],
    ['in what is no JSON at all', 'a,b,c', 'invalid-json'],
  ])('of lines that end %s tell why', async (_, end, code) => {
    const lines = Buffer.concat([Buffer.from(`${good}\n`), Buffer.from(end)]);
    await ingest({ store, entity: 'profile', lines, batchId: 'lines' });
    expect(await rejected('lines')).toEqual([`2 ${code}`]);
  });

  it.each([
    ['only a byte order mark', Buffer.from('\ufeff'), 0],
    ['binary garbage', Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 256)), 0],
    ['zero bytes', Buffer.concat([Buffer.alloc(3000), Buffer.from(`\n${good}`)]), 1],
    ['one endless line', Buffer.from(`${'x'.repeat(5_000_000)}\n${good}`), 1],
    ['deep nesting', Buffer.from(`{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}\n${good}`), 1],
    ['a list of JSON', Buffer.from(`[${good}]`), 0],
    ['NaN', Buffer.from(`{"identityMap":{"Email":[{"id":"a"}]},"x":NaN}\n${good}`), 1],
    ['a comma too many', Buffer.from(`{"identityMap":{"Email":[{"id":"a"}]},}\n${good}`), 1],
  ])('with %s are no harm', async (_, lines, accepted) => {
    const report = await ingest({ store, entity: 'profile', lines });
    expect(report.accepted).toBe(accepted);
    expect(report.batch.status).toBe(accepted > 0 ? 'success' : 'failed');
    expect(report.batch.errors).not.toEqual([]);
  });

  it.each([
    [{ Email: 'a@b.c' }, 'wrong-type'],
    [{ Email: [] }, 'no-identity'],
    [{ Email: [null] }, 'no-identity'],
    [[], 'wrong-type'],
    [null, 'no-identity'],
    [{ Email: [{ id: { a: 1 } }] }, 'wrong-type'],
    [{ Email: [{ id: true }] }, 'wrong-type'],
    [{ '': [{ id: 'a' }] }, 'no-identity'],
  ])('with an identityMap of %j are rejected with a reason', async (identityMap, code) => {
    await ingest({ store, entity: 'profile', lines: [{ identityMap }], batchId: 'odd' });
    expect(await rejected('odd')).toEqual([`1 ${code}`]);
  });

  it('may have numbers for ids, which are taken as they are written', async () => {
    const lines = ['{"identityMap":{"CRMID":[{"id":12345678901234567890}]},"person":{"age":1}}'];
    await ingest({ store, entity: 'profile', lines });
    expect(await find('12345678901234567890', 'crmid')).toMatchObject({ person: { age: 1 } });
  });

  it.each([
    ['2024-01-01T00:00:00Z', true],
    ['2024-01-01T00:00:00.123456789+05:30', true],
    ['2024-01-01T00:00:00', true],
    ['2024-01-01', true],
    ['0001-01-01T00:00:00Z', true],
    ['9999-12-31T23:59:59.999Z', true],
    ['9999-12-31T23:59:59+14:00', true],
    ['9999-12-31T23:59:59-14:00', false],
    ['9999-12-31T23:59-00:01', false],
    ['0001-01-01T00:00:00+14:00', false],
    ['0000-01-01T00:00:00Z', false],
    ['0000-12-31', false],
    ['-001-01-01T00:00:00Z', false],
    ['99999-01-01T00:00:00Z', false],
    ['2024-02-30T00:00:00Z', false],
    ['2024-01-01T00:00:00 Europe/Berlin', false],
    ['2024-01-01T00:00:00+23:59', true],
    ['2024-01-01T00:00:00+25:00', false],
    ['2024-01-01T00:00-01:60', false],
    ['yesterday', false],
    ['', false],
    [1704067200000, false],
    [true, false],
  ])('with the timestamp %j are taken or not', async (timestamp, isGood) => {
    const identityMap = { Email: [{ id: 'a' }] };
    const report = await ingest({ store, entity: 'event', lines: [{ _id: '1', timestamp, identityMap }] });
    expect([report.accepted, report.rejected]).toEqual(isGood ? [1, 0] : [0, 1]);
  });
});
