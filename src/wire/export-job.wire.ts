import type {
  JobErrorWire,
  MergePolicyRefWire,
  SandboxWire,
  SchemaRefWire,
  TimeSpanWire,
} from './common.wire';

export interface ExportSegmentWire {
  segmentId: string;
  segmentNs?: string;
  /** realized, existing, exited; an array in one Adobe example and a string in the next (quirk N3). */
  status?: string[] | string;
}

export interface ExportFilterWire {
  segments?: ExportSegmentWire[];
  segmentQualificationTime?: { startTime?: string; endTime?: string };
  /** RFC 3339; profiles whose merged record changed strictly after it. */
  fromIngestTimestamp?: string;
  emptyProfiles?: boolean;
}

export interface ExportBatchWire extends ExportSegmentWire {
  batchId?: string;
}

/** Request: `datasetId`. Answer: a `batchId`, or `dataSetId` and `batches` when there is one per segment (quirks N1, N2). */
export interface ExportDestinationWire {
  datasetId?: string;
  dataSetId?: string;
  segmentPerBatch?: boolean;
  /** `""` where there is none (quirk N4). */
  batchId?: string;
  batches?: ExportBatchWire[];
}

export interface ExportEventsWire {
  eventList?: { fields?: string; filter?: { fromIngestTimestamp?: string; toIngestTimestamp?: string } };
}

/** POST body. Source: `/data/core/ups/export/jobs`. */
export interface ExportJobBodyWire {
  /** Comma-separated dotted paths; blank means all. */
  fields?: string;
  mergePolicy?: MergePolicyRefWire;
  /** None, or none with `segments`: every profile. */
  filter?: ExportFilterWire;
  additionalFields?: ExportEventsWire;
  destination: ExportDestinationWire;
  schema: SchemaRefWire;
  evaluationInfo?: { segmentation?: boolean };
}

export interface ExportJobWire extends ExportJobBodyWire {
  /** A number, ascending by creation (quirk T1). */
  id: number;
  jobType?: string;
  /** NEW PROCESSING SUCCEEDED FAILED CANCELLING CANCELLED, or one added later. */
  status: string;
  metrics?: {
    totalTime?: TimeSpanWire;
    profileExportTime?: TimeSpanWire;
    aCPDatasetWriteTime?: TimeSpanWire;
    totalExportedProfileCounter?: number;
    exportedProfileByNamespaceCounter?: Record<string, number>;
  };
  /** 0 to 1 while PROCESSING; the embedded platform's own. */
  progress?: number;
  computeGatewayJobId?: { exportJob?: string; pushJob?: string };
  errors?: JobErrorWire[];
  profileInstanceId?: string;
  imsOrgId?: string;
  sandbox?: SandboxWire;
  requestId?: string;
  /** ms */
  creationTime: number;
  updateTime: number;
}

export interface ExportJobListWire {
  records: ExportJobWire[];
  /** `pageOffset`: `<creationTime>_<id>` of the last record on the page. */
  page: { sortField: string; sort: string; pageOffset: string; pageSize: number };
  /** `/export/jobs/?limit=2&offset=<creationTime>_<id>`, or `""` on the last page. */
  link: { next: string };
}
