import type DataLoader from 'dataloader';
import { UpstreamNotFound, UpstreamRejected } from '../errors/upstream-error';
import { isRecord } from '../lib/is-record';
import type { BatchWire, DatasetBodyWire, DatasetWire } from '../wire/catalog.wire';
import { basePaths } from './endpoints';
import { entriesOf, onlyEntry } from './catalog-entries';
import type { CatalogWire } from './catalog-entries';
import { readCommonPages } from './common-pages';
import type { ListCommon } from './common-pages';
import { createFirstPageLoader } from './first-pages';
import type { CommonList, FirstPageRequest, Lack } from './first-pages';
import type { OffsetPage } from './follow-offsets';
import { withoutTrouble } from './index';
import type { CatalogSource, PageRequest, SourcePage, WithId } from './index';
import { readPage } from './paging';
import { offsetScheme } from './paging-schemes';
import { findSeveral } from './catalog-several';
import { createSeveralLoader } from './record-loader';
import type { RestQuery } from './rest-call';
import { isId, orNull, pathOf, readSortTime } from './upstream';
import type { Upstream } from './upstream';
import { invalidResponse, notFound } from './upstream-answer';

const service = 'catalog';
const datasetsPath = `${basePaths.catalog}/dataSets`;
/** A little less than Catalog gives at a time: what is read again before a page must fit, too. */
const commonCount = 94;
const batchesPath = `${basePaths.catalog}/batches`;

/** Datasets and batches. Source: `/data/foundation/catalog`: every answer is a map keyed by id (quirk N33). */
export class CatalogDataSource implements CatalogSource {
  private readonly datasetLoader: DataLoader<string, WithId<DatasetWire>>;
  private readonly batchLoader: DataLoader<string, WithId<BatchWire>>;
  private readonly firstBatches: DataLoader<FirstPageRequest, OffsetPage<WithId<BatchWire>>, string>;

  constructor(private readonly upstream: Upstream) {
    this.datasetLoader = this.createLoader<DatasetWire>(datasetsPath, 'dataset');
    this.batchLoader = this.createLoader<BatchWire>(batchesPath, 'batch');
    this.firstBatches = createFirstPageLoader<WithId<BatchWire>>({
      readCommon: (datasetIds, lackOf) => this.batchesOfMany(datasetIds, lackOf),
      isOf: (batch, datasetId) => isIn(batch, datasetId),
      readOwn: ({ parent, limit }) =>
        this.fetch<BatchWire>(batchesPath, { dataSet: parent, start: 0, limit }),
    });
  }

  datasets({
    name,
    ...request
  }: PageRequest & { readonly name?: string }): Promise<SourcePage<WithId<DatasetWire>>> {
    // A comma separates several values, and other signs are operators there (D:catalog/api/filter-data).
    const filter = name !== undefined && /^\w[\w -]*$/.test(name) ? { name } : {};
    return this.list({
      path: datasetsPath,
      query: filter,
      binding: ['datasets', ...Object.values(filter)],
      loader: this.datasetLoader,
      request,
    });
  }

  // async, so that an impossible id rejects as any other failure does.
  async batches(datasetId: string, request: PageRequest): Promise<SourcePage<WithId<BatchWire>>> {
    if (!isId(datasetId)) throw notFound(service, 'this dataset');
    return this.list({
      path: batchesPath,
      query: { dataSet: datasetId },
      beginning: (limit) => this.firstBatches.load({ parent: datasetId, limit, needed: limit }),
      binding: ['batches', datasetId],
      loader: this.batchLoader,
      request,
    });
  }

  findDataset(id: string): Promise<WithId<DatasetWire> | null> {
    return orNull(this.datasetLoader.load(id));
  }

  findBatch(id: string): Promise<WithId<BatchWire> | null> {
    return orNull(this.batchLoader.load(id));
  }

  async createDataset(body: DatasetBodyWire): Promise<string> {
    const answer = await this.upstream.request({ method: 'POST', path: datasetsPath, body });
    // ["@/dataSets/5b02…"], in one source "@/datasets/…": the id is the last part.
    const reference: unknown = Array.isArray(answer.body) ? answer.body[0] : answer.body;
    const id = typeof reference === 'string' ? /^@?\/datasets\/([^/]+)$/i.exec(reference)?.[1] : undefined;
    if (id === undefined || !isId(id))
      throw invalidResponse(service, 'it does not name the dataset that it made');
    this.datasetLoader.clear(id);
    return id;
  }

  async deleteDataset(id: string): Promise<void> {
    this.datasetLoader.clear(id);
    await this.upstream.request({ method: 'DELETE', path: pathOf(datasetsPath, id) });
  }

  private async fetch<T extends CatalogWire>(path: string, query: RestQuery): Promise<OffsetPage<WithId<T>>> {
    const ordered = { ...query, orderBy: 'desc:created' };
    const { body } = await this.upstream.request({ method: 'GET', path, query: ordered });
    return { items: entriesOf<T>(body), totalCount: null, hasNext: null };
  }

  /**
   * The newest batches of several datasets. Source: D:catalog/api/filter-data, `{field}={v1,v2}`. From an upstream that does
   * not know that form, and from one that finds nothing, nothing is learnt.
   */
  private async batchesOfMany(
    datasetIds: readonly string[],
    lackOf: (batches: readonly WithId<BatchWire>[]) => Lack,
  ): Promise<CommonList<WithId<BatchWire>>> {
    const list: ListCommon<WithId<BatchWire>> = async (request) => {
      const page = await this.list<BatchWire>({
        path: batchesPath,
        query: { dataSet: datasetIds.join(',') },
        binding: ['batches-of', ...datasetIds],
        loader: this.batchLoader,
        request,
      });
      const { edges, totalCount, hasNextPage, endCursor } = withoutTrouble(page);
      return { items: edges.map(({ node }) => node), totalCount, next: hasNextPage ? endCursor : null };
    };
    const nothing = { items: [], isWhole: false };
    try {
      const countOfNextPage = (): number => commonCount;
      const isUnclear = (): boolean => false;
      const pages = { list, lackOf, isUnclear, firstCount: commonCount, countOfNextPage };
      const common = await readCommonPages(pages);
      return common.items.length === 0 ? nothing : common;
    } catch (error) {
      if (error instanceof UpstreamRejected || error instanceof UpstreamNotFound) return nothing;
      throw error;
    }
  }

  private createLoader<T extends CatalogWire>(path: string, noun: string): DataLoader<string, WithId<T>> {
    const endpoint = {
      service,
      path,
      noun,
      readBody: (body: unknown) => onlyEntry<T>(body, noun),
    } as const;
    return createSeveralLoader<WithId<T>>(this.upstream, endpoint, (ids) =>
      findSeveral<T>(this.upstream, { path, noun, ids }),
    );
  }

  private async list<T extends CatalogWire>(list: {
    readonly path: string;
    readonly query: RestQuery;
    readonly binding: readonly unknown[];
    readonly loader: DataLoader<string, WithId<T>>;
    readonly request: PageRequest;
    /** How it begins, where that is read together with other lists. */
    readonly beginning?: (limit: number) => Promise<OffsetPage<WithId<T>>>;
  }): Promise<SourcePage<WithId<T>>> {
    const page = await readPage({
      cursors: this.upstream.cursors,
      binding: list.binding,
      scheme: offsetScheme<WithId<T>>({
        service,
        idOf: (record) => record.id,
        order: { keyOf: (record) => readSortTime(record.created), direction: 'DESC' },
        fetch: (start, limit) =>
          start === 0 && list.beginning !== undefined && list.request.after === undefined
            ? list.beginning(limit)
            : this.fetch<T>(list.path, { ...list.query, start, limit }),
      }),
      page: list.request,
    });
    for (const { node } of page.edges) list.loader.prime(node.id, node);
    return page;
  }
}

/** True of a batch that names the dataset. */
function isIn({ relatedObjects }: BatchWire, datasetId: string): boolean {
  const related: unknown = relatedObjects;
  return (
    Array.isArray(related) &&
    related.some((each) => isRecord(each) && each['type'] === 'dataSet' && each['id'] === datasetId)
  );
}
