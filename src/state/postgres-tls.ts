import type { ConnectionOptions } from 'node:tls';
import type { PostgresAddress } from '../lib/postgres-url';
import type { Secret } from '../lib/secret';

/** What the files hold that an address names; in PEM. */
export interface PostgresCertificates {
  readonly ca?: string;
  readonly own?: { readonly certificate: string; readonly key: Secret };
}

/** How a connection to that address is encrypted; false where it is not. */
export function tlsOptions(
  { tls }: PostgresAddress,
  { ca, own }: PostgresCertificates = {},
): ConnectionOptions | false {
  if (tls === 'none') return false;
  return {
    rejectUnauthorized: tls === 'verified',
    ...(ca !== undefined && { ca }),
    ...(own && { cert: own.certificate, key: own.key.reveal() }),
  };
}
