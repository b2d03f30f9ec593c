import { isRecord } from '../lib/is-record';
import type { JsonMap, Verb, Written } from './documents';
import type { PathStep } from './macro';
import { parsePath, parseText } from './macro';
import { toTemplate } from './template';
import { valueAtPath } from './values';

/** What a destination answered. */
export interface DestinationAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Parsed where it is JSON, text otherwise; null where there is none. */
  readonly body: unknown;
}

/** An answer as its template reads it. */
export interface AnswerReading {
  /** The id of the audience over there, as text; null where the answer names none. */
  readonly externalAudienceId: string | null;
  /** Every output of `schemaMap`, null where the answer has nothing there; empty for an error. */
  readonly values: JsonMap;
  /** What the destination says went wrong, at most 500 characters in one line; null where all went well. */
  readonly error: string | null;
}

const longestError = 500;

/**
 * Reads an answer through `schemaMap` and `errorSchemaMap` (`responseFields`, `responseErrorFields`). 2xx is a success,
 * everything else an error: redirects are not followed.
 */
export function readAnswer({
  template,
  verb,
  answer,
}: {
  readonly template: Written;
  readonly verb: Verb;
  readonly answer: DestinationAnswer;
}): AnswerReading {
  const operation = toTemplate(template).operations.get(verb);
  if (answer.status < 200 || answer.status > 299)
    return { externalAudienceId: null, values: {}, error: readError(operation?.errors ?? {}, answer) };
  const values = readMap(operation?.outputs ?? {}, (path) => successValue(path, answer));
  const id = values['externalAudienceId'];
  const isId = (typeof id === 'string' && id !== '') || typeof id === 'number';
  return { externalAudienceId: isId ? String(id) : null, values, error: null };
}

function readError(map: JsonMap, answer: DestinationAnswer): string {
  const { message, ...others } = readMap(withPaths(map), (path) => errorValue(path, answer));
  const found = [message, ...Object.values(others)].find((value) => value !== null && value !== '');
  if (found === undefined) return `The destination answered with status ${answer.status}.`;
  const text = typeof found === 'string' ? found : JSON.stringify(found);
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length > longestError ? `${line.slice(0, longestError)}…` : line;
}

/** A bare path of model A says what the same path in braces says. */
function withPaths(map: JsonMap): JsonMap {
  return Object.fromEntries(
    Object.entries(map).map(([name, value]) => [
      name,
      typeof value === 'string' && parsePath(value) !== undefined ? `{{${value}}}` : value,
    ]),
  );
}

type Find = (path: readonly PathStep[]) => unknown;

function readMap(map: JsonMap, find: Find): Record<string, unknown> {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, readOutput(value, find)]));
}

function readOutput(value: unknown, find: Find): unknown {
  if (isRecord(value)) return readMap(value, find);
  if (typeof value !== 'string') return value ?? null;
  const parts = parseText(value);
  const [only] = parts;
  if (parts.length === 1 && only?.kind === 'macro') return find(only.path) ?? null;
  return parts.map((part) => (part.kind === 'macro' ? asText(find(part.path)) : part.text)).join('');
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function successValue(path: readonly PathStep[], { headers, body }: DestinationAnswer): unknown {
  const [root, ...rest] = path;
  switch (root) {
    case 'response':
    case 'body':
    case 'root':
      return valueAtPath(body, rest);
    case 'headers':
      return headerValue(headers, rest);
    default:
      return undefined;
  }
}

/** Over the error's body first (`error.message`), else by the names of its parts: `headers.x`, `root`, `error` for the whole. */
function errorValue(path: readonly PathStep[], answer: DestinationAnswer): unknown {
  const inBody = valueAtPath(answer.body, path);
  if (inBody !== undefined) return inBody;
  const [root, ...rest] = path;
  return root === 'error' ? valueAtPath(answer.body, rest) : successValue(path, answer);
}

function headerValue(headers: DestinationAnswer['headers'], path: readonly PathStep[]): unknown {
  const [name] = path;
  if (typeof name !== 'string') return undefined;
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
  return found === undefined || typeof found === 'string' ? found : found[0];
}
