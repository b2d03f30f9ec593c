/** A record that the platform has acknowledged, and what may stand in it now. */
export interface KeptDocument {
  readonly path: string;
  /** Of the answer to a GET of `path`. */
  readonly read: (body: unknown) => unknown;
  /** One of these must be found; null: it is not there. Several while an answer was lost. */
  acceptable: readonly (string | null)[];
}

export interface KeptBatch {
  readonly rows: number;
  /** Whether closing it was acknowledged. */
  isClosed: boolean;
  /** Whether a client has seen its end. */
  isSettled: boolean;
}

/** Everything that clients know of a platform that may be killed at any moment. */
export interface Ledger {
  readonly documents: KeptDocument[];
  readonly batches: Map<string, KeptBatch>;
  /** By path; the last status that a client has seen. */
  readonly jobs: Map<string, string>;
  /** Creations of jobs whose answer was lost: each may have been done. */
  lostJobs: number;
  /** Exports evaluate first by a segment job of their own. */
  evaluatingExports: number;
  /** Answers that nobody expects of a healthy platform. */
  readonly surprises: string[];
  acknowledged: number;
}

export function newLedger(): Ledger {
  return {
    documents: [],
    batches: new Map(),
    jobs: new Map(),
    lostJobs: 0,
    evaluatingExports: 0,
    surprises: [],
    acknowledged: 0,
  };
}
