import type { SandboxWire, SchemaRefWire } from './common.wire';

/** `value` of `pql/json` is a JSON string. */
export interface ExpressionWire {
  type: string;
  format: string;
  value: string;
  meta?: string | undefined;
}

export interface EvaluationInfoWire {
  batch?: { enabled: boolean };
  continuous?: { enabled: boolean };
  synchronous?: { enabled: boolean };
}

/** A segment definition. Source: `/data/core/ups/segment/definitions`. Times: `…Time` ms, `…Epoch` s (quirk D1). */
export interface SegmentDefinitionWire {
  id: string;
  name: string;
  description?: string;
  schema: SchemaRefWire;
  expression: ExpressionWire;
  mergePolicyId?: string;
  evaluationInfo?: EvaluationInfoWire;
  dataGovernancePolicy?: { excludeOptOut: boolean };
  ttlInDays?: number;
  profileInstanceId?: string;
  imsOrgId?: string;
  sandbox?: SandboxWire;
  /** ms; 0 right after create in Adobe's examples (quirk D3). */
  creationTime?: number;
  updateTime?: number;
  /** s */
  updateEpoch?: number;
}

export interface SegmentDefinitionListWire {
  segments: SegmentDefinitionWire[];
  page: {
    totalCount: number;
    totalPages: number;
    sortField: string;
    sort: string;
    pageSize: number;
    limit: number;
  };
  /** `{}` on the last page. */
  link: { next?: string };
}

/** POST and PATCH body; PATCH takes any part of it (a shallow merge, not JSON Patch; quirk M8). */
export interface SegmentDefinitionBodyWire {
  name: string;
  description?: string;
  schema: SchemaRefWire;
  expression: ExpressionWire;
  mergePolicyId?: string;
  evaluationInfo?: EvaluationInfoWire;
}

/**
 * What POST /segment/conversion answers: the rule in its other form. No id: nothing is kept. Adobe's OpenAPI file has
 * `name` and `schema` as mandatory, its documents leave them out.
 */
export interface ConversionWire {
  name?: string;
  schema?: SchemaRefWire;
  ttlInDays?: number;
  imsOrgId?: string;
  sandbox?: SandboxWire;
  description?: string;
  expression: ExpressionWire;
}
