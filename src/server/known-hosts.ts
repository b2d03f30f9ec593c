import type { IncomingMessage } from 'node:http';
import { isIPv4 } from 'node:net';

/** Whether a request was meant for this gateway, by its `Host`. */
export type IsForUs = (request: IncomingMessage) => boolean;

export const foreignHostMessage =
  'The gateway is not asked under this host name while it lends its own credentials. Ask localhost, or name the host by PUBLIC_URL.';

/**
 * Knows the hosts under which a gateway may be asked that lends a caller to whoever has none: the loopback, the host
 * that it is bound to, and that of its public URL. A page may let its own name point here (DNS rebinding) and would
 * then be of the same origin for the browser; its `Host` is what tells it apart.
 *
 * @param options `lendsCaller`: false lets every host in, since each request brings its own credentials.
 */
export function createHostCheck(options: {
  readonly lendsCaller: boolean;
  readonly host: string;
  readonly publicUrl: string | null;
}): IsForUs {
  if (!options.lendsCaller) return () => true;
  const own = new Set([plainName(options.host)]);
  if (options.publicUrl !== null) own.add(plainName(new URL(options.publicUrl).hostname));
  return ({ headers }) => {
    const name = nameOf(headers.host);
    return name !== null && (isLoopback(name) || own.has(name));
  };
}

/** Without port, brackets, case and final dot; null for what is no host. */
export function nameOf(host: string | undefined): string | null {
  const [, name] = /^(\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/i.exec(host ?? '') ?? [];
  return name === undefined ? null : plainName(name);
}

function plainName(name: string): string {
  return name
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}

/** True for the names and addresses of this machine. */
export function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '::1' || (isIPv4(name) && name.startsWith('127.'));
}
