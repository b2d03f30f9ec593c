import type { JobPageRequest, SourcePage } from '../datasources';
import type { CursorsOfList } from '../datasources/list-cursors';
import { mapEdges } from '../mapping/connection.mapping';
import { toExportJob } from '../mapping/export-job.mapping';
import { toSegmentJob } from '../mapping/segment-job.mapping';
import type { Connection, Edge } from '../schema/connection';
import type { ExportJob } from '../schema/export-job.type';
import type { JobKind } from '../schema/job.type';
import type { SegmentJob } from '../schema/segment-job.type';
import type { GatewayContext } from './context';

type AnyJob = SegmentJob | ExportJob;

/** A place in the merged list. */
interface MergedPlace {
  /** How far each list has been read: its own cursor; none where nothing was taken from it yet. */
  readonly positions: Readonly<Partial<Record<JobKind, string>>>;
  /** When the last job before the place was created, ms; null at the start. What is newer came later, and lies above. */
  readonly createdAtMs: number | null;
}

/** A page of jobs, and those in which something could not be read. */
type MappedPage = SourcePage<AnyJob> & { readonly suspects: ReadonlySet<AnyJob> };
/** One kind's page, and whether it holds all that was asked for of what there is. */
type KindPage = MappedPage & { readonly kind: JobKind };

/**
 * Both kinds of job in one list, newest first. Each list is asked for one page behind its own cursor, and the two are
 * merged; a merged cursor holds both, so they stay bound to their filter as the lists' own cursors are.
 *
 * @throws BadCursor where `after` is no cursor of this list, or one of other kinds or another filter.
 */
export async function loadMergedJobs(
  context: GatewayContext,
  kinds: readonly JobKind[],
  request: JobPageRequest,
): Promise<Connection<AnyJob>> {
  const cursors = context.cursors.of(['jobs', kinds.toSorted()]);
  const start = request.after === undefined ? listStart : readPlace(cursors.read(request.after));
  const pages = await Promise.all(kinds.map((kind) => loadPage(context, { kind, start, request })));
  const newestFirst = pages
    .flatMap(({ edges }) => edges)
    .sort((left, right) => compareJobs(left.node, right.node));
  const taken = newestFirst.slice(0, countKnownOrder(newestFirst, pages, request.first));
  const edges = toMergedEdges(taken, start, cursors);
  const end = placeBehind(taken, pages, start);
  const suspects = new Set(pages.flatMap((page) => [...page.suspects]));
  const troubles = pages.flatMap(({ trouble }) => trouble ?? []);
  const totals = pages.map(({ totalCount }) => totalCount);
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: newestFirst.length > edges.length || pages.some(({ hasNextPage }) => hasNextPage),
      hasPreviousPage: request.after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: Object.keys(end.positions).length > 0 ? writePlace(cursors, end) : null,
    },
    totalCount: totals.reduce<number | null>(
      (sum, total) => (sum === null || total === null ? null : sum + total),
      0,
    ),
    ...(suspects.size > 0 && { suspects }),
    ...(troubles.length > 0 && { troubles }),
  };
}

async function loadPage(
  { sources }: GatewayContext,
  asked: { readonly kind: JobKind; readonly start: MergedPlace; readonly request: JobPageRequest },
): Promise<KindPage> {
  const { kind, start } = asked;
  const request = { ...asked.request, after: start.positions[kind] };
  const page =
    kind === 'SEGMENT'
      ? mapPage(await sources.segmentJobs.page(request), toSegmentJob)
      : mapPage(await sources.exportJobs.page(request), toExportJob);
  return { ...page, kind, edges: page.edges.filter(({ node }) => isBehind(node, start)) };
}

/** False for what came since, at the top of a list of which nothing was taken yet. */
function isBehind(job: AnyJob, { positions, createdAtMs }: MergedPlace): boolean {
  return positions[job.kind] !== undefined || createdAtMs === null || createdMs(job) <= createdAtMs;
}

function mapPage<Wire>(page: SourcePage<Wire>, toNode: (wire: Wire) => AnyJob): MappedPage {
  return { ...page, ...mapEdges(page.edges, toNode) };
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
  start: MergedPlace,
  cursors: CursorsOfList,
): Edge<AnyJob>[] {
  let { positions } = start;
  return taken.map(({ cursor, node }) => {
    positions = { ...positions, [node.kind]: cursor };
    return { cursor: writePlace(cursors, { positions, createdAtMs: knownMs(node) }), node };
  });
}

/** Where to go on in each list: behind its last job that was taken, or at its page's end where all of them were. */
function placeBehind(
  taken: readonly Edge<AnyJob>[],
  pages: readonly KindPage[],
  start: MergedPlace,
): MergedPlace {
  const entries = pages.flatMap(({ kind, edges, endCursor }): [JobKind, string][] => {
    const ofKind = taken.filter(({ node }) => node.kind === kind);
    const position = ofKind.length === edges.length ? endCursor : ofKind.at(-1)?.cursor;
    const known = position ?? start.positions[kind];
    return known === undefined ? [] : [[kind, known]];
  });
  const createdAtMs = lastMs(taken, start);
  return { positions: Object.fromEntries(entries), createdAtMs };
}

function compareJobs(left: AnyJob, right: AnyJob): number {
  return createdMs(right) - createdMs(left) || left.kind.localeCompare(right.kind);
}

/** What cannot be read as a time is the oldest. */
function createdMs(job: AnyJob): number {
  return knownMs(job) ?? 0;
}

function knownMs({ createdAt }: AnyJob): number | null {
  return createdAt instanceof Date ? createdAt.getTime() : null;
}

function lastMs(taken: readonly Edge<AnyJob>[], start: MergedPlace): number | null {
  const last = taken.at(-1);
  return last === undefined ? start.createdAtMs : knownMs(last.node);
}

const listStart: MergedPlace = { positions: {}, createdAtMs: null };

function writePlace(cursors: CursorsOfList, { positions, createdAtMs }: MergedPlace): string {
  return cursors.write(JSON.stringify([createdAtMs, positions]));
}

/** What `writePlace` wrote; texts come from sealed cursors alone, so nothing else comes. */
function readPlace(text: string): MergedPlace {
  const [createdAtMs, positions] = JSON.parse(text) as [number | null, MergedPlace['positions']];
  return { positions, createdAtMs };
}
