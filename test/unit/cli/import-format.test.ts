import { gzipSync } from 'node:zlib';
import type { ImportFormat } from '../../../src/cli/import-format';
import { detectFormat, isDamagedGzip, looksLikeEvents } from '../../../src/cli/import-format';

describe('the format of a file', () => {
  it.each([
    ['rows', '{"a":1}\n{"a":2}', 'ndjson'],
    ['rows', '{\n  "a": 1\n}', 'json'],
    ['rows', '  [{"a":1}]', 'json'],
    ['rows.ndjson', '[{"a":1}]', 'json'],
    ['rows.json', '{"a":1}', 'ndjson'],
    ['rows.csv', 'a,b', 'csv'],
    ['stdin', 'identityMap.Email,person.age\n', 'csv'],
    ['rows.csv', 'PAR1…', 'parquet'],
    ['rows.csv', '{"a":1}\n{"a":2}', 'ndjson'],
    ['rows.csv', '[{"a":1}]', 'json'],
    ['rows.parquet', '{"a":1}', 'ndjson'],
    ['rows.parquet', 'garbage', 'parquet'],
    ['rows', 'hello', undefined],
    ['rows.txt', '', undefined],
  ])('of %s that starts with %j is %s', (name, text, format) => {
    expect(detectFormat(name, Buffer.from(text))).toBe(format);
  });

  it('is told through gzip and UTF-16', () => {
    expect(detectFormat('rows.gz', gzipSync('[1]').subarray(0, 20))).toBe('json');
    expect(detectFormat('rows', Buffer.from('\ufeff[1]', 'utf16le'))).toBe('json');
  });

  it('is not told of a gzip file that is damaged', () => {
    const whole = gzipSync('{"a":1}\n');
    const damaged = Buffer.from(whole);
    damaged.writeUInt32LE(1, damaged.length - 8);
    expect(detectFormat('rows.gz', damaged)).toBeUndefined();
    expect([damaged, whole, whole.subarray(0, 20), Buffer.from('{}')].map(isDamagedGzip)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('rows look like events', () => {
  it.each<[string, ImportFormat, boolean]>([
    ['{"_id":"1","timestamp":"2026-01-01","eventType":"a"}\n', 'ndjson', true],
    ['[{"timestamp":"2026-01-01","x":{"y":[1]},"eventType":"a"}]', 'json', true],
    ['identityMap.Email,timestamp,"eventType"\n', 'csv', true],
    ['{"person":{"timestamp":1,"eventType":"a"}}\n', 'ndjson', false],
    ['{"person":1}\n{"timestamp":1,"eventType":"a"}', 'ndjson', false],
    ['identityMap.Email,timestamp\n', 'csv', false],
    ['PAR1', 'parquet', false],
  ])('%j as %s: %s', (text, format, expected) => {
    expect(looksLikeEvents(Buffer.from(text), format)).toBe(expected);
  });
});
