/** A host that the operator lets requests go to. */
export interface AllowedHost {
  /** As a URL spells it: small letters, punycode, IPv6 in brackets. */
  readonly hostname: string;
  /** Null: 443, and then by https to public addresses alone. */
  readonly port: number | null;
}

const entryPattern = /^(\[[0-9A-Fa-f:.]{2,64}\]|[^\s:/?#@\\*%[\]]{1,253})(?::([1-9]\d{0,4}))?$/;

/** Reads `host` or `host:port`, commas between them; undefined where one of them is neither. */
export function parseAllowedHosts(text: string): readonly AllowedHost[] | undefined {
  const entries = text.split(',').map((entry) => entry.trim());
  if (entries.length === 1 && entries[0] === '') return [];
  const hosts = entries.map(parseEntry);
  return hosts.every((host) => host !== undefined) ? hosts : undefined;
}

function parseEntry(entry: string): AllowedHost | undefined {
  const [, host = '', port] = entryPattern.exec(entry) ?? [];
  const url = `http://${host}/`;
  if (host === '' || !URL.canParse(url) || Number(port ?? 1) > 65_535) return undefined;
  return { hostname: new URL(url).hostname, port: port === undefined ? null : Number(port) };
}
