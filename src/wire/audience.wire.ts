import type { SandboxWire, SchemaRefWire } from './common.wire';
import type { EvaluationInfoWire, ExpressionWire } from './segment-definition.wire';

/** An audience, ours or from elsewhere. Source: `/data/core/ups/audiences`. Times: `…Time` ms, `…Epoch` s (quirk D1). */
export interface AudienceWire {
  id: string;
  /** Of ours the same as `id`. */
  audienceId: string;
  name: string;
  description?: string;
  type: string;
  originName: string;
  namespace: string;
  lifecycleState: string;
  labels: string[];
  isSystem: boolean;
  imsOrgId: string;
  sandbox: SandboxWire;
  creationTime: number;
  createEpoch: number;
  updateTime: number;
  updateEpoch: number;
  _etag: string;
  /** From here on: of ours alone. */
  schema?: SchemaRefWire;
  profileInstanceId?: string;
  expression?: ExpressionWire;
  mergePolicyId?: string;
  evaluationInfo?: EvaluationInfoWire;
  dataGovernancePolicy?: { excludeOptOut: boolean };
  ttlInDays?: number;
  /** Who uses it, and what it uses, by id (quirk N40). */
  dependents?: string[];
  dependencies?: string[];
  definedOn?: Record<string, string>[];
  overridePerformanceWarnings?: boolean;
  /** From here on: of others alone. */
  datasetId?: string;
  linkedAudienceRef?: Record<string, string>;
}

export interface AudienceListWire {
  children: AudienceWire[];
  /** `next` is absent on the last page. */
  _page: {
    totalCount: number;
    totalPages: number;
    sortField: string;
    sort: string;
    pageSize: number;
    limit: number;
    start: number;
    next?: number;
  };
  _links: { next: { href?: string } };
}
