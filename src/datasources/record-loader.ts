import DataLoader from 'dataloader';
import { UpstreamForbidden, UpstreamNotFound, UpstreamRejected } from '../errors/upstream-error';
import type { UpstreamService } from '../errors/upstream-error';
import { isId, pathOf, readId, readRecord } from './upstream';
import type { JsonRecord, Upstream } from './upstream';
import { invalidResponse, notFound } from './upstream-answer';

/** What is known of an endpoint of records, however one of them is read. */
interface Endpoint {
  readonly service: UpstreamService;
  /** Of the collection. */
  readonly path: string;
  /** The noun in messages, e.g. "segment job". */
  readonly noun: string;
}

/** An endpoint whose answer for one record wraps it. */
export interface WrappedEndpoint<T> extends Endpoint {
  /** From the body to the record. @throws UpstreamInvalidResponse, UpstreamNotFound */
  readBody(body: unknown): T;
}

/** How the records of one endpoint are read: the answer for one of them is the record itself. */
export interface RecordEndpoint<T> extends Endpoint {
  /** From the wire's object to the record. @throws UpstreamInvalidResponse */
  read(record: JsonRecord): T;
}

/** Adobe's limit of ids in one bulk-get. */
const maxBulkIds = 100;

/**
 * Loads records by id; a record that is asked for twice is fetched once.
 *
 * Each id is a GET of its own; for endpoints without a bulk-get.
 */
export function createSingleLoader<T>(
  upstream: Upstream,
  endpoint: RecordEndpoint<T>,
): DataLoader<string, T> {
  return new DataLoader<string, T>((ids) => settleAll(ids, (id) => getOne(upstream, endpoint, id)));
}

/**
 * Loads records by id with one upstream call for all that are asked for within one tick.
 *
 * Source: POST …/bulk-get (Adobe OpenAPI): 1 to 100 ids; answers 207, `results` keyed by id. A lone id is a plain GET,
 * which costs the same and says more when it fails. An id that the answer omits is an UpstreamNotFound in its slot.
 * One id that the upstream takes amiss takes no others along: what is refused together is asked for one by one.
 */
export function createBulkLoader<T>(upstream: Upstream, endpoint: RecordEndpoint<T>): DataLoader<string, T> {
  return new DataLoader<string, T>(
    (ids) => {
      const possible = ids.filter(isId);
      return possible.length > 1
        ? bulkOrEach(upstream, endpoint, ids, possible)
        : settleAll(ids, (id) => getOne(upstream, endpoint, id));
    },
    { maxBatchSize: maxBulkIds },
  );
}

/** So many that were refused together are asked for one by one before the others are. */
const probes = 2;

/** Below this it costs less to ask for each. */
const fewestForSeveral = 3;

/**
 * Loads records by id where Adobe has no bulk-get: a few by a GET each; more by a call that answers for several, and what
 * that leaves out by a GET each.
 *
 * @param several what one call finds of these ids, each possible, 100 at most; it may leave some out.
 */
export function createSeveralLoader<T>(
  upstream: Upstream,
  endpoint: RecordEndpoint<T> | WrappedEndpoint<T>,
  several: (ids: readonly string[]) => Promise<ReadonlyMap<string, T | Error>>,
): DataLoader<string, T> {
  return new DataLoader<string, T>(
    async (ids) => {
      const possible = ids.filter(isId);
      const found =
        possible.length < fewestForSeveral ? new Map<string, T | Error>() : await several(possible);
      return settleAll(ids, (id) => {
        const record = found.get(id);
        if (record === undefined) return getOne(upstream, endpoint, id);
        return record instanceof Error ? Promise.reject(record) : Promise.resolve(record);
      });
    },
    { maxBatchSize: maxBulkIds },
  );
}

/** Takes over a record that an answer has shown, in place of what the loader may hold. */
export function primeWith<T>(loader: DataLoader<string, T>, id: string, record: T): T {
  loader.clear(id).prime(id, record);
  return record;
}

async function getOne<T>(
  upstream: Upstream,
  endpoint: RecordEndpoint<T> | WrappedEndpoint<T>,
  id: string,
): Promise<T> {
  const { body } = await upstream.request({ method: 'GET', path: pathOf(endpoint.path, id) });
  if ('readBody' in endpoint) return endpoint.readBody(body);
  return endpoint.read(readRecord(endpoint.service, body, `the ${endpoint.noun}`));
}

async function bulkOrEach<T>(
  upstream: Upstream,
  endpoint: RecordEndpoint<T>,
  ids: readonly string[],
  possible: readonly string[],
): Promise<(T | Error)[]> {
  try {
    return await bulkGet(upstream, endpoint, ids, possible);
  } catch (error) {
    const isOfOne = error instanceof UpstreamNotFound || error instanceof UpstreamRejected;
    if (!isOfOne && !(error instanceof UpstreamForbidden)) throw error;
    const each = new Map<string, Promise<T>>();
    const load = (id: string): Promise<T> => {
      const loaded = each.get(id) ?? getOne(upstream, endpoint, id);
      each.set(id, loaded);
      return loaded;
    };
    // Who may read none of them is not asked a hundred times.
    if (!isOfOne && (await areForbidden(possible.slice(0, probes), load))) throw error;
    return settleAll(ids, load);
  }
}

async function areForbidden<T>(ids: readonly string[], load: (id: string) => Promise<T>): Promise<boolean> {
  const outcomes = await settleAll(ids, load);
  return outcomes.every((outcome) => outcome instanceof UpstreamForbidden);
}

async function bulkGet<T>(
  upstream: Upstream,
  endpoint: RecordEndpoint<T>,
  ids: readonly string[],
  possible: readonly string[],
): Promise<(T | Error)[]> {
  const { service, noun, path } = endpoint;
  const body = { ids: possible.map((id) => ({ id })) };
  const answer = await upstream.request({ method: 'POST', path: `${path}/bulk-get`, body, isReading: true });
  const { results } = readRecord(service, answer.body, `the bulk answer`);
  const byId = new Map(Object.entries(readRecord(service, results, 'the results of the bulk answer')));
  return ids.map((id) => {
    const record = byId.get(id);
    if (record === undefined || record === null) return notFound(service, `this ${noun}`);
    return attempt(() => {
      const read = readRecord(service, record, `the ${noun}`);
      if (readId(service, { id, ...read }) !== id)
        throw invalidResponse(service, `the ${noun} is another one`);
      return endpoint.read(read);
    });
  });
}

/** One result or error per id, in order, so that a failing one does not take the others along. */
async function settleAll<T>(
  ids: readonly string[],
  load: (id: string) => Promise<T>,
): Promise<(T | Error)[]> {
  return Promise.all(ids.map((id) => load(id).catch((error: unknown) => toError(error))));
}

function attempt<T>(read: () => T): T | Error {
  try {
    return read();
  } catch (error) {
    return toError(error);
  }
}

function toError(error: unknown): Error {
  return error instanceof Error
    ? error
    : new Error('Something that is no Error was thrown', { cause: error });
}
