import type { Connection } from '../schema/connection';

/** A page of wire records, however its list pages. */
interface PageLike<Wire> {
  readonly edges: readonly { readonly cursor: string; readonly node: Wire }[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly totalCount: number | null;
  readonly endCursor: string | null;
}

/** Any list as one connection. */
export function toConnection<Wire, Node>(
  page: PageLike<Wire>,
  toNode: (wire: Wire) => Node,
): Connection<Node> {
  const edges = page.edges.map(({ cursor, node }) => ({ cursor, node: toNode(node) }));
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: page.hasNextPage,
      hasPreviousPage: page.hasPreviousPage,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: page.endCursor,
    },
    totalCount: page.totalCount,
  };
}
