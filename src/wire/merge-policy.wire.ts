import type { SandboxWire, SchemaRefWire } from './common.wire';

/** Source: `/data/core/ups/config/mergePolicies`. */
export interface MergePolicyWire {
  id: string;
  name?: string;
  schema: SchemaRefWire;
  identityGraph: { type: string };
  attributeMerge: { type: string; order?: string[] };
  /** A string in one Adobe example (quirk N21). */
  isActiveOnEdge?: boolean | string;
  default?: boolean;
  version?: number;
  imsOrgId?: string;
  sandbox?: SandboxWire;
  /** s */
  updateEpoch?: number;
}

/** `_links.next.href` is `@/mergePolicies?start=…`, or `""` on the last page. */
export interface MergePolicyListWire {
  _page: { totalCount: number; pageSize: number };
  children: MergePolicyWire[];
  _links: { next: { href?: string } };
}
