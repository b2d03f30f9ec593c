import type { CompiledPass } from '../../pql';
import type { FieldDefinition, UnionSchema } from '../../xdm/union-schema';
import type {
  AudienceTemplate,
  Batch,
  BatchFile,
  Dataset,
  ExportJob,
  ExternalAudience,
  JobStatus,
  MergePolicy,
  MergeRule,
  Schedule,
  SegmentDefinition,
  SegmentJob,
  Tenant,
} from '../records';

/**
 * What the platform keeps. Metadata stand in SQLite; profiles, events and memberships in immutable generations of
 * files that DuckDB reads, each made valid by one row in SQLite. A resolved promise of a write means that it is kept.
 */
export interface PlatformStore {
  readonly segmentDefinitions: SegmentDefinitionRepository;
  readonly segmentJobs: SegmentJobRepository;
  readonly exportJobs: ExportJobRepository;
  readonly schedules: Repository<Schedule, string>;
  readonly audienceTemplates: Repository<AudienceTemplate, string>;
  readonly mergePolicies: MergePolicyRepository;
  readonly externalAudiences: Repository<ExternalAudience, string>;
  readonly datasets: ChangeableRepository<Dataset, string>;
  readonly batches: BatchRepository;
  /** A secret of the whole platform, made at its first use and kept: 64 hex characters. */
  secret(name: string): Promise<string>;
  /** Tenants that own anything. */
  tenants(): Promise<readonly Tenant[]>;
  /** The profiles, events and memberships of one tenant; opened on first use. */
  profileData(tenant: Tenant): Promise<ProfileData>;
  /**
   * Removes all that a tenant has, files and all; it stands as at its first use then. Nothing of it may be under way.
   * @returns how many of what went, e.g. `{ 'segment definition': 3 }`.
   */
  empty(tenant: Tenant): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

export interface Page {
  readonly offset: number;
  readonly limit: number;
}

export interface Sort {
  /** A property of the record: createdAt, updatedAt, name or id. Others are refused by the caller before. */
  readonly field: 'createdAt' | 'updatedAt' | 'name' | 'id';
  readonly direction: 'asc' | 'desc';
}

/** One key, or several of which the later ones decide between what is equal by the earlier. */
export type SortOrder = Sort | readonly Sort[];

export interface Listed<T> {
  readonly items: readonly T[];
  readonly totalCount: number;
}

/** Newest first unless sorted otherwise; ties by id. */
export interface Repository<T, Id> {
  list(tenant: Tenant, page: Page, sort?: SortOrder): Promise<Listed<T>>;
  get(tenant: Tenant, id: Id): Promise<T | undefined>;
  /** Found ones only, in any order. */
  getMany(tenant: Tenant, ids: readonly Id[]): Promise<readonly T[]>;
  insert(tenant: Tenant, record: T): Promise<void>;
  /** Overwrites the record with this id; false where there is none. */
  replace(tenant: Tenant, record: T): Promise<boolean>;
  delete(tenant: Tenant, id: Id): Promise<boolean>;
}

export interface ChangeableRepository<T, Id> extends Repository<T, Id> {
  /**
   * Writes what `edit` makes of the record; nothing else is written in between, and nothing at all where it throws.
   * @returns the new record; undefined where there is none with this id.
   */
  change(tenant: Tenant, id: Id, edit: (record: T) => T): Promise<T | undefined>;
}

export interface SegmentDefinitionRepository extends Repository<SegmentDefinition, string> {
  /** Names are unique per tenant. */
  findByName(tenant: Tenant, name: string): Promise<SegmentDefinition | undefined>;
  /** Filters by evaluation method as the list endpoint offers it. */
  listWhere(
    tenant: Tenant,
    where: { continuous?: boolean; synchronous?: boolean },
    page: Page,
    sort?: SortOrder,
  ): Promise<Listed<SegmentDefinition>>;
  all(tenant: Tenant): Promise<readonly SegmentDefinition[]>;
}

export interface MergePolicyRepository extends Repository<MergePolicy, string> {
  /** Writes what `edit` makes of all policies, oldest first, at once; nothing where it throws. */
  change(tenant: Tenant, edit: (policies: readonly MergePolicy[]) => readonly MergePolicy[]): Promise<void>;
}

/** A conditional change of a job: done only while its status is one of `from`; answers the new record, else undefined. */
export interface JobTransition<Job> {
  readonly from: readonly JobStatus[];
  readonly to: JobStatus;
  readonly changes?: Partial<Job>;
}

export interface JobRepository<Job, Id> {
  get(tenant: Tenant, id: Id): Promise<Job | undefined>;
  getMany(tenant: Tenant, ids: readonly Id[]): Promise<readonly Job[]>;
  /** The job that was asked for under this token of the client's. */
  byClientToken(tenant: Tenant, token: string): Promise<Job | undefined>;
  transition(tenant: Tenant, id: Id, transition: JobTransition<Job>): Promise<Job | undefined>;
  /** Sets progress of a PROCESSING job; progress never falls. */
  setProgress(tenant: Tenant, id: Id, progress: number, at: number): Promise<void>;
  /** All jobs that are not terminal, of all tenants, oldest first: what the runner still owes. */
  unfinished(): Promise<readonly { readonly tenant: Tenant; readonly job: Job }[]>;
}

export interface SegmentJobFilter {
  readonly status?: JobStatus;
  readonly segmentId?: string;
  /** True: the jobs that were asked for `*`. */
  readonly allSegments?: true;
  readonly source?: SegmentJob['source'];
  readonly exportJobId?: number;
  readonly scheduleId?: string;
}

export interface SegmentJobRepository extends JobRepository<SegmentJob, string> {
  list(tenant: Tenant, filter: SegmentJobFilter, page: Page, sort?: SortOrder): Promise<Listed<SegmentJob>>;
  /** False where a job with the same scheduleId and scheduledFor, or the same client token, exists. */
  insert(tenant: Tenant, job: SegmentJob): Promise<boolean>;
}

export interface ExportJobFilter {
  readonly status?: JobStatus;
  /** Strictly older than this (creation time, then id): the cursor of the list endpoint. */
  readonly olderThan?: { readonly createdAt: number; readonly id: number };
}

export interface ExportJobRepository extends JobRepository<ExportJob, number> {
  list(tenant: Tenant, filter: ExportJobFilter, page: Page, sort?: SortOrder): Promise<Listed<ExportJob>>;
  /** Gives the job its number; answers the former one where there is one with its client token. */
  insert(tenant: Tenant, job: Omit<ExportJob, 'id'>): Promise<ExportJob>;
}

export interface BatchRepository extends ChangeableRepository<Batch, string> {
  listByDataset(tenant: Tenant, datasetId: string, page: Page, sort?: SortOrder): Promise<Listed<Batch>>;
  /** The file and the batch that it belongs to, by the file's id. */
  findFile(
    tenant: Tenant,
    fileId: string,
  ): Promise<{ readonly batch: Batch; readonly file: BatchFile; readonly path: string } | undefined>;
}

/**
 * One tenant's profiles, events and memberships. Reads run side by side; ingests and evaluations one at a time.
 *
 * What is one person depends on a merge rule: the tables of each rule are built when it is first asked for, and anew
 * after an import (those of the default policy by the import itself). Where no rule is named, the default policy's is
 * meant, and where there is no such policy: nobody is stitched, the newest value counts.
 */
export interface ProfileData {
  readonly tenant: Tenant;
  /** Built-in fields and those that imports brought or operators added. */
  schema(): Promise<UnionSchema>;
  /** The fields beside the built-in ones, in the order in which they came. */
  ownFields(): Promise<readonly OwnField[]>;
  /** @throws FieldConflictError when a field is there with another type, or its path leads through a value. */
  addFields(fields: readonly FieldDefinition[]): Promise<void>;
  counts(mergeRule?: MergeRule): Promise<{ readonly profiles: number; readonly events: number }>;

  /** Where an upload of a batch's file is put before `ingest`: an existing folder, its own for each batch. */
  uploadFolder(batchId: string): Promise<string>;
  /**
   * Reads the uploaded files of one open batch into a new generation, and in one transaction makes that generation
   * current and the batch `success` (or `failed` when no row was good). Rejected rows are kept, each with its line.
   */
  ingest(request: IngestRequest): Promise<IngestReport>;
  /** The first rows that imports brought to a dataset, as nested XDM; deleted ones are left out. */
  datasetRows(datasetId: string, limit: number): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** The datasets whose records profiles were made of. */
  recordDatasets(): Promise<readonly string[]>;
  /** The rejected rows of a batch. */
  rejectedRows(batchId: string, page: Page): Promise<Listed<RejectedRow>>;
  /** All of them, in pages: as many as the batch has may be more than memory holds. */
  everyRejectedRow(batchId: string): AsyncIterable<readonly RejectedRow[]>;

  /**
   * Runs each pass of compiled rules over all profiles as its merge rule makes them, and compares the results with the
   * memberships as they stand (transition table of the membership contract, three statuses). Then, in one transaction
   * for all passes: the new memberships become current and the job SUCCEEDED with its counters. Answers undefined, and
   * changes nothing, when the job was no longer PROCESSING.
   * @throws AbortError when `signal` fires; nothing is changed then.
   */
  evaluate(request: EvaluationRequest): Promise<SegmentJob | undefined>;

  /** The data as they stand now, to be read by SQL and written to files; the caller closes it. */
  openExport(options: {
    readonly mergeRule?: MergeRule | undefined;
    /** Segments that must be among the memberships even where people of another merge rule were evaluated. */
    readonly segmentIds?: readonly string[];
    readonly signal: AbortSignal;
  }): Promise<ExportSession>;

  /** The people and events as they stand now, to be read only; the caller closes it. */
  openSample(options: {
    readonly mergeRule?: MergeRule | undefined;
    readonly signal: AbortSignal;
  }): Promise<SampleSession>;

  /** How many people have rows in which datasets; the sample is the first so many of them. */
  datasetOverlap(options: {
    readonly mergeRule?: MergeRule | undefined;
    readonly sampleSize: number;
  }): Promise<readonly DatasetOverlap[]>;

  /**
   * The merged profile that owns an identity (namespace compared without case).
   * @throws TooManyIdentities where more than 50 identities are linked to this one.
   */
  profileByIdentity(
    identity: { readonly namespace: string; readonly id: string },
    mergeRule?: MergeRule,
  ): Promise<ProfileEntity | undefined>;

  /**
   * Events of the person who owns an identity; undefined where there is no such person.
   * @throws TooManyIdentities
   */
  eventsByIdentity(
    identity: { readonly namespace: string; readonly id: string },
    wanted: EventsToFind & { readonly mergeRule?: MergeRule | undefined },
  ): Promise<EventsOfPerson | undefined>;

  /**
   * Takes the person who owns an identity out of the data, with all records and events up to now; what is imported later
   * counts again. Datasets and batches stay as they are. False where nobody has it.
   */
  forgetPerson(
    identity: { readonly namespace: string; readonly id: string },
    mergeRule?: MergeRule,
  ): Promise<boolean>;
}

/** People who have rows in just these datasets. */
export interface DatasetOverlap {
  /** Sorted. */
  readonly datasetIds: readonly string[];
  readonly people: number;
  /** Of them, those in the sample. */
  readonly sampled: number;
}

/** The person who owns an identity, and some of their events. */
export interface EventsOfPerson {
  readonly xid: string;
  readonly events: readonly EventEntity[];
}

export interface EventsToFind {
  /** By time, then by id. */
  readonly direction: 'asc' | 'desc';
  /** Epoch ms, inclusive. */
  readonly from?: number | undefined;
  /** Epoch ms, exclusive. */
  readonly to?: number | undefined;
  /** Begins with this event, or where it would stand. */
  readonly first?: EventPlace | undefined;
  readonly limit: number;
}

/** Where an event stands among those of its person. */
export type EventPlace = Pick<EventEntity, 'id' | 'timeUs'>;

export interface EventEntity {
  readonly id: string;
  /** Epoch microseconds, the precision that events are kept in. */
  readonly timeUs: number;
  /** Nested XDM. */
  readonly entity: Readonly<Record<string, unknown>>;
  readonly lastModifiedAt: number;
}

export interface OwnField extends FieldDefinition {
  /** The type that an import guessed may grow; one that an operator gave stays. */
  readonly origin: 'import' | 'operator';
}

/** Work done so far. */
export type ReportProgress = (progress: {
  readonly done: number;
  readonly total: number;
}) => void | Promise<void>;

export interface IngestRequest {
  readonly batch: Batch;
  readonly entity: 'profile' | 'event';
  /** Paths of uploaded files, in order. */
  readonly files: readonly string[];
  readonly at: number;
  readonly onProgress?: ReportProgress;
  readonly signal?: AbortSignal;
}

export interface IngestReport {
  readonly batch: Batch;
  readonly accepted: number;
  readonly rejected: number;
  readonly newFields: readonly FieldDefinition[];
  /** Fields that rules cannot use, and why; their values stay with the rows. */
  readonly notes: readonly { readonly path: string; readonly why: string }[];
}

export interface RejectedRow {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** A stable word, as docs/import.md lists them: invalid-json, no-identity, wrong-type, … */
  readonly code: string;
  readonly reason: string;
  /** The row itself; of one that is too large its beginning. It is a person's data: never logged. */
  readonly row: string;
}

export interface EvaluationRequest {
  /** With the errors that it is to end with, though it succeeds. */
  readonly job: SegmentJob;
  /** Each segment of the job is in one of them. */
  readonly passes: readonly MergedPass[];
  /** The fixed clock of the run. */
  readonly at: number;
  /** Called after each range of profiles; the pass waits for it. */
  readonly onProgress?: ReportProgress;
  readonly signal: AbortSignal;
}

/** Rules that are evaluated on the same people. */
export interface MergedPass {
  readonly mergeRule: MergeRule;
  /** Each segment is in one of them. */
  readonly slices: readonly PassSlice[];
}

/** As many rules as one statement takes well. */
export interface PassSlice {
  /** One for each rule of the pass, in the same order. */
  readonly segmentIds: readonly string[];
  readonly pass: CompiledPass;
}

/**
 * One state of the data for the length of a preview or estimate. Views: `profile` and `event` with the columns of
 * `columnsOf`, `owner("#pid", "set")` and `namespace_set("set", code)`. `#pid` counts from 0 in the order of a hash of the primary identity, so
 * any range of it is a fair sample of the people.
 */
export interface SampleSession {
  readonly schema: UnionSchema;
  /** People there are; their `#pid` goes up to one less. */
  readonly profiles: number;
  /** Number of a set of namespaces -> their codes in order, as `namespace_set` has them. */
  readonly codesOfSets: ReadonlyMap<number, readonly string[]>;
  /** The SELECT of a pass, of no more columns than it reads; for `rows`, with the parameters of the pass. */
  passSql(pass: CompiledPass): string;
  /** SELECT of `#pid`, `#xid` and the columns of these paths, of all people. */
  profilesSql(paths: readonly string[]): string;
  /** @throws AbortError when the signal of the session fires. */
  rows(sql: string, parameters?: SqlParameters): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): Promise<void>;
}

/**
 * One state of the data for the length of an export. Tables: `profile` (with `#set`) and `event` with the columns of `columnsOf`,
 * `owner("#pid", "set")`, `namespace_set("set", code)`, and `membership(segment_id, "#pid", status, qualified_at)` with the status as a word.
 * Tables of its own are temporary, in `temp.main`, and go with the session.
 */
export interface ExportSession {
  readonly schema: UnionSchema;
  /** Paths of columns that hold anything. */
  readonly presentPaths: { readonly profile: ReadonlySet<string>; readonly event: ReadonlySet<string> };
  /** @throws AbortError when the signal of the session fires, as all that follow. */
  run(sql: string, parameters?: SqlParameters): Promise<void>;
  rows(sql: string, parameters?: SqlParameters): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Writes the rows of a SELECT as SNAPPY Parquet to a file that is not kept before `commit`. */
  writeParquet(file: {
    readonly batchId: string;
    readonly name: string;
    readonly select: string;
  }): Promise<WrittenFile>;
  /**
   * In one transaction: these batches become `success`, those of the dataset's former exports `deleted`, the job
   * SUCCEEDED. Undefined, and no file left, when the job was no longer PROCESSING.
   */
  commit(outcome: ExportOutcome): Promise<ExportJob | undefined>;
  /** Removes what was written and not committed. */
  close(): Promise<void>;
}

export type SqlParameters = Readonly<Record<string, string | number | boolean>>;

export interface ExportOutcome {
  readonly jobId: number;
  readonly datasetId: string;
  readonly batches: readonly { readonly id: string; readonly files: readonly BatchFile[] }[];
  /** Rows written, over all batches. */
  readonly exportedProfiles: number;
  readonly byNamespace: Readonly<Record<string, number>>;
}

export interface WrittenFile {
  readonly name: string;
  readonly sizeBytes: number;
  readonly rowCount: number;
}

export interface ProfileEntity {
  readonly xid: string;
  /** Nested XDM with identityMap and segmentMembership. */
  readonly entity: Readonly<Record<string, unknown>>;
  readonly lastModifiedAt: number;
}
