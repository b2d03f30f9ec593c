import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBatch, type ReadBatch } from '../../../../src/platform/store/ingest/read-batch';
import type { RowFormat } from '../../../../src/platform/store/ingest/row-format';
import { builtinSchema } from '../../../../src/xdm/builtin-schema';
import { person } from './support';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audience-read-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function read(lines: readonly (string | object)[], format: RowFormat = 'ndjson'): Promise<ReadBatch> {
  const file = join(folder, 'rows');
  writeFileSync(
    file,
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  );
  return readBatch({
    batchId: 'batch',
    entity: 'profile',
    files: [file],
    format,
    at: 1,
    schema: builtinSchema.profile,
    guessed: new Set(),
    roomForFields: 500,
    limits: { threads: 1, memoryLimit: '512MB', tempFolder: folder },
    folder,
    // Each block that a reader hands on becomes a part of its own.
    partBytes: 1,
  });
}

/** Long enough for several blocks of a file. */
const many = (count: number, of: (index: number) => object): readonly object[] =>
  Array.from({ length: count }, (_, index) =>
    person(`p${index}`, { filler: 'x'.repeat(1000), ...of(index) }),
  );

describe('a batch that is read in parts', () => {
  it('has the types that the rows of all parts agree on', async () => {
    const rows = many(3000, (index) => ({
      _acme: { n: index < 2999 ? index : 1.5, at: index < 2999 ? '2024-01-01' : '2024-01-01T10:00:00Z' },
    }));
    const { rowsFiles, accepted, newFields } = await read(rows);
    expect(rowsFiles.length).toBeGreaterThan(1);
    expect(accepted).toBe(3000);
    expect(Object.fromEntries(newFields.map(({ path, type }) => [path, type.kind]))).toEqual({
      filler: 'string',
      '_acme.n': 'number',
      '_acme.at': 'datetime',
    });
  });

  it('counts rejected rows over all parts, in the order of the file', async () => {
    const rows = many(3000, (index) => (index % 1000 === 999 ? { person: { age: 'old' } } : {}));
    const { rejected, rejectedByCode } = await read([...rows, '{"broken"}']);
    expect(rejected).toBe(4);
    expect(rejectedByCode).toEqual([
      { code: 'invalid-json', count: 1, rows: ['rows:3001'] },
      { code: 'wrong-type', count: 3, rows: ['rows:1000', 'rows:2000', 'rows:3000'] },
    ]);
  });

  it('finds the good row among many bad ones', async () => {
    const bad = Array.from({ length: 30_000 }, (_, index) => `bad ${index}`);
    const { accepted, rejected } = await read([
      ...bad.slice(0, 20_000),
      person('good'),
      ...bad.slice(20_000),
    ]);
    expect([accepted, rejected]).toEqual([1, 30_000]);
  });

  it('with a shape of its own in each row judges the later ones by the earlier', async () => {
    const rows = Array.from({ length: 21_000 }, (_, index) =>
      person(`p${index}`, { _acme: { x: index === 20_999 ? 'text' : { [`k${index}`]: 1 } } }),
    );
    const { accepted, rejectedByCode, newFields, notes } = await read(rows);
    expect(accepted).toBe(20_999);
    expect(rejectedByCode).toEqual([{ code: 'wrong-type', count: 1, rows: ['rows:21000'] }]);
    expect(newFields).toHaveLength(500);
    expect(notes.map(({ path }) => path)).toContain('_acme.x.*');
  });

  it('of CSV has a row for each line, whatever the parts', async () => {
    const lines = [
      'identityMap.Email,_acme.n',
      ...Array.from({ length: 60_000 }, (_, index) => `p${index}@example.com,${index}`),
    ];
    const { accepted, newFields } = await read(lines, 'csv');
    expect(accepted).toBe(60_000);
    expect(newFields).toEqual([{ entity: 'profile', path: '_acme.n', type: { kind: 'integer' } }]);
  });
});
