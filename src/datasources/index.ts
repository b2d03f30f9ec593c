import type { AudienceTemplateBodyWire, AnyAudienceTemplateWire } from '../wire/audience-template.wire';
import type { BatchWire, DatasetBodyWire, DatasetWire } from '../wire/catalog.wire';
import type { ExportJobBodyWire, ExportJobWire } from '../wire/export-job.wire';
import type { MergePolicyWire } from '../wire/merge-policy.wire';
import type { EstimateWire, NewPreviewWire } from '../wire/preview.wire';
import type { ScheduleBodyWire, SchedulePatchWire, ScheduleWire } from '../wire/schedule.wire';
import type { SegmentDefinitionBodyWire, SegmentDefinitionWire } from '../wire/segment-definition.wire';
import type { SegmentJobWire } from '../wire/segment-job.wire';
import type { UpstreamInvalidResponse } from '../errors/upstream-error';
import type { FileAnswer } from './rest-call';

/**
 * Everything the gateway can ask of its upstream, by noun. Every method may throw an UpstreamError; `byId` throws
 * UpstreamNotFound; `find` answers null instead. Methods that take an id batch within one tick where Adobe has a bulk-get.
 */
export interface DataSources {
  readonly segmentDefinitions: SegmentDefinitionSource;
  readonly segmentJobs: SegmentJobSource;
  readonly exportJobs: ExportJobSource;
  readonly schedules: ScheduleSource;
  readonly audienceTemplates: AudienceTemplateSource;
  readonly mergePolicies: MergePolicySource;
  readonly catalog: CatalogSource;
  readonly dataAccess: DataAccessSource;
  readonly profiles: ProfileSource;
  readonly previews: PreviewSource;
}

/** `first` is 1 to 100; `after` is a cursor that an earlier page gave. A cursor of another list, filter or order: BadCursor. */
export interface PageRequest {
  readonly first: number;
  readonly after?: string | undefined;
}

export interface SourcePage<T> {
  readonly edges: readonly { readonly cursor: string; readonly node: T }[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  /** Null where the upstream does not tell, or where the filter was applied here. */
  readonly totalCount: number | null;
  /**
   * Where to go on after this page. The last edge's cursor as a rule; further on, and without any edge too, where a
   * filter that is applied here matched little in as much of the list as one request may read.
   */
  readonly endCursor: string | null;
  /** Why the list ends here although the upstream says that it goes on. Who needs all of it must not take this for the end. */
  readonly trouble?: UpstreamInvalidResponse;
}

/** The page, for those who would take its end for the end of the list. @throws UpstreamInvalidResponse its trouble */
export function withoutTrouble<T extends Pick<SourcePage<unknown>, 'trouble'>>(page: T): T {
  if (page.trouble !== undefined) throw page.trouble;
  return page;
}

export interface SegmentDefinitionSource {
  page(
    request: PageRequest & {
      nameContains?: string;
      evaluation?: 'BATCH' | 'STREAMING' | 'EDGE';
      orderBy?: { field: 'CREATED_AT' | 'UPDATED_AT' | 'NAME'; direction: 'ASC' | 'DESC' };
    },
  ): Promise<SourcePage<SegmentDefinitionWire>>;
  byId(id: string): Promise<SegmentDefinitionWire>;
  find(id: string): Promise<SegmentDefinitionWire | null>;
  create(body: SegmentDefinitionBodyWire): Promise<SegmentDefinitionWire>;
  update(id: string, body: Partial<SegmentDefinitionBodyWire>): Promise<SegmentDefinitionWire>;
  delete(id: string): Promise<void>;
}

export interface JobPageRequest extends PageRequest {
  readonly statuses?: readonly string[] | undefined;
  readonly segmentId?: string | undefined;
  readonly datasetId?: string | undefined;
  readonly scheduleId?: string | undefined;
  readonly createdAfter?: Date | undefined;
  readonly createdBefore?: Date | undefined;
}

export interface SegmentJobSource {
  page(request: JobPageRequest): Promise<SourcePage<SegmentJobWire>>;
  byId(id: string): Promise<SegmentJobWire>;
  find(id: string): Promise<SegmentJobWire | null>;
  /** The newest successful job that evaluated the segment, by name or among all; null before the first. Batched. */
  newestSucceeded(segmentId: string): Promise<SegmentJobWire | null>;
  create(segments: { ids: readonly string[] } | 'all'): Promise<SegmentJobWire>;
  /** Adobe answers at once; the effect follows. */
  cancel(id: string): Promise<void>;
}

export interface ExportJobSource {
  page(request: JobPageRequest): Promise<SourcePage<ExportJobWire>>;
  byId(id: string): Promise<ExportJobWire>;
  find(id: string): Promise<ExportJobWire | null>;
  create(body: ExportJobBodyWire): Promise<ExportJobWire>;
  cancel(id: string): Promise<void>;
}

export interface ScheduleSource {
  page(request: PageRequest): Promise<SourcePage<ScheduleWire>>;
  byId(id: string): Promise<ScheduleWire>;
  find(id: string): Promise<ScheduleWire | null>;
  create(body: ScheduleBodyWire): Promise<ScheduleWire>;
  patch(id: string, patch: SchedulePatchWire): Promise<void>;
  delete(id: string): Promise<void>;
}

export interface AudienceTemplateSource {
  page(request: PageRequest): Promise<SourcePage<AnyAudienceTemplateWire>>;
  byId(id: string): Promise<AnyAudienceTemplateWire>;
  find(id: string): Promise<AnyAudienceTemplateWire | null>;
  create(body: AudienceTemplateBodyWire): Promise<AnyAudienceTemplateWire>;
  replace(id: string, body: AudienceTemplateBodyWire): Promise<AnyAudienceTemplateWire>;
  delete(id: string): Promise<void>;
}

export interface MergePolicySource {
  page(request: PageRequest): Promise<SourcePage<MergePolicyWire>>;
  find(id: string): Promise<MergePolicyWire | null>;
}

/** Catalog's maps carry the id as their key only; here it stands in the record. */
export type WithId<T> = T & { readonly id: string };

export interface CatalogSource {
  /** `name`: those of exactly this name, where the upstream can tell; it may give others too. */
  datasets(request: PageRequest & { readonly name?: string }): Promise<SourcePage<WithId<DatasetWire>>>;
  findDataset(id: string): Promise<WithId<DatasetWire> | null>;
  createDataset(body: DatasetBodyWire): Promise<string>;
  deleteDataset(id: string): Promise<void>;
  batches(datasetId: string, request: PageRequest): Promise<SourcePage<WithId<BatchWire>>>;
  findBatch(id: string): Promise<WithId<BatchWire> | null>;
}

export interface SourceFile {
  /** Data Access: `dataSetFileId`. */
  readonly fileId: string;
  readonly name: string;
  readonly sizeBytes: bigint;
}

export interface DataAccessSource {
  /** All files of a batch; follows the pages. */
  files(batchId: string): Promise<readonly SourceFile[]>;
  /** First rows by ranged reads of the footer and the first row group. */
  rows(
    file: SourceFile,
    request: { first: number; columns?: readonly string[] | undefined },
  ): Promise<readonly Record<string, unknown>[]>;
  /** The file as a stream, or its headers alone, for the download route; a range is passed on. Answers 200, 206 or 416. */
  openFile(
    file: SourceFile,
    request: { method: 'GET' | 'HEAD'; range?: string | undefined },
  ): Promise<FileAnswer>;
}

export interface ProfileSource {
  /** Nested XDM with identityMap and segmentMembership; null where nobody has this identity. */
  byIdentity(identity: { namespace: string; id: string }): Promise<Record<string, unknown> | null>;
}

/** POST /preview. */
export interface NewPreviewBodyWire {
  readonly predicateExpression: string;
  readonly predicateType: 'pql/text' | 'pql/json';
  readonly predicateModel: string;
}

/** One profile of a preview, by XID. */
export interface PreviewMember {
  readonly id: string;
  /** As it came, in either form: `{ endCustomerIds }` or `{ relatedObjects }`. */
  readonly profile: unknown;
}

export interface PreviewSource {
  start(body: NewPreviewBodyWire): Promise<NewPreviewWire>;
  /** The state of a preview with what is known so far; read once for each set of sources. */
  byId(id: string): Promise<EstimateWire>;
  find(id: string): Promise<EstimateWire | null>;
  /** Some of the profiles that match, once the preview is ready. */
  members(id: string, request: PageRequest): Promise<SourcePage<PreviewMember>>;
}
