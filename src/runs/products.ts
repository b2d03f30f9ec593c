import { withoutTrouble } from '../datasources';
import type { DataSources, SourcePage } from '../datasources';
import { readSortTime } from '../datasources/upstream';
import { assertNever } from '../lib/assert';
import type { AudienceRunRecord, Product, ProductKind } from '../state/audience-run';
import type { DatasetBodyWire, DatasetWire } from '../wire/catalog.wire';
import type { ExportJobBodyWire, ExportJobWire } from '../wire/export-job.wire';
import type { SegmentJobWire } from '../wire/segment-job.wire';

/** How many of the newest ids are kept as the baseline: more than one, for one may be deleted meanwhile. */
const baselineCount = 5;
const maxLookBackPages = 5;

/**
 * What there is of a kind before a run makes another one: the first of the list, and all that look like what the run is
 * going to make, which tell it apart where an upstream has another order than it was asked for.
 */
export async function readBaseline(
  sources: DataSources,
  run: AudienceRunRecord,
  kind: ProductKind,
): Promise<readonly string[]> {
  const rows = await look(sources, run, { kind, isEnough: isNewestFirst });
  return rows.filter((row, at) => at < baselineCount || fits(row, run)).map(({ id }) => id);
}

/**
 * What is newer than the baseline and what the run would have made, oldest first. In a list that is newest first what
 * stands above the baseline is newer; what stands below it is so only by the upstream's own times, never by a clock of ours.
 */
export async function findMade(
  sources: DataSources,
  run: AudienceRunRecord,
  request: { readonly kind: ProductKind; readonly baseline: readonly string[] },
): Promise<readonly string[]> {
  const known = new Set(request.baseline);
  const isKnown = ({ id }: Candidate): boolean => known.has(id);
  const rows = await look(sources, run, {
    kind: request.kind,
    isEnough: (seen) => isNewestFirst(seen) && seen.some(isKnown),
  });
  // Up to the last that was known: two made in the same instant may stand in either order.
  const end = rows.findLastIndex(isKnown);
  const newestKnown = Math.max(0, ...rows.filter(isKnown).map((row) => createdOf(row) ?? 0));
  const isNewer = (row: Candidate, at: number): boolean =>
    at < end || end === -1 || (createdOf(row) ?? 0) > newestKnown;
  return rows
    .filter((row, at) => !isKnown(row) && isNewer(row, at) && fits(row, run))
    .toReversed()
    .sort((left, right) => (createdOf(left) ?? 0) - (createdOf(right) ?? 0))
    .map(({ id }) => id);
}

/** The list from its beginning, until it is enough or so many pages are read. */
async function look(
  sources: DataSources,
  run: AudienceRunRecord,
  {
    kind,
    isEnough,
  }: { readonly kind: ProductKind; readonly isEnough: (rows: readonly Candidate[]) => boolean },
): Promise<readonly Candidate[]> {
  const rows: Candidate[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < maxLookBackPages; pages += 1) {
    const page = await listNewest(sources, run, {
      kind,
      first: lookBackCounts[kind],
      ...(after !== undefined && { after }),
    });
    rows.push(...page.edges.map(({ node }) => node));
    if (isEnough(rows) || !page.hasNextPage || page.endCursor === null) break;
    after = page.endCursor;
  }
  return rows;
}

/** Rows of a page: a job over thousands of segments is some hundred kilobytes, a dataset is small. */
const lookBackCounts: Readonly<Record<ProductKind, number>> = { segmentJob: 20, dataset: 94, exportJob: 20 };

/** True of a list that shows it: no row is newer than the one above it, and one is older. */
function isNewestFirst(rows: readonly Candidate[]): boolean {
  const times = rows.map((row) => createdOf(row) ?? 0);
  return (
    times.every((time, at) => at === 0 || time <= (times[at - 1] ?? 0)) &&
    (times[0] ?? 0) > (times.at(-1) ?? 0)
  );
}

function createdOf({ kind, wire }: Candidate): number | null {
  return readSortTime(kind === 'dataset' ? wire.created : wire.creationTime);
}

/** Makes it; its id. */
export async function makeProduct(
  sources: DataSources,
  run: AudienceRunRecord,
  kind: ProductKind,
): Promise<string> {
  switch (kind) {
    case 'segmentJob':
      return (await sources.segmentJobs.create({ ids: run.plan.segmentIds })).id;
    case 'dataset':
      return sources.catalog.createDataset(datasetBody(run));
    case 'exportJob':
      return String((await sources.exportJobs.create(exportBody(run))).id);
    default:
      return assertNever(kind);
  }
}

/** The id of what there is of a product; null where there is nothing, or nothing any more. */
export function idOf(product: Product): string | null {
  return product.kind === 'made' || product.kind === 'given' ? product.id : null;
}

type Candidate =
  | { readonly kind: 'segmentJob'; readonly id: string; readonly wire: SegmentJobWire }
  | { readonly kind: 'dataset'; readonly id: string; readonly wire: DatasetWire }
  | { readonly kind: 'exportJob'; readonly id: string; readonly wire: ExportJobWire };

async function listNewest(
  { segmentJobs, catalog, exportJobs }: DataSources,
  run: AudienceRunRecord,
  { kind, ...request }: { readonly kind: ProductKind; readonly first: number; readonly after?: string },
): Promise<SourcePage<Candidate>> {
  switch (kind) {
    case 'segmentJob':
      return mapPage(await segmentJobs.page(request), (wire) => ({ kind, id: wire.id, wire }));
    case 'dataset':
      return mapPage(await catalog.datasets({ ...request, name: datasetBody(run).name }), (wire) => ({
        kind,
        id: wire.id,
        wire,
      }));
    case 'exportJob':
      return mapPage(await exportJobs.page(request), (wire) => ({ kind, id: String(wire.id), wire }));
    default:
      return assertNever(kind);
  }
}

function mapPage<Wire>(
  page: SourcePage<Wire>,
  toCandidate: (wire: Wire) => Candidate,
): SourcePage<Candidate> {
  return {
    ...withoutTrouble(page),
    edges: page.edges.map(({ cursor, node }) => ({ cursor, node: toCandidate(node) })),
  };
}

function fits(candidate: Candidate, run: AudienceRunRecord): boolean {
  switch (candidate.kind) {
    case 'segmentJob': {
      const { segments, properties } = candidate.wire;
      return properties?.scheduleId === undefined && isSameSet(segments, run.plan.segmentIds);
    }
    case 'dataset':
      return candidate.wire.name === datasetBody(run).name;
    case 'exportJob': {
      const { filter, destination } = candidate.wire;
      const datasetId = destination.datasetId ?? destination.dataSetId;
      return (
        isSameSet(filter?.segments ?? [], run.plan.segmentIds) &&
        (datasetId === undefined || datasetId === idOf(run.dataset))
      );
    }
    default:
      return assertNever(candidate);
  }
}

function isSameSet(segments: readonly { readonly segmentId: string }[], ids: readonly string[]): boolean {
  const found = new Set(segments.map(({ segmentId }) => segmentId));
  return found.size === ids.length && ids.every((id) => found.has(id));
}

/** The plan's bodies were made as these types when the run was started. */
function datasetBody({ plan }: AudienceRunRecord): DatasetBodyWire {
  return plan.datasetBody as unknown as DatasetBodyWire;
}

function exportBody({ plan, dataset }: AudienceRunRecord): ExportJobBodyWire {
  const body = plan.exportBody as unknown as ExportJobBodyWire;
  const datasetId = idOf(dataset);
  return { ...body, destination: { ...body.destination, ...(datasetId !== null && { datasetId }) } };
}
