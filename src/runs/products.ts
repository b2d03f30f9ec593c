import { withoutTrouble } from '../datasources';
import type { DataSources, SourcePage } from '../datasources';
import { assertNever } from '../lib/assert';
import type { AudienceRunRecord, Product, ProductKind } from '../state/audience-run';
import type { DatasetBodyWire, DatasetWire } from '../wire/catalog.wire';
import type { ExportJobBodyWire, ExportJobWire } from '../wire/export-job.wire';
import type { SegmentJobWire } from '../wire/segment-job.wire';

/** How many of the newest ids are kept as the baseline: more than one, for one may be deleted meanwhile. */
const baselineCount = 5;
const lookBackCount = 20;
const maxLookBackPages = 5;

/** The newest of what there is of a kind, before a run makes another one. */
export async function readBaseline(sources: DataSources, kind: ProductKind): Promise<readonly string[]> {
  const page = await listNewest(sources, kind, { first: baselineCount });
  return page.edges.map(({ node }) => node.id);
}

/**
 * What is newer than the baseline and what the run would have made, oldest first. The upstream's own order tells what is
 * newer, never a clock.
 */
export async function findMade(
  sources: DataSources,
  run: AudienceRunRecord,
  request: { readonly kind: ProductKind; readonly baseline: readonly string[] },
): Promise<readonly string[]> {
  const { kind } = request;
  const known = new Set(request.baseline);
  const newer: Candidate[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < maxLookBackPages; pages += 1) {
    const page = await listNewest(sources, kind, {
      first: lookBackCount,
      ...(after !== undefined && { after }),
    });
    const nodes = page.edges.map(({ node }) => node);
    // Up to the last that was known: two made in the same instant may stand in either order.
    const end = nodes.findLastIndex(({ id }) => known.has(id));
    newer.push(...nodes.slice(0, end === -1 ? nodes.length : end).filter(({ id }) => !known.has(id)));
    if (end !== -1 || !page.hasNextPage || page.endCursor === null) break;
    after = page.endCursor;
  }
  return newer
    .filter((candidate) => fits(candidate, run))
    .map(({ id }) => id)
    .toReversed();
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
  kind: ProductKind,
  request: { readonly first: number; readonly after?: string },
): Promise<SourcePage<Candidate>> {
  switch (kind) {
    case 'segmentJob':
      return mapPage(await segmentJobs.page(request), (wire) => ({ kind, id: wire.id, wire }));
    case 'dataset':
      return mapPage(await catalog.datasets(request), (wire) => ({ kind, id: wire.id, wire }));
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
