import type DataLoader from 'dataloader';
import type { SegmentDefinitionBodyWire, SegmentDefinitionWire } from '../wire/segment-definition.wire';
import { basePaths } from './endpoints';
import type { SegmentDefinitionSource, SourcePage } from './index';
import type { OffsetPage } from './follow-offsets';
import { readPage } from './paging';
import { offsetScheme } from './paging-schemes';
import { createBulkLoader, primeWith } from './record-loader';
import type { RecordEndpoint } from './record-loader';
import type { RestQuery } from './rest-call';
import {
  orNull,
  pathOf,
  readCount,
  readId,
  readEnvelope,
  readListed,
  readNextLink,
  readRecord,
  readSortTime,
} from './upstream';
import type { JsonRecord, Upstream } from './upstream';

type DefinitionPageRequest = Parameters<SegmentDefinitionSource['page']>[0];

const service = 'segmentation';
const path = `${basePaths.ups}/segment/definitions`;

const endpoint: RecordEndpoint<SegmentDefinitionWire> = {
  service,
  path,
  noun: 'segment definition',
  read: readDefinition,
};

/** Segment definitions. Source: `/data/core/ups/segment/definitions`; a PATCH is a shallow merge (quirk M8). */
export class SegmentDefinitionDataSource implements SegmentDefinitionSource {
  private readonly loader: DataLoader<string, SegmentDefinitionWire>;

  constructor(private readonly upstream: Upstream) {
    this.loader = createBulkLoader(upstream, endpoint);
  }

  async page(request: DefinitionPageRequest): Promise<SourcePage<SegmentDefinitionWire>> {
    const { nameContains, evaluation, orderBy = { field: 'CREATED_AT', direction: 'DESC' } } = request;
    const query: RestQuery = {
      sort: `${sortFields[orderBy.field]}:${orderBy.direction.toLowerCase()}`,
      'evaluationInfo.continuous.enabled': evaluation === 'STREAMING' ? true : undefined,
      'evaluationInfo.synchronous.enabled': evaluation === 'EDGE' ? true : undefined,
    };
    const page = await readPage({
      cursors: this.upstream.cursors,
      binding: ['segment-definitions', nameContains, evaluation, orderBy.field, orderBy.direction],
      scheme: offsetScheme<SegmentDefinitionWire>({
        service,
        idOf: (definition) => definition.id,
        order: { keyOf: keyReaders[orderBy.field], direction: orderBy.direction },
        fetch: (start, limit) => this.fetchPage({ ...query, start, limit }),
      }),
      page: request,
      filter: filterOf(request),
    });
    for (const { node } of page.edges) this.loader.prime(node.id, node);
    return page;
  }

  byId(id: string): Promise<SegmentDefinitionWire> {
    return this.loader.load(id);
  }

  find(id: string): Promise<SegmentDefinitionWire | null> {
    return orNull(this.loader.load(id));
  }

  async create(body: SegmentDefinitionBodyWire): Promise<SegmentDefinitionWire> {
    const answer = await this.upstream.request({ method: 'POST', path, body });
    const created = readDefinition(readRecord(service, answer.body, 'the segment definition'));
    return primeWith(this.loader, created.id, created);
  }

  async update(id: string, body: Partial<SegmentDefinitionBodyWire>): Promise<SegmentDefinitionWire> {
    this.loader.clear(id);
    const answer = await this.upstream.request({ method: 'PATCH', path: pathOf(path, id), body });
    const updated = readDefinition(readRecord(service, answer.body, 'the segment definition'));
    return primeWith(this.loader, id, updated);
  }

  async delete(id: string): Promise<void> {
    this.loader.clear(id);
    await this.upstream.request({ method: 'DELETE', path: pathOf(path, id) });
  }

  private async fetchPage(query: RestQuery): Promise<OffsetPage<SegmentDefinitionWire>> {
    const { body } = await this.upstream.request({ method: 'GET', path, query });
    const list = readEnvelope(service, body, {
      what: 'the list of segment definitions',
      records: 'segments',
    });
    return {
      items: readListed(service, list['segments'], {
        what: 'the segment definitions',
        read: readDefinition,
      }),
      totalCount: readCount(list['page'], 'totalCount'),
      hasNext: readNextLink(list['link']) === null ? null : true,
    };
  }
}

const keyReaders = {
  CREATED_AT: ({ creationTime }: SegmentDefinitionWire) => readSortTime(creationTime),
  UPDATED_AT: ({ updateTime }: SegmentDefinitionWire) => readSortTime(updateTime),
  NAME: ({ name }: SegmentDefinitionWire) => (typeof name === 'string' ? name : null),
};

const sortFields = { CREATED_AT: 'creationTime', UPDATED_AT: 'updateTime', NAME: 'name' } as const;

/** Only the name and batch evaluation: the other two methods are filters of the upstream's own. */
function filterOf({
  nameContains,
  evaluation,
}: DefinitionPageRequest): ((node: SegmentDefinitionWire) => boolean) | undefined {
  const part = nameContains?.toLocaleLowerCase('en');
  if (part === undefined && evaluation !== 'BATCH') return undefined;
  return ({ name, evaluationInfo }) =>
    (part === undefined || String(name).toLocaleLowerCase('en').includes(part)) &&
    // Batch is how a definition is evaluated that says nothing.
    (evaluation !== 'BATCH' || evaluationInfo?.batch?.enabled !== false);
}

function readDefinition(record: JsonRecord): SegmentDefinitionWire {
  // Beyond the id nothing is checked here: mapping reads each field by itself, so one bad field harms no other.
  return { ...record, id: readId(service, record) } as SegmentDefinitionWire;
}
