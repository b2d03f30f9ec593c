import type { CheckedRule } from '../../pql';
import type { MergeRule } from '../records';
import type { Tally } from './estimate';

/** A rule that was tried on a sample. */
export interface Preview {
  /** Of the query; the public id is made of it. */
  readonly queryId: string;
  readonly state: PreviewState;
  /** Profiles that the sample has. */
  readonly sampleSize: number;
  readonly tally: Tally;
  /** Matches read so far by the code of each namespace that they have an identity in. */
  readonly byNamespace: ReadonlyMap<string, number>;
  /** Some of the matches, ordered by id; found after the state has become RESULT_READY. See `PreviewBook.listed`. */
  readonly profiles: readonly PreviewProfile[];
  /** Why it failed; a sentence. */
  readonly error: string | null;
}

export type PreviewState = 'NEW' | 'RUNNING' | 'RESULT_READY' | 'FAILED';

export interface PreviewProfile {
  readonly xid: string;
  /** The XIDs of all identities of the profile, the primary one among them. */
  readonly identities: readonly string[];
}

/** What is tried: the rule, with those that it leans on by `inSegment`, over profiles merged so. */
export interface PreviewRequest {
  readonly rule: CheckedRule;
  readonly segments: ReadonlyMap<string, CheckedRule>;
  readonly mergeRule: MergeRule;
}
