import { isRecord } from '../lib/is-record';
import type { OperationPayload } from './operation-door';

export type PayloadReading =
  | { readonly kind: 'payload'; readonly payload: OperationPayload }
  | { readonly kind: 'refused'; readonly message: string };

/**
 * The operation in a JSON body, each part of the kind that it must have; the words are Apollo Server's, which reads those
 * that get one whole answer. What names no document at all is for `prepare` to refuse.
 */
export function readPayload(body: unknown): PayloadReading {
  if (Array.isArray(body)) return refuse('Operation batching disabled.');
  if (!isRecord(body) || Object.keys(body).length === 0)
    return refuse('POST body missing, invalid Content-Type, or JSON object has no keys.');
  const { query, operationName, variables, extensions, documentId } = body;
  const fault = faultIn(body);
  if (fault !== null) return refuse(fault);
  return {
    kind: 'payload',
    payload: {
      query: typeof query === 'string' ? query : '',
      ...(typeof operationName === 'string' && { operationName }),
      ...(isRecord(variables) && { variables }),
      ...(isRecord(extensions) && { extensions }),
      ...(typeof documentId === 'string' && { documentId }),
    },
  };
}

/** The same out of the part of an address behind its question mark. */
export function readPayloadOfSearch(search: URLSearchParams): PayloadReading {
  const variables = readJson(search.get('variables'));
  const extensions = readJson(search.get('extensions'));
  if (variables === undefined) return refuse('The variables search parameter contains invalid JSON.');
  if (extensions === undefined) return refuse('The extensions search parameter contains invalid JSON.');
  return readPayload({
    query: search.get('query'),
    operationName: search.get('operationName'),
    documentId: search.get('documentId'),
    variables,
    extensions,
  });
}

/** What is of another kind than it must be. */
function faultIn({
  query,
  operationName,
  variables,
  extensions,
}: Readonly<Record<string, unknown>>): string | null {
  // Whatever is nothing counts as left out.
  if (Boolean(query) && typeof query !== 'string') return 'GraphQL queries must be strings.';
  for (const [name, value] of Object.entries({ variables, extensions })) {
    if (typeof value === 'string')
      return `\`${name}\` in a POST body should be provided as an object, not a recursively JSON-encoded string.`;
    if (!isAbsent(value) && !isRecord(value))
      return `\`${name}\` in a POST body must be an object if provided.`;
  }
  if (!isAbsent(operationName) && typeof operationName !== 'string')
    return '`operationName` in a POST body must be a string if provided.';
  return null;
}

/** Undefined where it is no JSON; null where there is none. */
function readJson(text: string | null): unknown {
  if (text === null || text === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function refuse(message: string): PayloadReading {
  return { kind: 'refused', message };
}
