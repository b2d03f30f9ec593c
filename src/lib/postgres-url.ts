/** Where a PostgreSQL server is, and how it is spoken to. */
export interface PostgresAddress {
  /** Without what it says of TLS. Holds a password. */
  readonly url: string;
  /** `unverified`: encrypted, to whoever is there. */
  readonly tls: 'none' | 'verified' | 'unverified';
}

/** `sslmode` as people write it. Where it asks for encryption, the server must prove who it is, unless that is turned off. */
const tlsOf: ReadonlyMap<string, PostgresAddress['tls']> = new Map([
  ['disable', 'none'],
  ['require', 'verified'],
  ['verify-ca', 'verified'],
  ['verify-full', 'verified'],
  ['no-verify', 'unverified'],
]);

/** Reads `postgres://user:password@host:port/database?sslmode=…`; null where it is none, or its `sslmode` is unknown. */
export function parsePostgresUrl(text: string): PostgresAddress | null {
  if (!/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  const tls = tlsOf.get(url.searchParams.get('sslmode') ?? 'disable');
  if (tls === undefined || url.hostname === '' || url.pathname.length < 2) return null;
  url.searchParams.delete('sslmode');
  return { url: url.href, tls };
}
