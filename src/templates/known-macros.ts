import { nearestName } from '../lib/nearest-name';
import type { Dialect } from './documents';
import type { PathStep } from './macro';
import { printPath } from './macro';
import type { Place } from './sites';

/** What may be said of a request, before it is sent. `.*` stands for one step or more. Source: contract §16. */
const requestMacros = [
  'segment.id',
  'segment.name',
  'segment.description',
  'segment.alias',
  'segment.metadata.*',
  'userContext.imsOrgId',
  'targetConnection.params.*',
  'customerData.*',
  'destination.id',
  'destination.name',
  'destination.imsOrgId',
  'destination.sandboxName',
  'destination.enrichmentAttributes',
  'destination.enrichmentAttributes.*',
  'segmentEnrichmentAttributes',
  'segmentEnrichmentAttributes.*',
] as const;

/** Their values are never shown. `credential` is A's map of them. */
const secretMacros = [
  'baseConnection.auth.params.*',
  'authentication.oauth1Authentication.*',
  'authentication.oauth2ClientAuthentication.*',
  'authentication.oauth2RefreshTokenAuthentication.*',
  'authData.*',
  'oauth2ServiceAccessToken',
] as const;

/** What may be said of a destination's answer: the parsed body by three names, and the headers. */
const answerMacros = ['response', 'response.*', 'body', 'body.*', 'root', 'headers.*'] as const;

/** Adobe's documentation checks `{{validations.accountId}}`. */
const validationMacros = ['validations.*'] as const;

export interface MacroContext {
  readonly dialect: Dialect;
  /** What the maps of model A define, as `audience.metadata.source`. */
  readonly defined: readonly string[];
}

export interface MacroRefusal {
  readonly code: 'unknown-macro' | 'misplaced-macro';
  readonly message: string;
  readonly suggestion?: string;
}

/** Why a macro cannot stand where it stands; undefined where it can. */
export function refuseMacro(
  path: readonly PathStep[],
  place: Place,
  context: MacroContext,
): MacroRefusal | undefined {
  const here = legalMacros(place, context);
  // Any path over the error's body may stand there: destinations differ in how they complain.
  if (place === 'error' || here.some((pattern) => fits(path, pattern))) return undefined;
  const name = printPath(path);
  const elsewhere = elsewhereOf(path, context);
  if (elsewhere !== undefined)
    return { code: 'misplaced-macro', message: `The macro {{${name}}} cannot stand here: ${elsewhere}` };
  const suggestion = nearestName(name, candidatesFor(path, here));
  const hint = suggestion === undefined ? '' : ` Did you mean {{${suggestion}}}?`;
  return {
    code: 'unknown-macro',
    message: `There is no macro {{${name}}}${wordOf(place)}.${hint}`,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

/** True where a macro stands for a credential, whose value is for the destination alone. */
export function isSecretMacro(path: readonly PathStep[]): boolean {
  return path[0] === 'credential' || secretMacros.some((pattern) => fits(path, pattern));
}

function legalMacros(place: Place, { dialect, defined }: MacroContext): readonly string[] {
  const maps = dialect === 'A' ? defined : [];
  switch (place) {
    case 'url':
    case 'header':
    case 'form':
    case 'json':
      return [...requestMacros, ...secretMacros, ...maps];
    case 'validation':
      return [...requestMacros, ...secretMacros, ...maps, ...validationMacros];
    case 'audience':
      return requestMacros;
    case 'credential':
      return [...requestMacros, ...secretMacros];
    case 'answer':
    case 'error':
      return answerMacros;
    case 'host':
    case 'regex':
    case 'literal':
      return [];
  }
}

function elsewhereOf(path: readonly PathStep[], { dialect, defined }: MacroContext): string | undefined {
  const fitsOne = (patterns: readonly string[]): boolean => patterns.some((pattern) => fits(path, pattern));
  if (dialect === 'B' && (path[0] === 'audience' || path[0] === 'credential'))
    return 'audience and credential are maps of the alpha model, which a template of this model does not have.';
  if (fitsOne(defined)) return 'the maps audience and credential cannot lean on each other.';
  if (fitsOne(secretMacros)) return 'a credential belongs into the map credential or into a request.';
  if (fitsOne(requestMacros)) return 'it is known before the request, and not part of the answer.';
  if (fitsOne(answerMacros)) return 'it is part of the answer, which is not there before the request.';
  return undefined;
}

function wordOf(place: Place): string {
  return place === 'answer' ? ' of an answer' : '';
}

function fits(path: readonly PathStep[], pattern: string): boolean {
  const steps = pattern.split('.');
  const isOpen = steps.at(-1) === '*';
  const fixed = isOpen ? steps.slice(0, -1) : steps;
  if (isOpen ? path.length <= fixed.length : path.length !== fixed.length) return false;
  return fixed.every((step, index) => step === path[index]);
}

/** Each known macro in full, an open one with the end that was asked for. */
function candidatesFor(path: readonly PathStep[], patterns: readonly string[]): string[] {
  return patterns.flatMap((pattern) => {
    if (!pattern.endsWith('.*')) return [pattern];
    const fixed = pattern.slice(0, -2).split('.');
    return path.length > fixed.length ? [printPath([...fixed, ...path.slice(fixed.length)])] : [];
  });
}
