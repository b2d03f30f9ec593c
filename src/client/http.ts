import type { Endpoint } from './endpoint';
import { AudienceError } from './errors';
import type { GraphqlErrorEntry } from './errors';

/** What is needed of `fetch`; the browser's and Node's own are such. */
export type Fetch = (
  url: string,
  init: {
    readonly method: 'POST';
    readonly headers: Record<string, string>;
    readonly body: string;
    readonly signal?: AbortSignal;
  },
) => Promise<{
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}>;

export interface HttpAnswer {
  readonly data: unknown;
  readonly errors: readonly GraphqlErrorEntry[];
  readonly requestId: string | null;
  readonly retryAfterMs: number | null;
}

/**
 * Sends one operation and reads its answer, whatever the HTTP status of it.
 *
 * @throws AudienceError NETWORK_ERROR, INVALID_RESPONSE; the signal's reason where it fired.
 */
export async function postOperation(
  { endpoint, fetch }: { readonly endpoint: Endpoint; readonly fetch: Fetch },
  operation: { readonly query: string; readonly variables: unknown },
  signal: AbortSignal | undefined,
): Promise<HttpAnswer> {
  signal?.throwIfAborted();
  const headers = await endpoint.headers();
  try {
    const response = await fetch(endpoint.httpUrl, {
      method: 'POST',
      headers: {
        ...headers,
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json;q=0.9',
      },
      body: JSON.stringify(operation),
      ...(signal && { signal }),
    });
    const { status } = response;
    return readAnswer(await response.text(), {
      status,
      requestId: response.headers.get('x-request-id'),
      retryAfter: response.headers.get('retry-after'),
    });
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof AudienceError) throw cause;
    const message = `No answer from ${endpoint.httpUrl}: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new AudienceError({ code: 'NETWORK_ERROR', message, cause });
  }
}

function readAnswer(
  text: string,
  { status, requestId, retryAfter }: { status: number; requestId: string | null; retryAfter: string | null },
): HttpAnswer {
  const body = parse(text);
  const errors = Array.isArray(body?.errors) ? (body.errors as readonly GraphqlErrorEntry[]) : [];
  if (body === null || (body.data === undefined && errors.length === 0)) {
    const message = `HTTP ${status} without a GraphQL answer: is this the address of the gateway?`;
    throw new AudienceError({ code: 'INVALID_RESPONSE', message, requestId });
  }
  const seconds = retryAfter === null || retryAfter === '' ? NaN : Number(retryAfter);
  const retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : null;
  return { data: body.data ?? null, errors, requestId, retryAfterMs };
}

function parse(text: string): { readonly data?: unknown; readonly errors?: unknown } | null {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? body : null;
  } catch {
    return null;
  }
}
