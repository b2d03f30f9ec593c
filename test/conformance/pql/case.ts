import type { Person } from '../../support/people-database';

/** One rule of the corpus. */
export interface ConformanceCase {
  readonly pql: string;
  /** Names of the people who match, in the order in which the corpus lists its people. */
  readonly matches: readonly string[];
  /** What the emitted condition of the rule contains, where the form matters. */
  readonly sql?: string;
}

/** Cases that share a few people. */
export interface Corpus {
  readonly title: string;
  /** The fixed clock. */
  readonly now: string;
  readonly people: readonly Person[];
  readonly cases: readonly ConformanceCase[];
}
