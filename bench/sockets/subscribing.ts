import { jobIdOf } from './adobe';

/** A row of the table: what, how much, and what it should be. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly target?: string;
  /** Absent where nothing was promised. */
  readonly isMet?: boolean;
}

export interface Size {
  readonly sockets: number;
  /** For how long changes are made without pause. */
  readonly seconds: number;
  /** Of pushes that are measured. */
  readonly rounds: number;
  /** Before those, not measured: until the compiler has done its work, and what opening the crowd left is collected. */
  readonly warmUpRounds: number;
  /** What is spent on nothing, to know what that costs. */
  readonly idleMs: number;
  /** After which a state that was read counts as old. */
  readonly staleMs: number;
  /** Until what a crowd has left behind is given back. */
  readonly settleMs: number;
}

const selection =
  'cursor type at replayed previousStatus job { id status progress { fraction basis } updatedAt }';
export const oneJob = {
  query: `subscription ($id: ID!) { segmentJobChanged(id: $id) { ${selection} } }`,
  variables: [{ id: jobIdOf(0) }],
};
export const allJobs = { query: `subscription { jobsChanged(kinds: [SEGMENT]) { ${selection} } }` };
