import { lookup as systemLookup } from 'node:dns/promises';
import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { isPublicAddress } from './public-address';

export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

export const resolveBySystem: Resolve = (hostname) => systemLookup(hostname, { all: true });

/** A name stands for an address that may not be called. */
export class AddressDenied extends Error {
  constructor() {
    super('The name has an address that is not public');
  }
}

/** What became of a connection, for telling whether a request can have left. */
export interface ConnectionWatch {
  wasConnected: boolean;
  wasDenied: boolean;
}

export interface GuardOptions {
  readonly mayBePrivate: boolean;
  readonly resolve: Resolve;
  readonly timeoutMs: number;
  /** Whose certificates to trust, instead of the authorities that Node knows. */
  readonly ca?: string | undefined;
  /** For who makes one connection for one request. */
  readonly watch?: ConnectionWatch;
}

/**
 * Connects to no address but one that has been looked at: the check is part of the connection's own lookup, so that a
 * name cannot stand for another address a moment later. One address of a name that is not public denies the name.
 */
export function guardedConnector(options: GuardOptions): buildConnector.connector {
  const { ca, watch, timeoutMs } = options;
  const connect = buildConnector({
    timeout: timeoutMs,
    lookup: guardedLookup(options),
    rejectUnauthorized: true,
    ...(ca === undefined ? {} : { ca }),
  });
  return (target, callback) => {
    connect(target, (...result) => {
      if (watch !== undefined && result[0] === null) watch.wasConnected = true;
      callback(...result);
    });
  };
}

function guardedLookup({ mayBePrivate, resolve, watch }: GuardOptions): LookupFunction {
  return (hostname, { all }, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const [first] = addresses;
        if (first === undefined) return callback(new Error('The name has no address'), '', 0);
        if (!mayBePrivate && !addresses.every(({ address }) => isPublicAddress(address))) {
          if (watch !== undefined) watch.wasDenied = true;
          return callback(new AddressDenied(), '', 0);
        }
        return all === true ? callback(null, [...addresses]) : callback(null, first.address, first.family);
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error('No address'), '', 0),
    );
  };
}
