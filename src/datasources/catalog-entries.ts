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

/** Every answer of Catalog is a map keyed by id (quirk N33). @throws UpstreamInvalidResponse */
export function entriesOf<T extends object>(body: unknown): WithId<T>[] {
  const map = readRecord(service, body, 'the list');
  // An entry that is no object has nothing but its id; mapping tells what it lacks.
  return Object.entries(map).map(([id, record]) => withId<T>(isRecord(record) ? record : {}, id));
}

/** The one that was asked for. @throws UpstreamNotFound, UpstreamInvalidResponse */
export function onlyEntry<T extends object>(map: JsonRecord, noun: string): WithId<T> {
  const [id] = Object.keys(map);
  // For an id that it does not know the catalog may answer 200 with an empty map.
  if (id === undefined) throw notFound(service, `this ${noun}`);
  return withId<T>(readRecord(service, map[id], 'an entry of the catalog'), id);
}

function withId<T extends object>(record: JsonRecord, id: string): WithId<T> {
  return { ...record, id } as unknown as WithId<T>;
}
