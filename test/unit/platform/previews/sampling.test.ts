import { fc } from '../../../support/fast-check';
import { adobeSampling, sampleRanges, sampleSizeOf } from '../../../../src/platform/previews/sampling';

describe('the size of a sample', () => {
  it.each([
    [0, 0],
    [999_999, 999_999],
    [1_000_000, 1_000_000],
    [1_000_001, 1_000_000],
    [20_000_000, 1_000_000],
    [20_000_001, 1_000_001],
    [100_000_000, 5_000_000],
  ])('is, of %i profiles, %i', (total, size) => {
    expect(sampleSizeOf(total, adobeSampling)).toBe(size);
  });
});

describe('the ranges of a sample', () => {
  it('begin small, so that a first estimate comes soon', () => {
    const [first, second] = [...sampleRanges({ total: 3_000_000, size: 1_000_000, start: 0 })];
    expect([first, second]).toEqual([
      { from: 0, to: 10_000 },
      { from: 10_000, to: 30_000 },
    ]);
  });

  it('hold each profile of the sample exactly once, wherever it starts', () => {
    const samples = fc.integer({ min: 1, max: 900_000 }).chain((total) =>
      fc.record({
        total: fc.constant(total),
        size: fc.integer({ min: 0, max: total }),
        start: fc.integer({ min: 0, max: total - 1 }),
      }),
    );
    fc.assert(
      fc.property(samples, ({ total, size, start }) => {
        let next = start;
        let read = 0;
        for (const { from, to } of sampleRanges({ total, size, start })) {
          expect(from).toBe(next);
          expect(to).toBeGreaterThan(from);
          expect(to).toBeLessThanOrEqual(total);
          next = to === total ? 0 : to;
          read += to - from;
        }
        expect(read).toBe(size);
      }),
    );
  });
});
