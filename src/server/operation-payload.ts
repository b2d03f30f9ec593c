import { isRecord } from '../lib/is-record';
import type { OperationPayload } from './operation-door';

export type PayloadReading =
  | { readonly kind: 'payload'; readonly payload: OperationPayload }
  | { readonly kind: 'refused'; readonly message: string };

/** The operation in a JSON body, each part of the kind that it must have. */
export function readPayload(body: unknown): PayloadReading {
  if (!isRecord(body)) return refuse('The body must be one JSON object.');
  const { query, operationName, variables } = body;
  if (typeof query !== 'string') return refuse('`query` must be a text.');
  if (!isAbsent(operationName) && typeof operationName !== 'string')
    return refuse('`operationName` must be a text.');
  if (!isAbsent(variables) && !isRecord(variables)) return refuse('`variables` must be an object.');
  return {
    kind: 'payload',
    payload: {
      query,
      ...(typeof operationName === 'string' && { operationName }),
      ...(isRecord(variables) && { variables }),
    },
  };
}

/** The same out of the part of an address behind its question mark. */
export function readPayloadOfSearch(search: URLSearchParams): PayloadReading {
  const variables = search.get('variables');
  try {
    return readPayload({
      query: search.get('query'),
      operationName: search.get('operationName'),
      variables: variables === null || variables === '' ? null : (JSON.parse(variables) as unknown),
    });
  } catch {
    return refuse('`variables` must be JSON.');
  }
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function refuse(message: string): PayloadReading {
  return { kind: 'refused', message };
}
