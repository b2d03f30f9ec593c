import { systemCodeOf } from '../lib/system-code';

/** A server that is there and cannot be used; its message is for people. */
export class UnfitServer extends Error {}

const unknownAuthority =
  'the certificate of the server is of no authority that is known here; sslrootcert in the address names the file with that of its authority';
const refusedUser = 'the server does not take this user and password';

/** Codes of OpenSSL, Node.js and PostgreSQL whose remedy is in the address. */
const words: ReadonlyMap<string, string> = new Map([
  ['SELF_SIGNED_CERT_IN_CHAIN', unknownAuthority],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', unknownAuthority],
  ['UNABLE_TO_GET_ISSUER_CERT', unknownAuthority],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', unknownAuthority],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', unknownAuthority],
  ['CERT_SIGNATURE_FAILURE', unknownAuthority],
  ['CERT_HAS_EXPIRED', 'the certificate of the server has expired'],
  ['CERT_NOT_YET_VALID', 'the certificate of the server is not valid yet'],
  [
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'the certificate of the server is not for the host that the address names',
  ],
  ['28P01', refusedUser],
  ['28000', refusedUser],
  ['3D000', 'the server has no database of this name'],
]);

/** Why PostgreSQL cannot be used, for people: words, and the code they stand for. Holds nothing of the address. */
export function outageReasonOf(cause: unknown): string {
  if (cause instanceof UnfitServer) return cause.message;
  const code = systemCodeOf(cause);
  const told = words.get(code);
  if (told !== undefined) return `${told} (${code})`;
  if (code !== '') return code;
  return cause instanceof Error ? cause.message : 'unknown';
}
