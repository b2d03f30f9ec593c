/** A value as a part of a URL's path or query; half a surrogate pair becomes U+FFFD. */
export function encodeUrlPart(text: string): string {
  return encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\uFFFD'));
}

/** True for what can stand in the value of a header: one line of Latin-1, without control characters. */
export function isHeaderText(text: string): boolean {
  return /^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(text);
}
