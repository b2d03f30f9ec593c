/** A value as a part of a URL's path or query; half a surrogate pair becomes U+FFFD. */
export function encodeUrlPart(text: string): string {
  return encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\uFFFD'));
}

/** True for what can stand in the value of a header: one line of Latin-1, without control characters. */
export function isHeaderText(text: string): boolean {
  return /^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(text);
}

/** What the HTTP client sets by itself; a template that set it could smuggle a request. */
const reservedHeaders = new Set([
  ...['host', 'content-length', 'transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'te', 'trailer'],
  ...['expect', 'proxy-authorization', 'proxy-connection', 'http2-settings'],
]);

/** True for the name of a header that a template may set. */
export function isSettableHeader(name: string): boolean {
  return /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/.test(name) && !reservedHeaders.has(name.toLowerCase());
}
