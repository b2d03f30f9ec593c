import type { UpstreamProblemItem } from '../errors/upstream-error';
import { isRecord } from '../lib/is-record';
import { scrubProse } from '../lib/scrub-prose';

/** What an error body tells, cleaned of addresses, stacks, statements and secrets. */
export interface Problem {
  readonly errorCode: string | null;
  readonly title: string | null;
  /** The most telling sentence of the body. */
  readonly detail: string | null;
  readonly requestId: string | null;
  /** Only in bodies of profile access, as a string there (quirk M14). */
  readonly retryAfterMs: number | null;
  readonly items: readonly UpstreamProblemItem[];
}

export const noProblem: Problem = {
  errorCode: null,
  title: null,
  detail: null,
  requestId: null,
  retryAfterMs: null,
  items: [],
};

/**
 * Reads an error body of any of Adobe's families (A gateway, B etag, C problem, D ups, E profile access, F job errors,
 * G batch errors; quirk M13) or IMS's OAuth form. Takes what it finds by name; whatever else stands there is ignored.
 */
export function readProblem(body: unknown): Problem {
  const root = Array.isArray(body) ? firstRecord(body) : body;
  if (!isRecord(root)) return noProblem;
  // In one of Adobe's examples type, title and status stand inside `errors` (family D).
  const inner = isRecord(root['errors']) ? root['errors'] : {};
  const items = readItems(root);
  const title = text(root['title']) ?? text(inner['title']);
  const detail =
    items[0]?.message ??
    text(root['detail']) ??
    text(root['message']) ??
    text(root['msg']) ??
    text(root['errorMessage']) ??
    text(root['error_description']) ??
    text(root['cause']) ??
    title;
  return {
    errorCode: readErrorCode(root, inner, items, detail),
    title,
    detail,
    requestId: text(root['requestId']) ?? text(root['request-id']),
    retryAfterMs: readMilliseconds(root['retryAfterMs']),
    items,
  };
}

/** A type is a URN that ends with its code. */
const maxCodeLength = 200;
const maxItems = 50;

function readItems(root: Readonly<Record<string, unknown>>): UpstreamProblemItem[] {
  const errors = root['errors'];
  const listed = Array.isArray(errors) ? errors : isRecord(errors) ? Object.values(errors).flat() : [];
  return listed.slice(0, maxItems).flatMap((item: unknown) => readItem(item) ?? []);
}

function readItem(item: unknown): UpstreamProblemItem | null {
  if (!isRecord(item)) return null;
  const message = text(item['message']) ?? text(item['msg']) ?? text(item['description']);
  if (message === null) return null;
  const place: { -readonly [K in 'from' | 'to' | 'line' | 'column']?: number } = {};
  for (const name of ['from', 'to', 'line', 'column'] as const) {
    const value = item[name];
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0) place[name] = value;
  }
  const suggestion = text(item['suggestion']);
  return { code: word(item['code']), message, ...place, ...(suggestion === null ? {} : { suggestion }) };
}

function readErrorCode(
  root: Readonly<Record<string, unknown>>,
  inner: Readonly<Record<string, unknown>>,
  items: readonly UpstreamProblemItem[],
  detail: string | null,
): string | null {
  const type = typeof root['type'] === 'string' ? root['type'] : inner['type'];
  return (
    word(root['error_code']) ??
    (typeof type === 'string'
      ? (/[A-Z]{2,}-\d+(-\d+)?$/.exec(type.slice(-maxCodeLength))?.[0] ?? null)
      : null) ??
    // Profile access puts the code in front of its sentence: "UPS-MRG-1000001: …".
    (detail === null ? null : (/^[A-Z]{2,}-[A-Z]{2,}-\d+/.exec(detail)?.[0] ?? null)) ??
    word(root['error']) ??
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
  const clean = scrubProse(value);
  return clean === '' ? null : clean;
}

/** A code: short, without spaces; a number is one too (quirk T3). */
function word(value: unknown): string | null {
  const candidate = typeof value === 'number' ? String(value) : value;
  return typeof candidate === 'string' && /^[\w.:-]{1,100}$/.test(candidate) ? candidate : null;
}

function firstRecord(list: readonly unknown[]): unknown {
  const first = list.find(isRecord);
  // A partial failure of a bulk read wraps the error: [{ xid, error: { message, … } }].
  return isRecord(first) && isRecord(first['error']) ? first['error'] : first;
}
