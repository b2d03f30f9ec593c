import { isRecord } from '../lib/is-record';
import type { Written } from './documents';
import { maskShapes, maskText, maskUrl, maskWhole } from './mask-text';
import { isSecretName, secretMask } from './secret-names';
import type { Site } from './sites';
import { mapSites, toldNames } from './sites';

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
      return typeof value === 'string' ? maskShapes(value) : value;
  }
}

/** A value that stands under these names: masked whole where one tells of a secret, else what looks like one in it. */
export function maskNamed(names: readonly string[], value: unknown): unknown {
  if (names.some(isSecretName)) return typeof value === 'boolean' ? value : maskSecret(value);
  return typeof value === 'string' ? maskText(value) : value;
}

/** A whole JSON value as it may be shown. */
export function maskTree(value: unknown, names: readonly string[] = []): unknown {
  if (Array.isArray(value))
    return value.map((item: unknown, index) => maskTree(item, [...names, ...toldNames(value, index)]));
  if (!isRecord(value)) return maskNamed(names, value);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      maskTree(item, [...names, ...toldNames(value, key), key]),
    ]),
  );
}

/** True where the mask stands in a text, wherever in it. */
export function holdsMask(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsMask);
  if (isRecord(value)) return Object.values(value).some(holdsMask);
  return typeof value === 'string' && value.includes(secretMask);
}

/** True where a text may not be quoted to anybody: its place holds secrets, or it looks like one by itself. */
export function isUnspeakable({ place, names }: Site, text: string): boolean {
  return place === 'credential' || names.some(isSecretName) || maskText(text) !== text;
}

function maskSecret(value: unknown): unknown {
  if (value === null || value === '') return value;
  return typeof value === 'string' ? maskWhole(value) : secretMask;
}
