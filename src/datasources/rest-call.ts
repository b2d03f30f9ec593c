import type { Readable } from 'node:stream';
import type { Caller } from './caller';

export type RestMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** For whom and within what a call is made; the same for all calls of one operation. */
export interface CallScope {
  readonly caller: Caller;
  /** Sent as x-request-id. */
  readonly requestId: string;
  readonly signal: AbortSignal;
  /** Counts what is sent upstream for the operation; for its line in the log. */
  readonly tally?: CallTally;
}

export interface CallTally {
  upstreamCalls: number;
  /** Asked before a failed call is sent once more, in so many ms. Unless given, it may. */
  mayRepeat?(inMs: number): boolean;
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
export type FileHeaderName =
  'content-length' | 'content-type' | 'content-range' | 'accept-ranges' | 'etag' | 'last-modified';

export interface FileAnswer {
  /** 200, 206, or 416 where the range lies outside the file. */
  readonly status: number;
  readonly headers: Readonly<Partial<Record<FileHeaderName, string>>>;
  /** Null for HEAD and 416. Destroy it, or read it to its end: it holds a connection. */
  readonly body: Readable | null;
}

/** The headers that say where a call belongs; who makes it is the credential's to say. Nothing else goes upstream. */
export function scopeHeaders({ caller, requestId }: CallScope): Record<string, string> {
  return {
    'x-gw-ims-org-id': caller.orgId,
    'x-sandbox-name': caller.sandbox,
    'x-request-id': requestId,
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
