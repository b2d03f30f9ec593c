import { fc } from '../../../support/fast-check';
import { readByteRange } from '../../../../src/platform/http/byte-range';
import { Refusal } from '../../../../src/platform/http/refusal';

test.each([
  ['bytes=0-99', { first: 0, last: 99 }],
  ['bytes=100-', { first: 100, last: 999 }],
  ['bytes=-10', { first: 990, last: 999 }],
  ['bytes=-5000', { first: 0, last: 999 }],
  ['bytes=990-5000', { first: 990, last: 999 }],
])('%s of 1000 bytes', (header, range) => {
  expect(readByteRange(header, 1000)).toEqual(range);
});

test.each([undefined, 'lines=1-2', 'bytes=1-2,4-5', 'bytes=-', 'bytes=9-2', 'bytes=x-'])(
  '%s means the whole',
  (header) => {
    expect(readByteRange(header, 1000)).toBeUndefined();
  },
);

test.each(['bytes=1000-', 'bytes=2000-3000', 'bytes=-0'])('%s of 1000 bytes lies outside', (header) => {
  expect(() => readByteRange(header, 1000)).toThrow(Refusal);
});

test('nothing lies within an empty file', () => {
  expect(() => readByteRange('bytes=0-', 0)).toThrow(Refusal);
});

test('a range never leaves the file', () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.nat(20_000), fc.nat(20_000), (size, first, last) => {
      try {
        const range = readByteRange(`bytes=${first}-${last}`, size);
        if (range !== undefined) expect(range.first <= range.last && range.last < size).toBe(true);
      } catch (error) {
        expect([error instanceof Refusal, first >= size]).toEqual([true, true]);
      }
    }),
  );
});
