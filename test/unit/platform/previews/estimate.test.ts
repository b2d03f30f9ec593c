import { estimateSize } from '../../../../src/platform/previews/estimate';
import { seededRandom } from '../../../support/seeded-random';

describe('an estimate', () => {
  it('is exact once every profile was read', () => {
    expect(estimateSize({ total: 4275, read: 4275, matched: 46 })).toEqual({ size: 46, standardError: 0 });
  });

  it('knows nothing before anything was read', () => {
    expect(estimateSize({ total: 4275, read: 0, matched: 0 })).toEqual({ size: 0, standardError: 4275 });
  });

  it('does not claim that nobody matches since nobody was found', () => {
    const { size, standardError } = estimateSize({ total: 10_000_000, read: 1_000_000, matched: 0 });
    expect(size).toBe(0);
    // The rule of three: 3 of a million may well have been missed, 30 of ten million.
    expect(1.96 * standardError).toBeGreaterThan(20);
    expect(1.96 * standardError).toBeLessThan(40);
  });

  it('is surer the more of the store was read, though the sample is of one size', () => {
    const ofMany = estimateSize({ total: 10_000_000, read: 1_000_000, matched: 200_000 });
    const ofFew = estimateSize({ total: 1_100_000, read: 1_000_000, matched: 200_000 });
    expect(ofFew.standardError / 1_100_000).toBeLessThan((0.5 * ofMany.standardError) / 10_000_000);
  });
});

describe('the 95 % interval of an estimate', () => {
  const draws = 1000;

  /** The part of so many samples whose interval holds the true size. */
  function coverage(store: { total: number; read: number; members: number }): number {
    const random = seededRandom(20_261_122);
    let held = 0;
    for (let draw = 0; draw < draws; draw += 1) {
      const { size, standardError } = estimateSize({ ...store, matched: drawMatches(store, random) });
      if (Math.abs(size - store.members) <= 1.96 * standardError) held += 1;
    }
    return held / draws;
  }

  /** How many members a sample without replacement has. */
  function drawMatches(
    { total, read, members }: { total: number; read: number; members: number },
    random: () => number,
  ): number {
    let matched = 0;
    for (let seen = 0; seen < read; seen += 1) {
      if (random() * (total - seen) < members - matched) matched += 1;
    }
    return matched;
  }

  it.each([
    { total: 4_000, read: 400, members: 100 },
    { total: 4_000, read: 400, members: 400 },
    { total: 4_000, read: 400, members: 2_000 },
    { total: 4_000, read: 400, members: 3_880 },
    { total: 4_000, read: 2_400, members: 40 },
    { total: 4_000, read: 2_400, members: 2_000 },
  ])('holds the truth in about 95 of 100 samples: $read of $total read, $members members', (store) => {
    const part = coverage(store);
    expect(part).toBeGreaterThan(0.93);
    expect(part).toBeLessThan(0.98);
  });

  it.each([
    { total: 4_000, read: 400, members: 4 },
    { total: 4_000, read: 400, members: 12 },
    { total: 4_000, read: 400, members: 3_996 },
  ])('holds it in more where the sample can hardly tell: $members members', (store) => {
    expect(coverage(store)).toBeGreaterThanOrEqual(0.95);
  });
});
