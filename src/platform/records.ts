/**
 * The platform's own records: what it keeps and passes between its rooms. Only `http/` knows the REST spelling of them.
 * All times are epoch milliseconds. Every record belongs to one tenant, and no read crosses tenants.
 */

/** One sandbox of one IMS org: the unit that is kept apart. */
export interface Tenant {
  readonly orgId: string;
  readonly sandbox: string;
}

export interface SegmentDefinition {
  readonly id: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly schemaName: string;
  readonly expression: {
    readonly type: string;
    readonly format: string;
    readonly value: string;
    readonly meta?: string | undefined;
  };
  readonly mergePolicyId: string;
  readonly evaluation: {
    readonly batch: boolean;
    readonly continuous: boolean;
    readonly synchronous: boolean;
  };
  readonly ttlInDays?: number | undefined;
  /** True where it is missing. */
  readonly excludeOptOut?: boolean | undefined;
  /** Of data usage, as `core/C1`. */
  readonly labels?: readonly string[] | undefined;
  /** `published` where it is missing. */
  readonly lifecycleState?: LifecycleState | undefined;
  /** From 1, one more at each change of the rule or its settings. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A word of whoever keeps an audience; nothing here follows from it. */
export type LifecycleState = 'draft' | 'published' | 'inactive' | 'archived';

/** An audience that was made elsewhere: known by name, with no rule of ours. */
export interface ExternalAudience {
  readonly id: string;
  /** What it is called where it comes from. */
  readonly audienceId: string;
  readonly name: string;
  readonly namespace: string;
  readonly description?: string | undefined;
  readonly originName: string;
  readonly lifecycleState: LifecycleState;
  readonly datasetId?: string | undefined;
  readonly labels: readonly string[];
  readonly linkedAudienceRef?: Readonly<Record<string, string>> | undefined;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** The legal moves between these stand in `jobs/job-state.ts` alone. */
export type JobStatus = 'NEW' | 'QUEUED' | 'PROCESSING' | 'CANCELLING' | 'CANCELLED' | 'SUCCEEDED' | 'FAILED';

export interface JobError {
  readonly code: string;
  readonly message: string;
}

interface JobRecord {
  readonly status: JobStatus;
  /** 0 to 1, from work done. */
  readonly progress: number;
  readonly errors: readonly JobError[];
  readonly requestId: string;
  /** What the client calls its wish: a second one with this name is the same job. */
  readonly clientToken?: string | undefined;
  /** API key. */
  readonly createdBy?: string | undefined;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly startedAt?: number | undefined;
  readonly endedAt?: number | undefined;
}

/** How one definition stood when the job was made; a later change of the definition does not change the job. */
export interface SegmentSnapshot {
  readonly segmentId: string;
  readonly version: number;
  readonly expression: SegmentDefinition['expression'];
  readonly mergePolicyId: string;
  /** The policy's version, and what it meant, when the job was made; absent in jobs of earlier releases. */
  readonly mergePolicyVersion?: number | undefined;
  readonly mergeRule?: MergeRule | undefined;
  /** What the caller calls the outcome. */
  readonly snapshot?: { readonly name: string; readonly ttlInDays?: number | undefined } | undefined;
}

export interface SegmentJob extends JobRecord {
  readonly id: string;
  readonly source: 'api' | 'scheduler';
  /** True where the job was asked for `*`. */
  readonly allSegments: boolean;
  readonly segments: readonly SegmentSnapshot[];
  readonly schemaName: string;
  readonly scheduleId?: string | undefined;
  /** The export that runs this job as its own first half; the job runner leaves it to that one. */
  readonly exportJobId?: number | undefined;
  /** The time that the scheduler was due; unique per schedule, so that a due time fires once. */
  readonly scheduledFor?: number | undefined;
  /** True where that time had passed unnoticed: the platform was down, or its clock was moved. */
  readonly late?: boolean | undefined;
  readonly counters?: SegmentJobCounters | undefined;
  /** When the evaluation proper began and ended. */
  readonly evaluatedFrom?: number | undefined;
  readonly evaluatedTo?: number | undefined;
}

export interface SegmentJobCounters {
  /** People that were read, over all merge rules of the job. */
  readonly totalProfiles: number;
  /** People as each merge policy of the job makes them, by its id; absent in jobs of earlier releases. */
  readonly profilesByMergePolicy?: Readonly<Record<string, number>> | undefined;
  readonly bySegment: Readonly<Record<string, SegmentCounters>>;
}

export interface SegmentCounters {
  /** realized + existing */
  readonly members: number;
  readonly realized: number;
  readonly existing: number;
  readonly exited: number;
  /** Members by identity namespace; one with several identities in a namespace counts once there. */
  readonly byNamespace: Readonly<Record<string, number>>;
}

export type MembershipStatus = 'realized' | 'existing' | 'exited';

export interface ExportSegment {
  readonly segmentId: string;
  readonly namespace: string;
  readonly statuses: readonly MembershipStatus[];
}

export interface ExportRequest {
  /** Dotted paths; empty means all. */
  readonly fields: readonly string[];
  readonly mergePolicy?: { readonly id: string; readonly version: number } | undefined;
  /** What that policy meant when the job was made; the default policy's where it is absent. */
  readonly mergeRule?: MergeRule | undefined;
  /** Empty means every profile. */
  readonly segments: readonly ExportSegment[];
  readonly qualifiedFrom?: number | undefined;
  readonly qualifiedTo?: number | undefined;
  readonly ingestedAfter?: number | undefined;
  readonly emptyProfiles: boolean;
  readonly events?:
    | {
        readonly fields: readonly string[];
        readonly ingestedFrom?: number | undefined;
        readonly ingestedTo?: number | undefined;
      }
    | undefined;
  readonly datasetId: string;
  readonly segmentPerBatch: boolean;
  readonly evaluateFirst: boolean;
  readonly schemaName: string;
}

export interface ExportJob extends JobRecord {
  /** Ascending by creation. */
  readonly id: number;
  readonly request: ExportRequest;
  readonly batches: readonly { readonly batchId: string; readonly segment?: ExportSegment | undefined }[];
  readonly exportedProfiles?: number | undefined;
  readonly byNamespace?: Readonly<Record<string, number>> | undefined;
  readonly exportedFrom?: number | undefined;
  readonly exportedTo?: number | undefined;
}

export interface Schedule {
  readonly id: string;
  readonly name: string;
  readonly type: 'batch_segmentation' | 'export';
  /** `['*']` stands for all. */
  readonly segments: readonly string[];
  /** Quartz cron, 6 or 7 fields, UTC. */
  readonly cron: string;
  readonly state: 'active' | 'inactive';
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Due times up to here have been dealt with; never later than the clock, which may be set back. */
  readonly firedUntil: number;
}

/** The body as it was written, secrets included: only `http/` and no log ever shows it, masked. */
export interface AudienceTemplate {
  readonly id: string;
  /** The model that the body is written in (quirk N36); A in records from before there was a choice. */
  readonly dialect?: 'A' | 'B';
  readonly body: Readonly<Record<string, unknown>>;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface MergePolicy {
  readonly id: string;
  readonly name: string;
  readonly schemaName: string;
  readonly identityGraph: 'none' | 'pdg';
  readonly attributeMerge: {
    readonly type: 'timestampOrdered' | 'dataSetPrecedence';
    readonly order?: readonly string[];
  };
  readonly isActiveOnEdge: boolean;
  readonly isDefault: boolean;
  readonly version: number;
  readonly updatedAt: number;
}

/** How fragments of people become profiles: all that a policy means. Policies with equal rules share their people. */
export type MergeRule = Pick<MergePolicy, 'identityGraph' | 'attributeMerge'>;

export interface Dataset {
  /** 24 hex characters. */
  readonly id: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly schemaId?: string | undefined;
  readonly schemaContentType?: string | undefined;
  /** As it was sent. */
  readonly fileDescription?: Readonly<Record<string, unknown>> | undefined;
  readonly tags?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Further properties of Catalog's, as they were sent. */
  readonly more?: Readonly<Record<string, unknown>> | undefined;
  /** How often it was changed. */
  readonly revision?: number | undefined;
  /** API keys. */
  readonly createdBy?: string | undefined;
  readonly updatedBy?: string | undefined;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Batches of direction `none` may have any status of Catalog's, in its words; others only these. */
export type BatchStatus =
  | 'loading'
  | 'loaded'
  | 'staging'
  | 'success'
  | 'failed'
  | 'aborted'
  | 'abandoned'
  | 'deleted'
  | OtherBatchStatus;

type OtherBatchStatus =
  'processing' | 'failure' | 'queued' | 'retrying' | 'stalled' | 'inactive' | 'staged' | 'active';

/** How the rows of a batch that comes in are written. */
export type BatchFormat = 'ndjson' | 'json' | 'csv' | 'parquet';

/** Rows that came in (ingestion) or went out (export); of direction `none`: one that Catalog's clients tell of. */
export interface Batch {
  readonly id: string;
  readonly datasetId: string;
  readonly status: BatchStatus;
  readonly direction: 'input' | 'output' | 'none';
  readonly recordCount: number;
  readonly failedRecordCount: number;
  readonly errors: readonly {
    readonly code: string;
    readonly description: string;
    readonly rows: readonly string[];
  }[];
  readonly files: readonly BatchFile[];
  /** Of a batch that comes in; `ndjson` where it is missing. */
  readonly format?: BatchFormat | undefined;
  /** SHA-256 over the uploaded files, once the batch is closed: equal for equal content. */
  readonly contentHash?: string | undefined;
  /** Of a batch that comes in, once it is closed: what was uploaded. */
  readonly inputFiles?: readonly { readonly name: string; readonly sizeBytes: number }[] | undefined;
  /** Properties that clients gave to it in Catalog; of direction `none`: all of them. */
  readonly catalog?: Readonly<Record<string, unknown>> | undefined;
  /** How often it was changed. */
  readonly revision?: number | undefined;
  /** API keys. */
  readonly createdBy?: string | undefined;
  readonly updatedBy?: string | undefined;
  /** The batch that brought the same content at the same time; this one changed nothing. */
  readonly duplicateOf?: string | undefined;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly completedAt?: number | undefined;
}

export interface BatchFile {
  /** `<batchId>-<n>`, n from 1. */
  readonly id: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly recordCount: number;
}
