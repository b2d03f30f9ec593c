import type { UpstreamProblemItem } from '../errors/upstream-error';
import { isRecord } from '../lib/is-record';
import { codeWord, requestIdWord } from '../lib/code-word';
import { maskedProse, plainProse } from '../lib/plain-prose';
import type { OwnWords } from '../lib/plain-prose';

/** What an error body tells: plain words and codes, nothing else of it. */
export interface Problem {
  readonly errorCode: string | null;
  readonly title: string | null;
  /** The most telling sentence of the body; null where it is not plain. */
  readonly detail: string | null;
  /** The same, its title and its complaints, with what is not plain hidden. */
  readonly heard: string;
  /** For the log: the most telling sentence, with also the caller's own words hidden; null where `detail` tells it. */
  readonly hidden: string | null;
  readonly requestId: string | null;
  /** Only in bodies of profile access, as a string there (quirk M14). */
  readonly retryAfterMs: number | null;
  readonly items: readonly UpstreamProblemItem[];
}

export const noProblem: Problem = {
  errorCode: null,
  title: null,
  detail: null,
  heard: '',
  hidden: null,
  requestId: null,
  retryAfterMs: null,
  items: [],
};

/**
 * Reads an error body of any of Adobe's families (A gateway, B etag, C problem, D ups, E profile access, F job errors,
 * G batch errors; quirk M13) or IMS's OAuth form. Takes what it finds by name; whatever else stands there is ignored.
 */
export function readProblem(body: unknown, own: OwnWords): Problem {
  const root = Array.isArray(body) ? firstRecord(body) : body;
  if (!isRecord(root)) return noProblem;
  // In one of Adobe's examples type, title and status stand inside `errors` (family D).
  const inner = isRecord(root['errors']) ? root['errors'] : {};
  const items = readItems(root, own);
  const said = items.map(({ message, heard }) => message ?? heard ?? '');
  const title = text(root['title']) ?? text(inner['title']);
  const telling =
    firstMessage(root) ??
    text(root['detail']) ??
    text(root['message']) ??
    text(root['msg']) ??
    text(root['errorMessage']) ??
    text(root['error_description']) ??
    text(root['cause']) ??
    title;
  const detail = telling === null ? null : plainProse(telling, own);
  return {
    errorCode: readErrorCode(root, inner, items, telling),
    title: title === null ? null : plainProse(title),
    detail,
    heard: [...new Set([title, telling])]
      .map((each) => maskedProse(each ?? '', own))
      .concat(said)
      .join(' '),
    hidden: telling === null || detail !== null ? null : maskedProse(telling),
    requestId: requestIdWord(root['requestId']) ?? requestIdWord(root['request-id']),
    retryAfterMs: readMilliseconds(root['retryAfterMs']),
    items,
  };
}

/** A type is a URN that ends with its code. */
const maxCodeLength = 200;
const maxItems = 50;

function listedErrors(root: Readonly<Record<string, unknown>>): unknown[] {
  const errors = root['errors'];
  const listed = Array.isArray(errors) ? errors : isRecord(errors) ? Object.values(errors).flat() : [];
  return listed.slice(0, maxItems);
}

function readItems(root: Readonly<Record<string, unknown>>, own: OwnWords): UpstreamProblemItem[] {
  return listedErrors(root).flatMap((item) => readItem(item, own) ?? []);
}

function firstMessage(root: Readonly<Record<string, unknown>>): string | null {
  return (
    listedErrors(root)
      .map(messageOf)
      .find((message) => message !== null) ?? null
  );
}

function messageOf(item: unknown): string | null {
  if (!isRecord(item)) return null;
  return text(item['message']) ?? text(item['msg']) ?? text(item['description']);
}

function readItem(item: unknown, own: OwnWords): UpstreamProblemItem | null {
  const said = messageOf(item);
  if (said === null || !isRecord(item)) return null;
  const place: { -readonly [K in 'from' | 'to' | 'line' | 'column']?: number } = {};
  for (const name of ['from', 'to', 'line', 'column'] as const) {
    const value = item[name];
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0) place[name] = value;
  }
  const suggested = text(item['suggestion']);
  const suggestion = suggested === null ? null : plainProse(`"${suggested}"`, own) && suggested;
  return {
    code: codeWord(item['code']),
    message: plainProse(said, own),
    heard: maskedProse(said, own),
    ...place,
    ...(suggestion === null ? {} : { suggestion }),
  };
}

function readErrorCode(
  root: Readonly<Record<string, unknown>>,
  inner: Readonly<Record<string, unknown>>,
  items: readonly UpstreamProblemItem[],
  detail: string | null,
): string | null {
  const type = typeof root['type'] === 'string' ? root['type'] : inner['type'];
  return (
    codeWord(root['error_code']) ??
    codeWord(root['errorCode']) ??
    (typeof type === 'string'
      ? codeWord(/[A-Z]{2,}-\d+(-\d+)?$/.exec(type.slice(-maxCodeLength))?.[0])
      : null) ??
    // Profile access puts the code in front of its sentence: "UPS-MRG-1000001: …".
    (detail === null
      ? null
      : codeWord(/^[A-Z]{2,}-[A-Z]{2,}-\d+/.exec(detail.slice(0, maxCodeLength))?.[0])) ??
    codeWord(root['error']) ??
    items[0]?.code ??
    null
  );
}

function readMilliseconds(value: unknown): number | null {
  const ms = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof ms === 'number' && Number.isFinite(ms) && ms >= 0 ? ms : null;
}

function text(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  return value.trim() === '' ? null : value;
}

function firstRecord(list: readonly unknown[]): unknown {
  const first = list.find(isRecord);
  // A partial failure of a bulk read wraps the error: [{ xid, error: { message, … } }].
  return isRecord(first) && isRecord(first['error']) ? first['error'] : first;
}
