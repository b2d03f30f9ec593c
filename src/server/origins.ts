import type { IncomingMessage } from 'node:http';

/** Where Apollo's Sandbox runs when it is not embedded in our own page. */
const sandboxOrigins = ['https://studio.apollographql.com'];

/** The headers by which a browser lets a foreign page read our answers; null for any page but Sandbox in development. */
export function corsHeaders(request: IncomingMessage, development: boolean): Record<string, string> | null {
  const { origin } = request.headers;
  if (!development || origin === undefined || !sandboxOrigins.includes(origin)) return null;
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers':
      'content-type, authorization, x-api-key, x-gw-ims-org-id, x-sandbox-name, x-request-id, apollo-require-preflight',
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
export function mayOpenSocket(request: IncomingMessage, development: boolean): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  if (development && sandboxOrigins.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
