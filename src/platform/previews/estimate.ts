/** What a sample has shown so far, in profiles. */
export interface Tally {
  /** In the store. */
  readonly total: number;
  readonly read: number;
  readonly matched: number;
}

export interface SizeEstimate {
  /** Profiles of the whole store that match, by the share of those read; nothing read: 0. */
  readonly size: number;
  /** In profiles. The size, plus and minus 1.96 of these, holds the truth in 95 of 100 samples. 0 once all are read; all of the store while nothing is. */
  readonly standardError: number;
}

/**
 * The size of an audience from a sample without replacement.
 *
 * Two choices make the interval honest where the plain N·√(p(1−p)/n) is not. It shrinks with the part of the store that
 * was read (finite population correction), since what was read is known. And its p has two successes and two failures
 * added, as Agresti and Coull do: without them a sample that found nobody would be certain that there is nobody.
 */
export function estimateSize({ total, read, matched }: Tally): SizeEstimate {
  if (read === 0) return { size: 0, standardError: total };
  const size = Math.round((matched / read) * total);
  if (read >= total) return { size, standardError: 0 };
  const share = (matched + 2) / (read + 4);
  const unread = (total - read) / (total - 1);
  return { size, standardError: total * Math.sqrt(((share * (1 - share)) / (read + 4)) * unread) };
}
