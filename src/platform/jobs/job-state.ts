import type { JobStatus } from '../records';

/** The two kinds of job; an export has no QUEUED (contract, export jobs). */
export type JobKind = 'segment' | 'export';

/** The one table of legal moves; every other file asks it. */
const moves: Readonly<Record<JobKind, Readonly<Record<JobStatus, readonly JobStatus[]>>>> = {
  segment: {
    NEW: ['QUEUED', 'CANCELLING'],
    QUEUED: ['PROCESSING', 'CANCELLING'],
    PROCESSING: ['SUCCEEDED', 'FAILED', 'CANCELLING'],
    CANCELLING: ['CANCELLED'],
    SUCCEEDED: [],
    FAILED: [],
    CANCELLED: [],
  },
  export: {
    NEW: ['PROCESSING', 'CANCELLING'],
    QUEUED: [],
    PROCESSING: ['SUCCEEDED', 'FAILED', 'CANCELLING'],
    CANCELLING: ['CANCELLED'],
    SUCCEEDED: [],
    FAILED: [],
    CANCELLED: [],
  },
};

/** A job in one of these never changes again. */
export function isTerminal(status: JobStatus): boolean {
  return moves.segment[status].length === 0;
}

/** True where a job of this kind may go from one status to the other in one step. */
export function isLegalMove(kind: JobKind, from: JobStatus, to: JobStatus): boolean {
  return moves[kind][from].includes(to);
}

/** Every state from which `to` may be reached: the `from` of a conditional change in the store. */
export function statesBefore(kind: JobKind, to: JobStatus): readonly JobStatus[] {
  return statuses.filter((from) => isLegalMove(kind, from, to));
}

/** The states that a kind of job passes before work on it begins, in order. */
export function statesUntilProcessing(kind: JobKind): readonly JobStatus[] {
  return kind === 'segment' ? ['QUEUED', 'PROCESSING'] : ['PROCESSING'];
}

/** Every state there is, as a list filter may name them. */
export const statuses: readonly JobStatus[] = [
  'NEW',
  'QUEUED',
  'PROCESSING',
  'CANCELLING',
  'CANCELLED',
  'SUCCEEDED',
  'FAILED',
];
