import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { variables } from '../config-variables';
import { ConfigError } from '../errors/config-error';
import { parsePostgresUrl } from '../lib/postgres-url';
import { Secret } from '../lib/secret';
import { systemCodeOf } from '../lib/system-code';
import type { PostgresCertificates } from '../state/postgres-tls';

/**
 * Reads the files that `BACKBONE_URL` names: `sslrootcert`, `sslcert`, `sslkey`.
 *
 * @throws ConfigError where one cannot be read, or is none: no connection could ever be made.
 */
export async function readPostgresCertificates(url: Secret | null): Promise<PostgresCertificates> {
  const files = url === null ? undefined : parsePostgresUrl(url.reveal())?.files;
  if (files === undefined) return {};
  const { ca, certificate, key } = files;
  return {
    ...(ca !== null && { ca: await readPem(ca, 'sslrootcert', (pem) => new X509Certificate(pem)) }),
    ...(certificate !== null &&
      key !== null && {
        own: {
          certificate: await readPem(certificate, 'sslcert', (pem) => new X509Certificate(pem)),
          key: new Secret(await readPem(key, 'sslkey', createPrivateKey)),
        },
      }),
  };
}

async function readPem(path: string, parameter: string, check: (pem: string) => unknown): Promise<string> {
  const wrong = (what: string): ConfigError =>
    new ConfigError([
      { name: variables.backboneUrl.name, message: `names ${path} as ${parameter}, ${what}` },
    ]);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw wrong(`which cannot be read (${systemCodeOf(error) || 'unknown reason'})`);
  });
  try {
    check(text);
  } catch {
    throw wrong(`which is no ${parameter === 'sslkey' ? 'key without a passphrase' : 'certificate'} in PEM`);
  }
  return text;
}
