/** The types of `watchJob` and `waitForJob`: what their documents in job-documents.ts select, by schema.graphql. */

export type JobKind = 'SEGMENT' | 'EXPORT';

export type JobStatus =
  'NEW' | 'QUEUED' | 'PROCESSING' | 'CANCELLING' | 'CANCELLED' | 'SUCCEEDED' | 'FAILED' | 'UNKNOWN';

export interface JobTarget {
  readonly kind: JobKind;
  readonly id: string;
}

interface JobFacts {
  readonly id: string;
  readonly kind: JobKind;
  readonly status: JobStatus;
  /** The upstream's own word for the status. */
  readonly rawStatus: string;
  /** SUCCEEDED, FAILED or CANCELLED. */
  readonly isTerminal: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly progress: {
    /** 0 to 1, never falls; null where nothing is known. */
    readonly fraction: number | null;
    readonly basis: 'MEASURED' | 'FORECAST' | 'UNKNOWN';
    /** Milliseconds, as a decimal string. */
    readonly elapsedMs: string;
    readonly estimatedEndAt: string | null;
  };
  readonly phases: readonly {
    readonly name: string;
    readonly startedAt: string | null;
    readonly endedAt: string | null;
    readonly durationMs: string | null;
  }[];
  readonly errors: readonly {
    readonly code: string | null;
    readonly message: string;
    readonly hint: string | null;
  }[];
  readonly requestId: string | null;
}

export interface WatchedSegmentJob extends JobFacts {
  readonly __typename: 'SegmentJob';
  readonly segmentIds: readonly string[];
  readonly totalProfiles: string | null;
}

export interface WatchedExportJob extends JobFacts {
  readonly __typename: 'ExportJob';
  readonly datasetId: string;
  readonly exportedProfiles: string | null;
}

export type WatchedJob = WatchedSegmentJob | WatchedExportJob;

/** `cursor` resumes behind this event. GAP and AUTH_EXPIRING alone have no job. */
export interface JobEvent<TJob extends WatchedJob = WatchedJob> {
  readonly cursor: string;
  readonly type: 'SNAPSHOT' | 'CREATED' | 'STATUS' | 'PROGRESS' | 'TERMINAL' | 'GAP' | 'AUTH_EXPIRING';
  readonly at: string;
  /** Sent again after a resume. */
  readonly replayed: boolean;
  readonly previousStatus: JobStatus | null;
  readonly job: TJob | null;
}

/** The job of a kind. */
export type JobOf<TTarget extends JobTarget> = TTarget extends { readonly kind: 'SEGMENT' }
  ? WatchedSegmentJob
  : TTarget extends { readonly kind: 'EXPORT' }
    ? WatchedExportJob
    : WatchedJob;
