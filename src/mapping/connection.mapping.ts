import type { Connection, Edge } from '../schema/connection';
import { mapNoting } from './misread';

/** A page of wire records, however its list pages. */
interface PageLike<Wire> {
  readonly edges: readonly { readonly cursor: string; readonly node: Wire }[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly totalCount: number | null;
  readonly endCursor: string | null;
  readonly trouble?: Error;
}

/** Any list as one connection. Cursors are made when they are asked for: they cost more than all else of an edge. */
export function toConnection<Wire, Node>(
  page: PageLike<Wire>,
  toNode: (wire: Wire) => Node,
): Connection<Node> {
  const { edges, suspects } = mapEdges(page.edges, toNode);
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
    ...(suspects.size > 0 && { suspects }),
    ...(page.trouble !== undefined && { troubles: [page.trouble] }),
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

/** Maps the records of a page; `suspects` are the nodes in which something could not be read. */
export function mapEdges<Wire, Node>(
  edges: readonly { readonly cursor: string; readonly node: Wire }[],
  toNode: (wire: Wire) => Node,
): { readonly edges: readonly Edge<Node>[]; readonly suspects: ReadonlySet<Node> } {
  const suspects = new Set<Node>();
  const mapped = edges.map((edge) => {
    const { value, isSuspect } = mapNoting(() => toNode(edge.node));
    if (isSuspect) suspects.add(value);
    return new MappedEdge(edge, value);
  });
  return { edges: mapped, suspects };
}
