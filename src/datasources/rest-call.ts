import type { Readable } from 'node:stream';
import type { Caller } from './caller';

export type RestMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** For whom and within what a call is made; the same for all calls of one operation. */
export interface CallScope {
  readonly caller: Caller;
  /** Sent as x-request-id. */
  readonly requestId: string;
  readonly signal: AbortSignal;
}

export type RestQuery = Readonly<Record<string, string | number | boolean | undefined>>;

export interface RestCall extends CallScope {
  readonly method: Exclude<RestMethod, 'HEAD'>;
  /** Below the host, its variable parts already encoded. */
  readonly path: string;
  /** Undefined values are left out. */
  readonly query?: RestQuery;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** A POST that changes nothing, as bulk-get is. */
  readonly isReading?: true;
}

/** Any 2xx. `body` is the parsed JSON, to be read only; null where it is empty, which a GET never is. */
export interface RestAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface FileCall extends CallScope {
  readonly method: 'GET' | 'HEAD';
  readonly path: string;
  readonly query?: RestQuery;
  /** The `Range` header as the client sent it. */
  readonly range?: string | undefined;
}

/** The headers of a file answer that a client may see. */
export type FileHeaderName = 'content-length' | 'content-type' | 'content-range' | 'accept-ranges' | 'etag';

export interface FileAnswer {
  /** 200, 206, or 416 where the range lies outside the file. */
  readonly status: number;
  readonly headers: Readonly<Partial<Record<FileHeaderName, string>>>;
  /** Null for HEAD and 416. Destroy it, or read it to its end: it holds a connection. */
  readonly body: Readable | null;
}

/** The headers by which the upstream knows the caller, and nothing else of the caller's. */
export function scopeHeaders(scope: CallScope): Record<string, string> {
  const { authorization, apiKey, orgId, sandbox } = scope.caller;
  return {
    ...(authorization === undefined ? {} : { authorization }),
    ...(apiKey === undefined ? {} : { 'x-api-key': apiKey }),
    'x-gw-ims-org-id': orgId,
    'x-sandbox-name': sandbox,
    'x-request-id': scope.requestId,
  };
}

/** `?a=1&b=2` of the values that are there; "" where none is. */
export function queryText(query: RestQuery | undefined): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) params.append(name, String(value));
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}
