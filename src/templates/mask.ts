import { isRecord } from '../lib/is-record';
import type { Dialect, Written } from './documents';
import { parseText } from './macro';
import { isSecretName, maskShapes, secretMask } from './secret-names';
import type { Site } from './sites';
import { mapSites } from './sites';

/** How an Authorization header begins. */
const schemePattern = /^(?:Bearer|Basic|Digest|OAuth|Token|Negotiate|ApiKey)\s+/i;

/**
 * Makes a template fit to be shown. Literal secrets become `********`: in A's `credential` all but `authType`, elsewhere
 * what has a name that tells (`Authorization`, `?access_token=`, `"apiKey":`) or the shape of a token. Macros stay.
 */
export function maskTemplate<T extends Written>(template: T): T['document'] {
  return mapSites(template.dialect, template.document, maskSite) as T['document'];
}

/** One value as it may be shown. */
export function maskSite({ place, names, value }: Site): unknown {
  switch (place) {
    case 'credential':
      return names.at(-1) === 'authType' ? value : maskSecret(value);
    case 'header':
    case 'form':
    case 'json':
    case 'audience':
      return maskNamed(names, value);
    case 'url':
    case 'host':
      return typeof value === 'string' ? maskUrl(value) : value;
    default:
      return value;
  }
}

/** A value that stands under these names: masked whole where one tells of a secret, else what looks like one in it. */
export function maskNamed(names: readonly string[], value: unknown): unknown {
  if (names.some(isSecretName)) return typeof value === 'boolean' ? value : maskSecret(value);
  return typeof value === 'string' ? maskShapes(value) : value;
}

/** A whole JSON value as it may be shown. */
export function maskTree(value: unknown, names: readonly string[] = []): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => maskTree(item, names));
  if (!isRecord(value)) return maskNamed(names, value);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, maskTree(item, [...names, key])]),
  );
}

/** A URL with the values of telling query parameters masked. Macros may stand in it. */
export function maskUrl(url: string): string {
  const start = url.indexOf('?');
  if (start === -1) return maskShapes(url);
  const query = url
    .slice(start + 1)
    .split('&')
    .map((pair) => {
      const equals = pair.indexOf('=');
      if (equals === -1 || !isSecretName(pair.slice(0, equals))) return pair;
      return `${pair.slice(0, equals)}=${String(maskSecret(pair.slice(equals + 1)))}`;
    });
  return maskShapes(`${url.slice(0, start)}?${query.join('&')}`);
}

/** True where the mask stands in a text, wherever in it. */
export function holdsMask(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsMask);
  if (isRecord(value)) return Object.values(value).some(holdsMask);
  return typeof value === 'string' && value.includes(secretMask);
}

/** True where a literal would be masked: a mask that is sent there means a secret. */
export function isSecretSite(site: Site, dialect: Dialect): boolean {
  if (typeof site.value !== 'string') return false;
  const probe = site.value.replaceAll(secretMask, `probe${dialect}`);
  return maskSite({ ...site, value: probe }) !== probe;
}

function maskSecret(value: unknown): unknown {
  if (value === null || value === '') return value;
  if (typeof value !== 'string') return secretMask;
  const scheme = schemePattern.exec(value)?.[0] ?? '';
  const rest = value.slice(scheme.length);
  return isOnlyMacros(rest) ? value : `${scheme}${secretMask}`;
}

/** Such a text holds no secret of its own. */
function isOnlyMacros(text: string): boolean {
  return parseText(text).every(
    (part) => part.kind === 'macro' || (part.kind === 'literal' && part.text.trim() === ''),
  );
}
