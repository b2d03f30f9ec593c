import type DataLoader from 'dataloader';
import type { ExportJobBodyWire, ExportJobWire } from '../wire/export-job.wire';
import { isRecord } from '../lib/is-record';
import { basePaths } from './endpoints';
import type { ExportJobSource, JobPageRequest, SourcePage } from './index';
import { divideJobFilter, jobFilterBinding } from './job-filter';
import { maxUpstreamLimit } from './follow-offsets';
import type { TokenPage } from './follow-tokens';
import { readPage } from './paging';
import { keysetScheme } from './paging-schemes';
import { createSeveralLoader, primeWith } from './record-loader';
import type { RecordEndpoint } from './record-loader';
import type { RestQuery } from './rest-call';
import {
  orNull,
  pathOf,
  readEnvelope,
  readId,
  readListed,
  readNextPlace,
  readRecord,
  readSortTime,
} from './upstream';
import type { JsonRecord, Upstream } from './upstream';

const service = 'segmentation';
const path = `${basePaths.ups}/export/jobs`;
/** The list accepts these only (quirk P6). */
const upstreamStatuses = ['NEW', 'SUCCEEDED', 'FAILED'];

const endpoint: RecordEndpoint<ExportJobWire> = { service, path, noun: 'export job', read: readJob };

/** Export jobs, newest first. Source: `/data/core/ups/export/jobs`. */
export class ExportJobDataSource implements ExportJobSource {
  private readonly loader: DataLoader<string, ExportJobWire>;

  constructor(private readonly upstream: Upstream) {
    this.loader = createSeveralLoader(upstream, endpoint, async () => {
      // Who asks for several watches them or shows them, so they are young.
      const { items } = await this.fetchPage({ limit: maxUpstreamLimit });
      return new Map(items.map((job) => [String(job.id), job]));
    });
  }

  async page(request: JobPageRequest): Promise<SourcePage<ExportJobWire>> {
    const filter = divideJobFilter<ExportJobWire>(request, { upstreamStatuses, also: conditionOf(request) });
    const page = await readPage({
      cursors: this.upstream.cursors,
      binding: ['export-jobs', ...jobFilterBinding(request)],
      scheme: keysetScheme<ExportJobWire>({
        service,
        idOf: (job) => String(job.id),
        order: { keyOf: (job) => readSortTime(job.creationTime), direction: 'DESC' },
        keyOf: (job) => `${String(job.creationTime)}_${String(job.id)}`,
        fetch: (offset, limit) => this.fetchPage({ status: filter.upstreamStatus, limit, offset }),
      }),
      page: request,
      filter: filter.matches,
      isPast: filter.isPast,
    });
    for (const { node } of page.edges) this.loader.prime(String(node.id), node);
    return page;
  }

  byId(id: string): Promise<ExportJobWire> {
    return this.loader.load(id);
  }

  find(id: string): Promise<ExportJobWire | null> {
    return orNull(this.loader.load(id));
  }

  async create(body: ExportJobBodyWire): Promise<ExportJobWire> {
    const answer = await this.upstream.request({ method: 'POST', path, body });
    const job = readJob(readRecord(service, answer.body, 'the export job'));
    return primeWith(this.loader, String(job.id), job);
  }

  async cancel(id: string): Promise<void> {
    this.loader.clear(id);
    await this.upstream.request({ method: 'DELETE', path: pathOf(path, id) });
  }

  private async fetchPage(
    query: RestQuery,
  ): Promise<TokenPage<ExportJobWire> & { readonly items: ExportJobWire[] }> {
    const { body } = await this.upstream.request({ method: 'GET', path, query });
    const list = readEnvelope(service, body, { what: 'the list of export jobs', records: 'records' });
    return {
      items: readListed(service, list['records'], { what: 'the export jobs', read: readJob }),
      // The link is Adobe's own word for where the list goes on; `pageOffset` beside it may differ (quirk P3).
      ...readNextPlace(service, list['link'], 'offset'),
      totalCount: null,
    };
  }
}

function conditionOf({
  segmentId,
  datasetId,
  scheduleId,
}: JobPageRequest): ((job: ExportJobWire) => boolean) | undefined {
  // No export job tells of a schedule.
  if (scheduleId !== undefined) return () => false;
  if (segmentId === undefined && datasetId === undefined) return undefined;
  return (job) =>
    (segmentId === undefined || segmentIdsOf(job).includes(segmentId)) &&
    (datasetId === undefined || datasetIdOf(job) === datasetId);
}

/** Whatever stands there instead names no segment. */
function segmentIdsOf({ filter }: ExportJobWire): readonly unknown[] {
  const segments: unknown = isRecord(filter) ? filter['segments'] : undefined;
  return Array.isArray(segments) ? segments.filter(isRecord).map(({ segmentId }) => segmentId) : [];
}

function datasetIdOf({ destination }: ExportJobWire): unknown {
  return isRecord(destination) ? (destination['datasetId'] ?? destination['dataSetId']) : undefined;
}

/** The id stays as it came, a number as a rule (quirk T1); one beyond 2^53 is a text here. */
function readJob(record: JsonRecord): ExportJobWire {
  readId(service, record);
  return record as unknown as ExportJobWire;
}
