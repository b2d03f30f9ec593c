import { isRecord } from '../lib/is-record';
import { checkAnswerPath, checkMacros, checkPatternText, checkValidationField } from './check-macros';
import { refusePattern } from './check-pattern';
import type { TemplateDiagnostic } from './diagnostic';
import type { DocumentA, OperationA, OperationB, Written } from './documents';
import { verbs } from './documents';
import type { MacroContext } from './known-macros';
import type { PathStep } from './macro';
import { printPath } from './macro';
import { holdsMask } from './mask';
import { maskShapes } from './mask-text';
import type { Site } from './sites';
import { sitesOf } from './sites';
import type { PlainHttp } from './template-url';
import { refuseUrl } from './template-url';

const mostDiagnostics = 50;
const deepestDocument = 40;

/**
 * Everything that is wrong with a template beyond its shape: macros that are not known or cannot stand where they stand,
 * URLs whose host is not literal, patterns that cannot be matched in linear time, and templates that do nothing.
 *
 * @returns at most 50, in the order of the document; empty for a template that can be kept.
 */
export function checkTemplate(
  template: Written,
  options: { readonly plainHttp: PlainHttp } = { plainHttp: 'loopback' },
): readonly TemplateDiagnostic[] {
  const depth = checkDepth(template.document);
  if (depth.length > 0) return depth;
  const context: MacroContext = {
    dialect: template.dialect,
    defined: new Set(template.dialect === 'A' ? definedBy(template.document) : []),
  };
  const diagnostics = [
    ...checkOperations(template, options.plainHttp),
    ...findNamesWithMacros(template.document, []),
  ];
  for (const site of sitesOf(template.dialect, template.document)) {
    // Not one more: what is near a name that is not known takes its time to be found.
    if (diagnostics.length >= mostDiagnostics) break;
    diagnostics.push(...checkSite(site, context));
  }
  return diagnostics.slice(0, mostDiagnostics);
}

/** Refuses a document that is nested too deep to be walked; to be asked before anything else is done with one. */
export function checkDepth(document: unknown): readonly TemplateDiagnostic[] {
  let level: unknown[] = [document];
  for (let depth = 0; depth <= deepestDocument; depth += 1) {
    level = level.flatMap((value) =>
      Array.isArray(value) ? (value as unknown[]) : isRecord(value) ? Object.values(value) : [],
    );
    if (level.length === 0) return [];
  }
  const message = `must not be nested deeper than ${deepestDocument} levels`;
  return [{ code: 'too-deep', path: [], message }];
}

/** The macros that the maps of model A define. `audience.id`, which no map defines, is the audience's id over there. */
function definedBy({ audience, credential }: DocumentA): readonly string[] {
  return [
    'audience.id',
    ...pathsIn(audience ?? {}, ['audience']),
    ...pathsIn(credential ?? {}, ['credential']),
  ];
}

function pathsIn(value: unknown, path: readonly PathStep[]): string[] {
  const children = isRecord(value) ? Object.entries(value) : [];
  return children.flatMap(([key, item]) => [printPath([...path, key]), ...pathsIn(item, [...path, key])]);
}

function checkOperations(template: Written, plainHttp: PlainHttp): TemplateDiagnostic[] {
  const parts = template.document.metadataTemplate;
  const operations = verbs.flatMap((verb) => {
    const operation = parts !== undefined && verb in parts ? parts[verb as keyof typeof parts] : undefined;
    return operation === undefined ? [] : [{ verb, operation: operation as OperationA | OperationB }];
  });
  if (operations.length === 0) return refuseEmpty(template);
  const host = template.dialect === 'A' ? (template.document.metadataTemplate?.host ?? '') : '';
  return operations.flatMap(({ verb, operation }) => {
    const path = ['metadataTemplate', verb];
    return 'uri' in operation
      ? [
          ...checkUrl(host + operation.uri, {
            path: host === '' ? [...path, 'uri'] : ['metadataTemplate', 'host'],
            plainHttp,
          }),
          ...checkBodies(operation.body, operation.params, [...path, 'params']),
          ...checkHeaders(Object.keys(operation.headers ?? {}), [...path, 'headers']),
        ]
      : [
          ...checkUrl(operation.url, { path: [...path, 'url'], plainHttp }),
          ...checkBodies(operation.requestBody?.json, operation.requestBody?.params, [
            ...path,
            'requestBody',
          ]),
          ...checkHeaders(
            (operation.headers ?? []).map(({ header }) => header),
            [...path, 'headers'],
          ),
        ];
  });
}

/** Adobe knows by itself how to speak to some destinations; their templates only name them in `audience.context`. */
function refuseEmpty(template: Written): TemplateDiagnostic[] {
  const { document } = template;
  const context = template.dialect === 'A' ? template.document.audience?.['context'] : undefined;
  const isBuiltIn = typeof context === 'string' && context !== '' && context !== 'Generic';
  if (document.metadataTemplate === undefined && isBuiltIn) return [];
  const message =
    'must hold at least one operation (create, update, delete or validate): it would do nothing';
  return [{ code: 'no-operations', path: ['metadataTemplate'], message }];
}

function checkUrl(
  url: string,
  { path, plainHttp }: { readonly path: readonly PathStep[]; readonly plainHttp: PlainHttp },
): TemplateDiagnostic[] {
  const problem = refuseUrl(url, plainHttp);
  if (problem === undefined) return [];
  return [{ code: path.at(-1) === 'host' ? 'bad-host' : 'bad-url', path, message: problem }];
}

function checkBodies(json: unknown, params: unknown, path: readonly PathStep[]): TemplateDiagnostic[] {
  if (json === undefined || params === undefined) return [];
  const message = 'must not stand beside a JSON body: a request has one or the other';
  return [{ code: 'two-bodies', path, message }];
}

function checkHeaders(names: readonly string[], path: readonly PathStep[]): TemplateDiagnostic[] {
  const seen = new Set<string>();
  return names.flatMap((name) => {
    const isRepeated = seen.has(name.toLowerCase());
    seen.add(name.toLowerCase());
    if (!isRepeated) return [];
    return [{ code: 'repeated-header', path, message: `must not hold "${maskShapes(name)}" twice` } as const];
  });
}

function checkSite(site: Site, context: MacroContext): readonly TemplateDiagnostic[] {
  const { place, path, value } = site;
  if (place === 'form' && path.length > formDepth(context))
    return [{ code: 'bad-form-field', path, message: 'must be a text, a number or a truth value' }];
  if (typeof value !== 'string') return [];
  const macros = checkMacros(site, context);
  switch (place) {
    case 'host':
      return macros.length > 0 || !/[?#]/.test(value)
        ? macros
        : [{ code: 'bad-host', path, message: 'must not hold a query: that belongs into the uri' }];
    case 'regex': {
      // What stands behind a mask was looked at when it was kept.
      if (holdsMask(value)) return [];
      const braces = checkPatternText(site);
      return braces.length > 0 ? braces : refusePattern(value, path);
    }
    case 'validation':
      return macros.length > 0 ? macros : checkValidationField(site);
    case 'answer':
    case 'error':
      return macros.length > 0 ? macros : checkAnswerPath(site, context.dialect);
    default:
      return macros;
  }
}

/** Fields of a form lie flat: deeper than this is a value within one. */
function formDepth({ dialect }: MacroContext): number {
  return dialect === 'A' ? 4 : 5;
}

function findNamesWithMacros(value: unknown, path: readonly PathStep[]): TemplateDiagnostic[] {
  if (Array.isArray(value))
    return value.flatMap((item: unknown, index) => findNamesWithMacros(item, [...path, index]));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const place = [...path, key];
    const message = 'A macro can stand in a value, not in a name.';
    return key.includes('{{')
      ? [{ code: 'macro-in-name', path: place, message } as const]
      : findNamesWithMacros(item, place);
  });
}
