import { isRecord } from '../lib/is-record';
import type { WithId } from './index';
import { readRecord } from './upstream';
import type { JsonRecord } from './upstream';
import { notFound } from './upstream-answer';

/** What is read of anything in Catalog. */
export interface CatalogWire {
  readonly created?: unknown;
}

const service = 'catalog';

/**
 * The entries of an answer of Catalog, which is a map keyed by id (quirk N33). A bare list is taken too: of records that
 * hold their id, or of references such as `@/dataSets/5b02`. What has no id gets an empty one: mapping tells of it.
 *
 * @throws UpstreamInvalidResponse where the answer is neither.
 */
export function entriesOf<T extends object>(body: unknown): WithId<T>[] {
  if (Array.isArray(body))
    return body.map((item: unknown) => withId<T>(isRecord(item) ? item : {}, idOfListed(item)));
  const map = readRecord(service, body, 'the list');
  // An entry that is no object has nothing but its id; mapping tells what it lacks.
  return Object.entries(map).map(([id, record]) => withId<T>(isRecord(record) ? record : {}, id));
}

/** The one that was asked for. @throws UpstreamNotFound, UpstreamInvalidResponse */
export function onlyEntry<T extends object>(body: unknown, noun: string): WithId<T> {
  const [entry] = Array.isArray(body)
    ? body.map((item: unknown) => [idOfListed(item), item] as const)
    : Object.entries(readRecord(service, body, `the ${noun}`));
  // For an id that it does not know the catalog may answer 200 with nothing.
  if (entry === undefined) throw notFound(service, `this ${noun}`);
  const [id, record] = entry;
  return withId<T>(readRecord(service, record, 'an entry of the catalog'), id);
}

function idOfListed(item: unknown): string {
  const id = isRecord(item) ? item['id'] : item;
  if (typeof id === 'number') return String(id);
  return typeof id === 'string' ? (/^@\/\w+\/([^/]+)$/.exec(id)?.[1] ?? id) : '';
}

function withId<T extends object>(record: JsonRecord, id: string): WithId<T> {
  return { ...record, id } as unknown as WithId<T>;
}
