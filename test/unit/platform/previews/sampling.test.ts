import { fc } from '../../../support/fast-check';
import {
  adobeSampling,
  firstStep,
  nextStep,
  rangeAfter,
  sampleSizeOf,
} from '../../../../src/platform/previews/sampling';

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
  it('begin with a few profiles where events are read, so that a first estimate comes soon', () => {
    const sample = { total: 3_000_000, size: 1_000_000, start: 0 };
    expect(rangeAfter(sample, 0, firstStep({ readsEvents: true }))).toEqual({ from: 0, to: 20_000 });
  });

  it('are one where only attributes of a million profiles are read', () => {
    const sample = { total: 3_000_000, size: 1_000_000, start: 0 };
    expect(rangeAfter(sample, 0, firstStep({ readsEvents: false }))).toEqual({ from: 0, to: 1_000_000 });
  });

  it.each([
    ['as many as a tenth of a second takes', { profiles: 20_000, ms: 10 }, 200_000],
    ['fewer where a range was slow', { profiles: 200_000, ms: 400 }, 50_000],
    ['never fewer than ten thousand', { profiles: 20_000, ms: 60_000 }, 10_000],
    ['never more than a million', { profiles: 1_000_000, ms: 0 }, 1_000_000],
  ])('go on with %s', (_what, last, next) => {
    expect(nextStep(last)).toBe(next);
  });

  it('hold each profile of the sample exactly once, wherever it starts and however long they are', () => {
    const samples = fc.integer({ min: 1, max: 900_000 }).chain((total) =>
      fc.record({
        total: fc.constant(total),
        size: fc.integer({ min: 0, max: total }),
        start: fc.integer({ min: 0, max: total - 1 }),
        steps: fc.array(fc.integer({ min: 10_000, max: 1_000_000 }), { minLength: 1, maxLength: 5 }),
      }),
    );
    fc.assert(
      fc.property(samples, ({ total, size, start, steps }) => {
        let next = start;
        let read = 0;
        for (let count = 0; ; count += 1) {
          const range = rangeAfter({ total, size, start }, read, steps[count % steps.length] ?? 1);
          if (range === undefined) break;
          expect(range.from).toBe(next);
          expect(range.to).toBeGreaterThan(range.from);
          expect(range.to).toBeLessThanOrEqual(total);
          next = range.to === total ? 0 : range.to;
          read += range.to - range.from;
        }
        expect(read).toBe(size);
      }),
    );
  });
});
