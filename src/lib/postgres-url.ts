/** Where a PostgreSQL server is, and how it is spoken to. */
export interface PostgresAddress {
  /** Without what it says of TLS. Holds a password. */
  readonly url: string;
  /** `unverified`: encrypted, to whoever is there. */
  readonly tls: 'none' | 'verified' | 'unverified';
  /** Paths of files in PEM; null where the address names none. */
  readonly files: {
    /** Authorities, instead of those that are known to everybody. */
    readonly ca: string | null;
    /** By which this side proves itself. */
    readonly certificate: string | null;
    readonly key: string | null;
  };
}

/** `sslmode` as people write it. Where it asks for encryption, the server must prove who it is, unless that is turned off. */
const tlsOf: ReadonlyMap<string, PostgresAddress['tls']> = new Map([
  ['disable', 'none'],
  ['require', 'verified'],
  ['verify-ca', 'verified'],
  ['verify-full', 'verified'],
  ['no-verify', 'unverified'],
]);

/**
 * Reads `postgres://user:password@host:port/database?sslmode=…&sslrootcert=…&sslcert=…&sslkey=…`; null where it is none, its
 * `sslmode` is unknown, or it says something else of TLS: what is not understood must not make a connection less safe.
 */
export function parsePostgresUrl(text: string): PostgresAddress | null {
  if (!/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.hostname === '' || url.pathname.length < 2) return null;
  const take = (name: string): string | null => {
    const value = url.searchParams.get(name);
    url.searchParams.delete(name);
    return value === '' ? null : value;
  };
  const tls = tlsOf.get(take('sslmode') ?? 'disable');
  const ca = take('sslrootcert');
  const files = { ca: ca === 'system' ? null : ca, certificate: take('sslcert'), key: take('sslkey') };
  const isMoreSaid = [...url.searchParams.keys()].some((name) => /^(ssl|uselibpqcompat)/.test(name));
  if (tls === undefined || isMoreSaid || !fits(tls, files)) return null;
  return { url: url.href, tls, files };
}

/** Nobody names an authority for a connection that asks for no proof and means it. */
function fits(tls: PostgresAddress['tls'], { ca, certificate, key }: PostgresAddress['files']): boolean {
  if ((certificate === null) !== (key === null)) return false;
  return (ca === null || tls === 'verified') && (certificate === null || tls !== 'none');
}
