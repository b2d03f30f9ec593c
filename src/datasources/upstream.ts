import type { UpstreamService } from '../errors/upstream-error';
import { UpstreamInvalidResponse, UpstreamNotFound } from '../errors/upstream-error';
import { isRecord } from '../lib/is-record';
import { idPattern } from '../wire/common.wire';
import { serviceOfPath } from './endpoints';
import type { CallScope, FileAnswer, FileCall, RestAnswer, RestCall } from './rest-call';
import type { ListCursors } from './list-cursors';
import type { RestClient } from './rest-client';
import { invalidResponse, notFound } from './upstream-answer';

/** The REST client bound to one operation. */
export interface Upstream {
  /** For the lists of the operation's caller. */
  readonly cursors: ListCursors;
  request(call: Omit<RestCall, keyof CallScope>): Promise<RestAnswer>;
  stream(call: Omit<FileCall, keyof CallScope>): Promise<FileAnswer>;
}

/** The client for the calls of one operation: caller, request id and signal are added to each of them. */
export function bindUpstream(client: RestClient, cursors: ListCursors, scope: CallScope): Upstream {
  return {
    cursors,
    request: (call) => client.request({ ...call, ...scope }),
    stream: (call) => client.stream({ ...call, ...scope }),
  };
}

/**
 * Appends an id to a path.
 *
 * @throws UpstreamNotFound for what cannot be an id: nothing stands under it, and it must not reach a URL.
 */
export function pathOf(base: string, id: string): string {
  if (!idPattern.test(id))
    throw notFound(serviceOfPath(base), 'anything under this id: it holds characters that ids do not have');
  return `${base}/${id}`;
}

/** True where a text can be an id: 1 to 64 letters, digits and hyphens. */
export function isId(id: string): boolean {
  return idPattern.test(id);
}

/** Null instead of UpstreamNotFound. */
export async function orNull<T>(loading: Promise<T>): Promise<T | null> {
  try {
    return await loading;
  } catch (error) {
    if (error instanceof UpstreamNotFound) return null;
    throw error;
  }
}

/** What is read of an answer: objects and lists of objects, by name, tolerant of anything beside them. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** @throws UpstreamInvalidResponse where the body is no object. */
export function readRecord(service: UpstreamService, body: unknown, what: string): JsonRecord {
  if (isRecord(body)) return body;
  throw invalidResponse(service, `${what} is not an object`);
}

/**
 * The envelope of a list. A bare array is one of which nothing but its records is known, under the name that they have in
 * the envelope (quirk P1).
 *
 * @throws UpstreamInvalidResponse where the body is neither.
 */
export function readEnvelope(
  service: UpstreamService,
  body: unknown,
  { what, records }: { readonly what: string; readonly records: string },
): JsonRecord {
  return Array.isArray(body) ? { [records]: body } : readRecord(service, body, what);
}

/** @throws UpstreamInvalidResponse where the value is no list of objects. */
export function readRecords(service: UpstreamService, value: unknown, what: string): readonly JsonRecord[] {
  if (Array.isArray(value) && value.every(isRecord)) return value;
  throw invalidResponse(service, `${what} are not a list of objects`);
}

/**
 * The records of a list. An entry that is no object, or has no id, becomes one whose id is empty: mapping tells of it,
 * and the rest of the list answers.
 *
 * @throws UpstreamInvalidResponse where the value is no list.
 */
export function readListed<T extends object>(
  service: UpstreamService,
  value: unknown,
  list: { readonly what: string; readonly idName?: keyof T & string; read(record: JsonRecord): T },
): T[] {
  if (!Array.isArray(value)) throw invalidResponse(service, `${list.what} are not a list`);
  return value.map((item: unknown) => {
    const record = isRecord(item) ? item : {};
    try {
      return list.read(record);
    } catch (error) {
      if (!(error instanceof UpstreamInvalidResponse)) throw error;
      return { ...record, [list.idName ?? 'id']: '' } as T;
    }
  });
}

/** An id as text: some answers give numbers (quirk T1). @throws UpstreamInvalidResponse where there is none. */
export function readId(service: UpstreamService, record: JsonRecord, name = 'id'): string {
  const id = record[name];
  if (typeof id === 'string' && id !== '') return id;
  if (typeof id === 'number') return String(id);
  throw invalidResponse(service, `a record has no ${name}`);
}

/** A count that may be a number, a text of digits, or not there. */
export function readCount(record: unknown, name: string): number | null {
  const value = isRecord(record) ? record[name] : undefined;
  const count = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : null;
}

/**
 * The link to the next page in any of its forms: `link.next`, `_links.next.href`, a text, an object, empty, missing.
 * Anything empty means the end (quirk P10).
 */
export function readNextLink(links: unknown): string | null {
  const next = isRecord(links) ? links['next'] : undefined;
  const href = isRecord(next) ? next['href'] : next;
  return typeof href === 'string' && href !== '' ? href : null;
}

/** A time of the upstream's as a number that grows with it; null where it shows none (quirks D3, D5). */
export function readSortTime(value: unknown): number | null {
  const time = typeof value === 'string' && !/^\d+$/.test(value) ? Date.parse(value) : Number(value);
  return Number.isFinite(time) && time > 0 ? time : null;
}

/**
 * The place that a link to the next page names by a parameter; `trouble` where there is a link without it. An answer
 * without a link ends its list.
 */
export function readNextPlace(
  service: UpstreamService,
  links: unknown,
  parameter: string,
): { readonly next: string | null; readonly trouble?: UpstreamInvalidResponse } {
  const link = readNextLink(links);
  const next = link === null ? null : queryParameterOf(link, parameter);
  if (link === null || (next !== null && next !== '')) return { next };
  return { next: null, trouble: invalidResponse(service, `the link to the next page has no ${parameter}`) };
}

/** A parameter of a link that may be absolute, relative, or `@/…`. */
export function queryParameterOf(link: string, name: string): string | null {
  const mark = link.indexOf('?');
  return mark < 0 ? null : new URLSearchParams(link.slice(mark + 1)).get(name);
}
