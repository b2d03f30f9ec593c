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
  /** In both of Adobe's forms; `next` is `""` on the last page. */
  _page: { totalCount: number; pageSize: number; count?: number; next?: string };
  children: MergePolicyWire[];
  _links: { next: { href?: string } };
}
