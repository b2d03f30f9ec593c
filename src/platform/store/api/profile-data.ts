import type { FieldDefinition, UnionSchema } from '../../../xdm/union-schema';
import type { MergeRule, SegmentJob, Tenant } from '../../records';
import type { EvaluationRequest } from './evaluation';
import type { EventsOfPerson, EventsToFind } from './events';
import type { ExportSession } from './export-session';
import type { IngestReport, IngestRequest, OwnField, RejectedRow } from './ingest';
import type { DatasetOverlap, ProfileEntity } from './people';
import type { Listed, Page } from './repository';
import type { SampleSession } from './sample-session';

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
