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

/** The profiles of a sample. It goes on at the first profile of the store where it starts late. */
export interface Sample {
  readonly total: number;
  readonly size: number;
  /** The number of its first profile. */
  readonly start: number;
}

/**
 * The range of a sample that is read next, once so many of its profiles have been read; undefined after the last.
 * Profiles are numbered in the order of a hash, so each range of numbers is a fair sample, and so is each beginning of a
 * sample that has been read in part.
 */
export function rangeAfter({ total, size, start }: Sample, done: number, step: number): PidRange | undefined {
  if (done >= size) return undefined;
  const from = (start + done) % total;
  return { from, to: Math.min(from + step, total, from + size - done) };
}

const mostProfilesPerStep = 1_000_000;
const fewestProfilesPerStep = 10_000;
const firstOfEvents = 20_000;
/** A range costs some milliseconds, however few profiles it has; what takes longer than this is worth telling of before. */
const stepMs = 100;

/**
 * How many profiles the first range has. The attributes of a million profiles are looked at within tens of
 * milliseconds, so they are read at once; of events a few come first, so that a rough estimate is there soon.
 */
export function firstStep({ readsEvents }: { readonly readsEvents: boolean }): number {
  return readsEvents ? firstOfEvents : mostProfilesPerStep;
}

/** How many profiles the next range has, after one of so many that took so long: as many as a tenth of a second takes. */
export function nextStep({ profiles, ms }: { readonly profiles: number; readonly ms: number }): number {
  const fitting = Math.round((profiles * stepMs) / Math.max(ms, 1));
  return Math.min(Math.max(fitting, fewestProfilesPerStep), mostProfilesPerStep);
}
