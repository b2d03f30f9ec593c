import type {
  ChildrenPageWire,
  JobErrorWire,
  MergePolicyRefWire,
  SandboxWire,
  SchemaRefWire,
  TimeSpanWire,
} from './common.wire';
import type { ExpressionWire } from './segment-definition.wire';

export interface SegmentJobSegmentWire {
  /** `*` stands for every definition (quirk N14). */
  segmentId: string;
  segment?: {
    id: string;
    version?: number;
    expression: ExpressionWire;
    mergePolicyId?: string;
    mergePolicy?: MergePolicyRefWire;
  };
  /** As it was sent with the job. */
  snapshot?: { name: string; ttlInDays?: number | undefined };
}

export interface SegmentJobMetricsWire {
  totalTime?: TimeSpanWire;
  /** `{}` while running. */
  profileSegmentationTime?: TimeSpanWire;
  totalProfiles?: number;
  segmentedProfileCounter?: Record<string, number>;
  segmentedProfileByNamespaceCounter?: Record<string, Record<string, number>>;
  segmentedProfileByStatusCounter?: Record<string, { realized?: number; existing?: number; exited?: number }>;
  totalProfilesByMergePolicy?: Record<string, number>;
}

/** Source: `/data/core/ups/segment/jobs`. */
export interface SegmentJobWire {
  id: string;
  imsOrgId?: string;
  sandbox?: SandboxWire;
  profileInstanceId?: string;
  source?: 'scheduler' | 'api';
  /** NEW QUEUED PROCESSING CANCELLING CANCELLED SUCCEEDED FAILED, or one added later. */
  status: string;
  batchId?: string;
  computeJobId?: number;
  computeGatewayJobId?: string;
  schema?: SchemaRefWire;
  segments: SegmentJobSegmentWire[];
  metrics?: SegmentJobMetricsWire;
  /** 0 to 1 while PROCESSING. Adobe names the field without saying what it holds; the embedded platform measures it. */
  progress?: number;
  errors?: JobErrorWire[];
  requestId?: string;
  /** Of scheduled jobs. `dueTime` (ms) and `late` are the embedded platform's alone. */
  properties?: { scheduleId?: string; runId?: string; dueTime?: number; late?: boolean };
  _links?: { cancel?: { href: string; method: string }; checkStatus?: { href: string; method: string } };
  creationTime: number;
  updateTime: number;
  updateEpoch?: number;
}

export type SegmentJobListWire = ChildrenPageWire<SegmentJobWire>;

/** POST body: a bare list of ids, or `{ schema, segments: [{ segmentId: '*' }] }` for all. */
export type SegmentJobBodyWire =
  { segmentId: string }[] | { schema: SchemaRefWire; segments: { segmentId: string }[] };
