import { isRecord } from '../lib/is-record';
import type { TemplateDiagnostic } from './diagnostic';
import type { Dialect, Written } from './documents';
import { holdsMask, maskTemplate } from './mask';
import type { Site } from './sites';
import { mapSites, sitesOf } from './sites';
import { originsOf } from './template-url';
import { valueAtPath } from './values';

export interface Restored<T> {
  readonly document: T;
  /** Masks that stand for nothing, or may not be turned back. */
  readonly diagnostics: readonly TemplateDiagnostic[];
}

/**
 * Takes a template that a caller sends back after reading it: where it holds the mask that it was shown, the stored
 * secret stays. A secret never moves: not to another place, not to a place where it would be shown, and not to a host
 * that it was not kept for.
 *
 * @param stored the template in the model of `sent`, with its secrets; undefined where there is none yet.
 * @param shown the same as the caller was shown it.
 */
export function restoreSecrets<T extends Written>({
  sent,
  stored,
  shown,
}: {
  readonly sent: T;
  readonly stored: T['document'] | undefined;
  readonly shown: T['document'] | undefined;
}): Restored<T['document']> {
  const { dialect } = sent;
  const isAtHome = stored === undefined || !hasNewOrigin(dialect, sent.document, stored);
  const secretAt = (site: Site): unknown => {
    const before = valueAt(shown, site, sent.document);
    const secret = valueAt(stored, site, sent.document);
    return before === site.value && secret !== before ? secret : undefined;
  };
  const full = mapSites(dialect, sent.document, (site) =>
    holdsMask(site.value) ? (secretAt(site) ?? site.value) : site.value,
  ) as T['document'];
  // Names may have changed beside it: only what is masked again at the same place may stay.
  const again = maskTemplate({ ...sent, document: full });
  const diagnostics: TemplateDiagnostic[] = [];
  const document = mapSites(dialect, sent.document, (site) => {
    if (!holdsMask(site.value)) return site.value;
    const secret = secretAt(site);
    if (secret !== undefined && isAtHome && valueAtPath(again, site.path) === site.value) return secret;
    const isKept = secret !== undefined;
    const code = isKept ? 'moved-secret' : 'masked-secret';
    diagnostics.push({ code, path: site.path, message: wordsFor(isKept, isAtHome) });
    return site.value;
  }) as T['document'];
  return { document, diagnostics };
}

function wordsFor(isShown: boolean, isAtHome: boolean): string {
  if (isShown && !isAtHome)
    return 'The template goes to another host now, so the secret behind the mask must be sent again.';
  if (isShown)
    return 'The secret behind this mask would be shown here. Send it in a place of its own, or as a macro.';
  return 'A mask is no secret, and none is kept here. Send the secret itself, or a macro.';
}

function hasNewOrigin(dialect: Dialect, sent: unknown, stored: unknown): boolean {
  const known = originsOf(sitesOf(dialect, stored));
  return [...originsOf(sitesOf(dialect, sent))].some((origin) => !known.has(origin));
}

/** The value of the same place in another version of a template; a header of B is found by its name. */
function valueAt(document: unknown, site: Site, sent: unknown): unknown {
  let here: unknown = document;
  let there: unknown = sent;
  for (const step of site.path) {
    there = valueAtPath(there, [step]);
    const header = isRecord(there) ? there['header'] : undefined;
    here =
      Array.isArray(here) && typeof header === 'string'
        ? here.find((item) => isRecord(item) && item['header'] === header)
        : valueAtPath(here, [step]);
  }
  return here;
}
