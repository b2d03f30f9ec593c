/** How many of a store's profiles an estimate reads. */
export interface SamplingRule {
  /** A store with fewer profiles is read whole. */
  readonly fullBelow: number;
  /** So many are read of a larger one … */
  readonly size: number;
  /** … with up to so many; of one that is larger still, a share. */
  readonly sizeUpTo: number;
  readonly share: number;
}

/** Adobe's: all up to 1 million profiles, 1 million of up to 20 million, 5 % of more. Source: contract of XDM, §7. */
export const adobeSampling: SamplingRule = {
  fullBelow: 1_000_000,
  size: 1_000_000,
  sizeUpTo: 20_000_000,
  share: 0.05,
};

/** How many of so many profiles the sample has. */
export function sampleSizeOf(total: number, rule: SamplingRule): number {
  if (total < rule.fullBelow) return total;
  return Math.min(total, total <= rule.sizeUpTo ? rule.size : Math.ceil(total * rule.share));
}

/** Profiles with `from <= #pid < to`. */
export interface PidRange {
  readonly from: number;
  readonly to: number;
}

const firstStep = 10_000;
const largestStep = 250_000;

/**
 * The ranges of a sample in the order in which they are read: small ones first, so that a rough estimate is there at
 * once. Profiles are numbered in the order of a hash, so each range of numbers is a fair sample, and so is each beginning
 * of a sample that has been read in part. A sample that starts late goes on at the first profile.
 */
export function* sampleRanges(sample: {
  readonly total: number;
  readonly size: number;
  /** The number of its first profile. */
  readonly start: number;
}): Generator<PidRange> {
  const { total, size } = sample;
  let step = firstStep;
  for (let done = 0; done < size;) {
    const from = (sample.start + done) % total;
    const to = Math.min(from + step, total, from + size - done);
    yield { from, to };
    done += to - from;
    step = Math.min(step * 2, largestStep);
  }
}
