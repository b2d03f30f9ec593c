import { shiftInstant, startOfUnit } from '../../../src/pql/emit/calendar';

const iso = (ms: number): string => new Date(ms).toISOString().replace(/:00\.000Z$/, '');
const at = (text: string): number => Date.parse(`${text}Z`);

describe('shiftInstant', () => {
  it.each([
    ['2024-01-31T10:00', 1, 'month', '2024-02-29T10:00'],
    ['2024-02-29T10:00', 1, 'year', '2025-02-28T10:00'],
    ['2024-03-31T10:00', -1, 'month', '2024-02-29T10:00'],
    ['2024-01-15T10:00', -13, 'month', '2022-12-15T10:00'],
    ['2024-01-15T10:00', 2, 'week', '2024-01-29T10:00'],
    ['2024-01-15T10:00', -1, 'century', '1924-01-15T10:00'],
  ] as const)('%s and %i %s is %s', (from, amount, unit, to) => {
    expect(iso(shiftInstant(at(from), amount, unit))).toBe(to);
  });

  it.each([
    [1e9, 'year', 8.64e15],
    [-1e9, 'millennium', -8.64e15],
    [1e300, 'day', 8.64e15],
    [-9e15, 'millisecond', -8.64e15],
  ] as const)('stops at the ends of time: %d %s', (amount, unit, end) => {
    expect(shiftInstant(0, amount, unit)).toBe(end);
  });
});

describe('startOfUnit', () => {
  it.each([
    ['second', '2026-08-28T12:34'],
    ['hour', '2026-08-28T12:00'],
    ['day', '2026-08-28T00:00'],
    ['week', '2026-08-24T00:00'],
    ['month', '2026-08-01T00:00'],
    ['year', '2026-01-01T00:00'],
    ['decade', '2020-01-01T00:00'],
    ['century', '2000-01-01T00:00'],
    ['millennium', '2000-01-01T00:00'],
  ] as const)('of the %s is %s', (unit, start) => {
    expect(iso(startOfUnit(at('2026-08-28T12:34:00.567'), unit))).toBe(start);
  });

  it('holds before 1970', () => {
    expect(iso(startOfUnit(at('1969-12-31T12:00'), 'day'))).toBe('1969-12-31T00:00');
    expect(iso(startOfUnit(at('1969-12-31T12:00'), 'week'))).toBe('1969-12-29T00:00');
  });
});
