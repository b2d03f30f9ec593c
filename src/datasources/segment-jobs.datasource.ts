import type DataLoader from 'dataloader';
import type { SegmentJobBodyWire, SegmentJobWire } from '../wire/segment-job.wire';
import { readCommonPages } from './common-pages';
import { basePaths } from './endpoints';
import { createFirstPageLoader } from './first-pages';
import type { FirstPageRequest } from './first-pages';
import { maxUpstreamLimit } from './follow-offsets';
import type { OffsetPage } from './follow-offsets';
import { withoutTrouble } from './index';
import type { JobPageRequest, SegmentJobSource, SourcePage } from './index';
import { divideJobFilter, jobFilterBinding } from './job-filter';
import { isOverAll, namesSegment } from './jobs-of-many';
import { countOfNextPage, createNewestJobLoader, firstCount } from './newest-jobs';
import type { RestQuery } from './rest-call';
import { readPage } from './paging';
import { offsetScheme } from './paging-schemes';
import { createBulkLoader, primeWith } from './record-loader';
import type { RecordEndpoint } from './record-loader';
import { readChildren } from './children-list';
import { isId, orNull, pathOf, readId, readRecord, readSortTime } from './upstream';
import type { JsonRecord, Upstream } from './upstream';
import { isRecord } from '../lib/is-record';

const service = 'segmentation';

type FirstPageLoader = DataLoader<FirstPageRequest, OffsetPage<SegmentJobWire>, string>;

const path = `${basePaths.ups}/segment/jobs`;
const upstreamStatuses = ['NEW', 'QUEUED', 'PROCESSING', 'CANCELLING', 'CANCELLED', 'SUCCEEDED', 'FAILED'];

const endpoint: RecordEndpoint<SegmentJobWire> = { service, path, noun: 'segment job', read: readJob };

/** Segment jobs. Source: `/data/core/ups/segment/jobs`. */
export class SegmentJobDataSource implements SegmentJobSource {
  private readonly loader: DataLoader<string, SegmentJobWire>;
  private readonly newest: DataLoader<string, SegmentJobWire | null>;
  private readonly firstOfSegments: FirstPageLoader;
  private readonly firstOfSchedules: FirstPageLoader;

  constructor(private readonly upstream: Upstream) {
    this.loader = createBulkLoader(upstream, endpoint);
    this.newest = createNewestJobLoader(async (request) => {
      const page = withoutTrouble(await this.page({ ...request, statuses: ['SUCCEEDED'] }));
      return { jobs: page.edges.map(({ node }) => node), next: page.hasNextPage ? page.endCursor : null };
    });
    this.firstOfSegments = this.createFirstPages({
      propertyOf: (segmentId) => propertyFilter(segmentId, undefined),
      isOf: namesSegment,
      isUnclear: isOverAll,
    });
    this.firstOfSchedules = this.createFirstPages({
      propertyOf: (scheduleId) => propertyFilter(undefined, scheduleId),
      isOf: isOfSchedule,
      isUnclear: () => false,
    });
  }

  async page(request: JobPageRequest): Promise<SourcePage<SegmentJobWire>> {
    const { segmentId, scheduleId } = request;
    const filter = divideJobFilter<SegmentJobWire>(request, { upstreamStatuses, also: conditionOf(request) });
    const query = { status: filter.upstreamStatus, property: propertyFilter(segmentId, scheduleId) };
    const beginning = this.beginningOf(request);
    const page = await readPage({
      cursors: this.upstream.cursors,
      binding: ['segment-jobs', ...jobFilterBinding(request)],
      scheme: offsetScheme<SegmentJobWire>({
        service,
        idOf: (job) => job.id,
        order: { keyOf: (job) => readSortTime(job.creationTime), direction: 'DESC' },
        fetch: (start, limit) =>
          start === 0 && beginning !== undefined ? beginning(limit) : this.fetch({ ...query, start, limit }),
      }),
      page: request,
      filter: filter.matches,
      isPast: filter.isPast,
    });
    for (const { node } of page.edges) this.loader.prime(node.id, node);
    return page;
  }

  private fetch(query: RestQuery): Promise<OffsetPage<SegmentJobWire>> {
    const ordered = { sort: 'creationTime:desc', ...query };
    return readChildren(this.upstream, { service, path, query: ordered, read: readJob });
  }

  private createFirstPages(of: {
    readonly propertyOf: (parent: string) => string | undefined;
    readonly isOf: (job: SegmentJobWire, parent: string) => boolean;
    readonly isUnclear: (job: SegmentJobWire) => boolean;
  }): FirstPageLoader {
    const { propertyOf, isOf, isUnclear } = of;
    return createFirstPageLoader<SegmentJobWire>({
      readCommon: (_parents, lackOf) =>
        readCommonPages({
          lackOf,
          isUnclear,
          firstCount,
          countOfNextPage,
          list: async (request) => {
            const page = withoutTrouble(await this.page(request));
            const { totalCount, hasNextPage, endCursor } = page;
            const items = page.edges.map(({ node }) => node);
            return { items, totalCount, next: hasNextPage ? endCursor : null };
          },
        }),
      isOf,
      readOwn: ({ parent, limit }) => this.fetch({ property: propertyOf(parent), start: 0, limit }),
    });
  }

  /** How the beginning of the list of one segment or schedule is read, together with others; undefined of other lists. */
  private beginningOf(
    request: JobPageRequest,
  ): ((limit: number) => Promise<OffsetPage<SegmentJobWire>>) | undefined {
    const { segmentId, scheduleId, first, after, ...filter } = request;
    if (after !== undefined || Object.values(filter).some((value) => value !== undefined)) return undefined;
    // One more than is asked for tells whether there is more; a list that is filtered here asks for a full page.
    const needed = Math.min(maxUpstreamLimit, first + 1);
    if (segmentId !== undefined && scheduleId === undefined && isId(segmentId))
      return (limit) => this.firstOfSegments.load({ parent: segmentId, limit, needed });
    if (scheduleId !== undefined && segmentId === undefined && isId(scheduleId))
      return (limit) => this.firstOfSchedules.load({ parent: scheduleId, limit, needed });
    return undefined;
  }

  byId(id: string): Promise<SegmentJobWire> {
    return this.loader.load(id);
  }

  find(id: string): Promise<SegmentJobWire | null> {
    return orNull(this.loader.load(id));
  }

  newestSucceeded(segmentId: string): Promise<SegmentJobWire | null> {
    return this.newest.load(segmentId);
  }

  async create(segments: { ids: readonly string[] } | 'all'): Promise<SegmentJobWire> {
    const body: SegmentJobBodyWire =
      segments === 'all'
        ? { schema: { name: '_xdm.context.profile' }, segments: [{ segmentId: '*' }] }
        : segments.ids.map((segmentId) => ({ segmentId }));
    const answer = await this.upstream.request({ method: 'POST', path, body });
    const job = readJob(readRecord(service, answer.body, 'the segment job'));
    return primeWith(this.loader, job.id, job);
  }

  async cancel(id: string): Promise<void> {
    this.loader.clear(id);
    await this.upstream.request({ method: 'DELETE', path: pathOf(path, id) });
  }
}

/**
 * The upstream filters by one property: `[arrayAttribute]~[key]==[value]` for a segment. The schedule is asked for in
 * the same way but checked here again, for no source shows it.
 */
function propertyFilter(segmentId: string | undefined, scheduleId: string | undefined): string | undefined {
  if (segmentId !== undefined && namesSegments(segmentId)) return `segments~segmentId==${segmentId}`;
  if (scheduleId !== undefined && isId(scheduleId)) return `properties.scheduleId==${scheduleId}`;
  return undefined;
}

function conditionOf({
  segmentId,
  scheduleId,
  datasetId,
}: JobPageRequest): ((job: SegmentJobWire) => boolean) | undefined {
  const isForeignId = segmentId !== undefined && !namesSegments(segmentId);
  // A segment job writes to no dataset.
  if (datasetId !== undefined || isForeignId) return () => false;
  if (scheduleId === undefined) return undefined;
  return (job) => isOfSchedule(job, scheduleId);
}

function isOfSchedule(job: SegmentJobWire, scheduleId: string): boolean {
  const properties: unknown = job.properties;
  return isRecord(properties) && properties['scheduleId'] === scheduleId;
}

/** An id, or `*`: what stands in a job over all segments in the place of their ids. */
function namesSegments(segmentId: string): boolean {
  return segmentId === '*' || isId(segmentId);
}

/** An old answer wraps the job: `{ status: true, segmentJob: {…} }`, its id a number, without segments (quirk N6). */
function readJob(record: JsonRecord): SegmentJobWire {
  const inner = isRecord(record['segmentJob']) ? record['segmentJob'] : record;
  // Beyond the id nothing is checked here: mapping reads each field by itself, so one bad field harms no other.
  return { ...inner, id: readId(service, inner) } as unknown as SegmentJobWire;
}
