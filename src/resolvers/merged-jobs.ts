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

/** One kind's page, and whether it holds all that was asked for of what there is. */
type KindPage = SourcePage<AnyJob> & { readonly kind: JobKind };

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
    kinds.map(async (kind) => ({
      ...(await loadPage(context, kind, { ...request, after: start[kind] })),
      kind,
    })),
  );
  const newestFirst = pages
    .flatMap(({ edges }) => edges)
    .sort((left, right) => compareJobs(left.node, right.node));
  const taken = newestFirst.slice(0, countKnownOrder(newestFirst, pages, request.first));
  const edges = toMergedEdges(taken, start, kinds);
  const end = positionsBehind(taken, pages, start);
  const totals = pages.map(({ totalCount }) => totalCount);
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: newestFirst.length > edges.length || pages.some(({ hasNextPage }) => hasNextPage),
      hasPreviousPage: request.after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: Object.keys(end).length > 0 ? writePositions(end, kinds) : null,
    },
    totalCount: totals.reduce<number | null>(
      (sum, total) => (sum === null || total === null ? null : sum + total),
      0,
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

/**
 * How many of the merged jobs certainly come next. A page that is short although its list goes on (a filter that is
 * applied here matched little) may be followed by jobs that are newer than the other kind's: what is older than its last
 * job has to wait.
 */
function countKnownOrder(
  newestFirst: readonly Edge<AnyJob>[],
  pages: readonly KindPage[],
  first: number,
): number {
  const horizons = pages
    .filter(({ hasNextPage, edges }) => hasNextPage && edges.length < first)
    .map(({ edges }) => newestFirst.findIndex(({ node }) => node === edges.at(-1)?.node) + 1);
  return Math.min(first, newestFirst.length, ...horizons);
}

function toMergedEdges(
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

/** Where to go on in each list: behind its last job that was taken, or at its page's end where all of them were. */
function positionsBehind(
  taken: readonly Edge<AnyJob>[],
  pages: readonly KindPage[],
  start: Positions,
): Positions {
  const entries = pages.flatMap(({ kind, edges, endCursor }): [JobKind, string][] => {
    const ofKind = taken.filter(({ node }) => node.kind === kind);
    const position = ofKind.length === edges.length ? endCursor : ofKind.at(-1)?.cursor;
    const known = position ?? start[kind];
    return known === undefined ? [] : [[kind, known]];
  });
  return Object.fromEntries(entries);
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
