import { BadCursor } from '../errors/bad-cursor';
import { decodeCursor, encodeCursor } from '../lib/cursor';
import { isRecord } from '../lib/is-record';
import type { JobPageRequest, SourcePage } from '../datasources';
import { toExportJob } from '../mapping/export-job.mapping';
import { toSegmentJob } from '../mapping/segment-job.mapping';
import type { Connection, Edge } from '../schema/connection';
import type { ExportJob } from '../schema/export-job.type';
import type { JobKind } from '../schema/job.type';
import type { SegmentJob } from '../schema/segment-job.type';
import type { GatewayContext } from './context';

type AnyJob = SegmentJob | ExportJob;
/** How far each list has been read: the cursor of the last job taken from it. */
type Positions = Readonly<Partial<Record<JobKind, string>>>;

/**
 * Both kinds of job in one list, newest first. Each list is asked for one page behind its own cursor, and the two are
 * merged; a merged cursor holds both, so they stay bound to their filter as the lists' own cursors are.
 *
 * @throws BadCursor where `after` is no cursor of this list, or one of other kinds.
 */
export async function loadMergedJobs(
  context: GatewayContext,
  kinds: readonly JobKind[],
  request: JobPageRequest,
): Promise<Connection<AnyJob>> {
  const start = request.after === undefined ? {} : readPositions(request.after, kinds);
  const pages = await Promise.all(
    kinds.map((kind) => loadPage(context, kind, { ...request, after: start[kind] })),
  );
  const newestFirst = pages
    .flatMap(({ edges }) => edges)
    .sort((left, right) => compareJobs(left.node, right.node));
  const edges = takeEdges(newestFirst.slice(0, request.first), start, kinds);
  const totals = pages.map(({ totalCount }) => totalCount);
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: newestFirst.length > edges.length || pages.some(({ hasNextPage }) => hasNextPage),
      hasPreviousPage: request.after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: totals.reduce(
      (sum, total) => (sum === null || total === null ? null : sum + total),
      0 as number | null,
    ),
  };
}

async function loadPage(
  context: GatewayContext,
  kind: JobKind,
  request: JobPageRequest,
): Promise<SourcePage<AnyJob>> {
  if (kind === 'SEGMENT') return mapPage(await context.sources.segmentJobs.page(request), toSegmentJob);
  return mapPage(await context.sources.exportJobs.page(request), toExportJob);
}

function mapPage<Wire>(page: SourcePage<Wire>, toNode: (wire: Wire) => AnyJob): SourcePage<AnyJob> {
  return { ...page, edges: page.edges.map(({ cursor, node }) => ({ cursor, node: toNode(node) })) };
}

function takeEdges(
  taken: readonly Edge<AnyJob>[],
  start: Positions,
  kinds: readonly JobKind[],
): Edge<AnyJob>[] {
  let positions = start;
  return taken.map(({ cursor, node }) => {
    positions = { ...positions, [node.kind]: cursor };
    return { cursor: writePositions(positions, kinds), node };
  });
}

function compareJobs(left: AnyJob, right: AnyJob): number {
  return right.createdAt.getTime() - left.createdAt.getTime() || left.kind.localeCompare(right.kind);
}

function writePositions(positions: Positions, kinds: readonly JobKind[]): string {
  return encodeCursor(bindingOf(kinds), JSON.stringify(positions));
}

function readPositions(cursor: string, kinds: readonly JobKind[]): Positions {
  const decoded = decodeCursor(bindingOf(kinds), cursor);
  if (decoded.kind === 'foreign') throw new BadCursor('it belongs to another list');
  const positions = decoded.kind === 'position' ? parsePositions(decoded.position) : null;
  if (positions === null) throw new BadCursor('it is not a cursor of a jobs list');
  const { SEGMENT, EXPORT } = positions;
  return {
    ...(typeof SEGMENT === 'string' && { SEGMENT }),
    ...(typeof EXPORT === 'string' && { EXPORT }),
  };
}

function bindingOf(kinds: readonly JobKind[]): string {
  return `jobs ${kinds.join(' ')}`;
}

function parsePositions(text: string): { readonly SEGMENT?: unknown; readonly EXPORT?: unknown } | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}
