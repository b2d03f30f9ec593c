import type { IncomingMessage } from 'node:http';

/** Where Apollo's Sandbox runs when it is not embedded in our own page. */
const sandboxOrigins = ['https://studio.apollographql.com'];

/** Whose pages may ask besides the gateway's own: those that the operator names and, in development, Sandbox. */
export function allowedOrigins(named: readonly string[], development: boolean): readonly string[] {
  return development ? [...sandboxOrigins, ...named] : named;
}

/** What pages may ask of a route, and read of its answers beside the body. */
export interface CorsRules {
  readonly methods: string;
  readonly sends: string;
  readonly reads: string;
}

const ofOperations: CorsRules = {
  methods: 'POST',
  sends:
    'content-type, authorization, x-api-key, x-gw-ims-org-id, x-sandbox-name, x-request-id, apollo-require-preflight',
  reads: 'x-request-id, retry-after',
};

/** What a reader of ranges needs: DuckDB in a page reads a Parquet file from its end. */
export const ofFiles: CorsRules = {
  methods: 'GET, HEAD',
  sends: 'range, if-range, if-none-match, x-request-id',
  reads:
    'accept-ranges, content-disposition, content-length, content-range, etag, last-modified, x-request-id, retry-after',
};

/** The headers by which a browser lets a foreign page read our answers; null for a page that may not. */
export function corsHeaders(
  request: IncomingMessage,
  allowed: readonly string[],
  rules: CorsRules = ofOperations,
): Record<string, string> | null {
  const { origin } = request.headers;
  if (origin === undefined || !allowed.includes(origin)) return null;
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': rules.methods,
    'access-control-allow-headers': rules.sends,
    'access-control-expose-headers': rules.reads,
    // Chrome asks this of a public page that wants to reach a gateway on the user's own machine.
    'access-control-allow-private-network': 'true',
    'access-control-max-age': '600',
    vary: 'origin',
  };
}

/**
 * Whether a page may open a socket: browsers send cookies and skip CORS for sockets, so the origin is all there is to
 * go by. None is a program; `null` is a page that hides where it is from.
 */
export function mayOpenSocket(request: IncomingMessage, allowed: readonly string[]): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  if (allowed.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

/**
 * Whether an event stream may be had by GET: a browser lets a page of any site send one, with `Accept: text/event-stream`
 * and without asking first. Requests that carry no origin are told apart by what the browser says of their site.
 */
export function mayAskByGet(request: IncomingMessage, allowed: readonly string[]): boolean {
  if (request.headers.origin !== undefined) return mayOpenSocket(request, allowed);
  const site = request.headers['sec-fetch-site'];
  return site === undefined || site === 'same-origin' || site === 'none';
}
