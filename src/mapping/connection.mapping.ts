import type { Connection } from '../schema/connection';

/** A page of wire records, however its list pages. */
interface PageLike<Wire> {
  readonly edges: readonly { readonly cursor: string; readonly node: Wire }[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly totalCount: number | null;
  readonly endCursor: string | null;
}

/** Any list as one connection. Cursors are made when they are asked for: they cost more than all else of an edge. */
export function toConnection<Wire, Node>(
  page: PageLike<Wire>,
  toNode: (wire: Wire) => Node,
): Connection<Node> {
  const edges = page.edges.map((edge) => new MappedEdge(edge, toNode(edge.node)));
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: page.hasNextPage,
      hasPreviousPage: page.hasPreviousPage,
      get startCursor() {
        return edges[0]?.cursor ?? null;
      },
      get endCursor() {
        return page.endCursor;
      },
    },
    totalCount: page.totalCount,
  };
}

class MappedEdge<Node> {
  constructor(
    private readonly source: { readonly cursor: string },
    readonly node: Node,
  ) {}

  get cursor(): string {
    return this.source.cursor;
  }
}
