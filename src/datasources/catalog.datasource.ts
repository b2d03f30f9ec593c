import type DataLoader from 'dataloader';
import type { BatchWire, DatasetBodyWire, DatasetWire } from '../wire/catalog.wire';
import { isRecord } from '../lib/is-record';
import { basePaths } from './endpoints';
import type { CatalogSource, PageRequest, SourcePage, WithId } from './index';
import { readPage } from './paging';
import { offsetScheme } from './paging-schemes';
import { createSingleLoader } from './record-loader';
import type { RestQuery } from './rest-call';
import { isId, orNull, pathOf, readRecord, readSortTime } from './upstream';
import type { JsonRecord, Upstream } from './upstream';
import { invalidResponse, notFound } from './upstream-answer';

const service = 'catalog';
const datasetsPath = `${basePaths.catalog}/dataSets`;
const batchesPath = `${basePaths.catalog}/batches`;

/** Datasets and batches. Source: `/data/foundation/catalog`: every answer is a map keyed by id (quirk N33). */
export class CatalogDataSource implements CatalogSource {
  private readonly datasetLoader: DataLoader<string, WithId<DatasetWire>>;
  private readonly batchLoader: DataLoader<string, WithId<BatchWire>>;

  constructor(private readonly upstream: Upstream) {
    this.datasetLoader = createSingleLoader(upstream, {
      service,
      path: datasetsPath,
      noun: 'dataset',
      read: (map) => onlyEntry<DatasetWire>(map, 'dataset'),
    });
    this.batchLoader = createSingleLoader(upstream, {
      service,
      path: batchesPath,
      noun: 'batch',
      read: (map) => onlyEntry<BatchWire>(map, 'batch'),
    });
  }

  datasets(request: PageRequest): Promise<SourcePage<WithId<DatasetWire>>> {
    return this.list({
      path: datasetsPath,
      query: {},
      binding: ['datasets'],
      loader: this.datasetLoader,
      request,
    });
  }

  // async, so that an impossible id rejects as any other failure does.
  async batches(datasetId: string, request: PageRequest): Promise<SourcePage<WithId<BatchWire>>> {
    if (!isId(datasetId)) throw notFound(service, 'this dataset');
    const query = { dataSet: datasetId };
    return this.list({
      path: batchesPath,
      query,
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

  private async list<T extends CatalogWire>(list: {
    readonly path: string;
    readonly query: RestQuery;
    readonly binding: readonly unknown[];
    readonly loader: DataLoader<string, WithId<T>>;
    readonly request: PageRequest;
  }): Promise<SourcePage<WithId<T>>> {
    const page = await readPage({
      cursors: this.upstream.cursors,
      binding: list.binding,
      scheme: offsetScheme<WithId<T>>({
        service,
        idOf: (record) => record.id,
        order: { keyOf: (record) => readSortTime(record.created), direction: 'DESC' },
        fetch: async (start, limit) => {
          const query = { ...list.query, orderBy: 'desc:created', start, limit };
          const { body } = await this.upstream.request({ method: 'GET', path: list.path, query });
          const map = readRecord(service, body, 'the list');
          // An entry that is no object has nothing but its id; mapping tells what it lacks.
          const items = Object.keys(map).map((id) =>
            entry<T>({ ...map, [id]: isRecord(map[id]) ? map[id] : {} }, id),
          );
          return { items, totalCount: null, hasNext: null };
        },
      }),
      page: list.request,
    });
    for (const { node } of page.edges) list.loader.prime(node.id, node);
    return page;
  }
}

interface CatalogWire {
  readonly created?: unknown;
}

function onlyEntry<T extends object>(map: JsonRecord, noun: string): WithId<T> {
  const [id] = Object.keys(map);
  // For an id that it does not know the catalog may answer 200 with an empty map.
  if (id === undefined) throw notFound(service, `this ${noun}`);
  return entry<T>(map, id);
}

function entry<T extends object>(map: JsonRecord, id: string): WithId<T> {
  return { ...readRecord(service, map[id], 'an entry of the catalog'), id } as unknown as WithId<T>;
}
