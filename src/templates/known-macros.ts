import { nearestName } from '../lib/nearest-name';
import type { Dialect } from './documents';
import type { PathStep } from './macro';
import { printPath } from './macro';
import type { Place } from './sites';

interface MacroPattern {
  readonly steps: readonly string[];
  /** True where one step or more must follow, of any name. */
  readonly isOpen: boolean;
}

function patternsOf(...texts: readonly string[]): readonly MacroPattern[] {
  return texts.map((text) => {
    const steps = text.split('.');
    const isOpen = steps.at(-1) === '*';
    return { steps: isOpen ? steps.slice(0, -1) : steps, isOpen };
  });
}

/** What may be said of a request, before it is sent. `.*` stands for one step or more. Source: contract §16. */
const requestMacros = patternsOf(
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
);

/** Their values are never shown. `credential` is A's map of them. */
const secretMacros = patternsOf(
  'baseConnection.auth.params.*',
  'authentication.oauth1Authentication.*',
  'authentication.oauth2ClientAuthentication.*',
  'authentication.oauth2RefreshTokenAuthentication.*',
  'authData.*',
  'oauth2ServiceAccessToken',
);

/** What may be said of a destination's answer: the parsed body by three names, and the headers. */
const answerMacros = patternsOf('response', 'response.*', 'body', 'body.*', 'root', 'headers.*');

/** Adobe's documentation checks `{{validations.accountId}}`. */
const validationMacros = patternsOf('validations.*');

/** So many names of the maps are looked through for one that is near. */
const mostDefinedNames = 200;

export interface MacroContext {
  readonly dialect: Dialect;
  /** What the maps of model A define, as `audience.metadata.source`. */
  readonly defined: ReadonlySet<string>;
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
  const here = legalMacros(place);
  const name = printPath(path);
  const isDefined = definedPlaces.has(place) && context.defined.has(name);
  // Any path over the error's body may stand there: destinations differ in how they complain.
  if (place === 'error' || isDefined || fitsOne(path, here)) return undefined;
  const elsewhere = elsewhereOf(path, context);
  if (elsewhere !== undefined)
    return { code: 'misplaced-macro', message: `The macro {{${name}}} cannot stand here: ${elsewhere}` };
  const suggestion = nearestName(name, [
    ...candidatesFor(path, here),
    ...(definedPlaces.has(place) ? [...context.defined].slice(0, mostDefinedNames) : []),
  ]);
  const hint = suggestion === undefined ? '' : ` Did you mean {{${suggestion}}}?`;
  return {
    code: 'unknown-macro',
    message: `There is no macro {{${name}}}${wordOf(place)}.${hint}`,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

/** True where a macro stands for a credential, whose value is for the destination alone. */
export function isSecretMacro(path: readonly PathStep[]): boolean {
  return path[0] === 'credential' || fitsOne(path, secretMacros);
}

/** Where what model A's maps define may stand. */
const definedPlaces: ReadonlySet<Place> = new Set(['url', 'header', 'form', 'json', 'validation']);

function legalMacros(place: Place): readonly MacroPattern[] {
  switch (place) {
    case 'url':
    case 'header':
    case 'form':
    case 'json':
    case 'credential':
      return [...requestMacros, ...secretMacros];
    case 'validation':
      return [...requestMacros, ...secretMacros, ...validationMacros];
    case 'audience':
      return requestMacros;
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
  if (dialect === 'B' && (path[0] === 'audience' || path[0] === 'credential'))
    return 'audience and credential are maps of the alpha model, which a template of this model does not have.';
  if (defined.has(printPath(path))) return 'the maps audience and credential cannot lean on each other.';
  if (fitsOne(path, secretMacros)) return 'a credential belongs into the map credential or into a request.';
  if (fitsOne(path, requestMacros)) return 'it is known before the request, and not part of the answer.';
  if (fitsOne(path, answerMacros)) return 'it is part of the answer, which is not there before the request.';
  return undefined;
}

function wordOf(place: Place): string {
  return place === 'answer' ? ' of an answer' : '';
}

function fitsOne(path: readonly PathStep[], patterns: readonly MacroPattern[]): boolean {
  return patterns.some(
    ({ steps, isOpen }) =>
      (isOpen ? path.length > steps.length : path.length === steps.length) &&
      steps.every((step, index) => step === path[index]),
  );
}

/** Each known macro in full, an open one with the end that was asked for. */
function candidatesFor(path: readonly PathStep[], patterns: readonly MacroPattern[]): string[] {
  return patterns.flatMap(({ steps, isOpen }) => {
    if (!isOpen) return [printPath(steps)];
    return path.length > steps.length ? [printPath([...steps, ...path.slice(steps.length)])] : [];
  });
}
