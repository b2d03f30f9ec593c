import type { TemplateDiagnostic } from './diagnostic';
import type { Dialect } from './documents';
import type { MacroContext } from './known-macros';
import { refuseMacro } from './known-macros';
import type { Macro, TextPart } from './macro';
import { closesUnopened, parsePath, parseText } from './macro';
import { isUnspeakable } from './mask';
import type { Site } from './sites';

/** Filters that are carried out. */
export const filterNames: readonly string[] = ['toJson'];

/** What is wrong with the macros of one text. Quotes none of what may be a secret. */
export function checkMacros(site: Site, context: MacroContext): TemplateDiagnostic[] {
  const { path, place } = site;
  const parts = parseText(String(site.value));
  const faults = parts.flatMap((part): TemplateDiagnostic[] => {
    const refusal = refusePart(part, { path, place }, context);
    if (refusal === undefined) return [];
    return [{ path, ...(isUnspeakable(site, innerText(part)) ? unquoted(refusal) : refusal) }];
  });
  if (!closesUnopened(parts)) return faults;
  const message = 'A macro is closed with "}}" and not opened with "{{".';
  return [...faults, { code: 'unopened-macro', path, message }];
}

type Refusal = Omit<TemplateDiagnostic, 'path'>;

/** What stands in the braces; the braces around it would hide its shape. */
function innerText({ text }: TextPart): string {
  return text.replaceAll(/^\{+|\}+$/g, '').trim();
}

function unquoted({ code }: Refusal): Refusal {
  return { code, message: wordsWithoutText[code] ?? 'holds a macro that cannot stand here' };
}

const wordsWithoutText: Partial<Record<TemplateDiagnostic['code'], string>> = {
  'unknown-macro': 'holds a macro that there is not',
  'bad-macro': 'holds braces without a path such as segment.name between them',
  'unclosed-macro': 'holds a macro that is not closed',
  'raw-macro': 'holds a macro in three braces, which only a body allows',
  'unknown-filter': 'holds a macro with a filter that there is not',
};

function refusePart(
  part: TextPart,
  site: Pick<Site, 'place' | 'path'>,
  context: MacroContext,
): Refusal | undefined {
  switch (part.kind) {
    case 'literal':
      return undefined;
    case 'fault':
      return { code: part.code, message: part.message, macro: part.text.slice(0, 80) };
    case 'script': {
      // Adobe's own example has them in a JSON body; they are kept as they are, and refused when a request is made.
      if (context.dialect === 'B' && site.place === 'json') return undefined;
      const message = 'Control blocks ({% … %}) can stand in requestBody.json of the current model alone.';
      return { code: 'control-block', message };
    }
    case 'macro':
      return refuseUse(part, site.place) ?? refuseName(part, site.place, context);
  }
}

function refuseName(macro: Macro, place: Site['place'], context: MacroContext): Refusal | undefined {
  const refusal = refuseMacro(macro.path, place, context);
  return refusal && { ...refusal, macro: macro.text };
}

function refuseUse(macro: Macro, place: Site['place']): Refusal | undefined {
  const isBody = place === 'json' || place === 'form';
  if (macro.isRaw && !isBody) {
    const message = `${macro.text} asks not to be escaped, which only a body allows. Write {{${macro.expression}}}.`;
    return { code: 'raw-macro', message, macro: macro.text, suggestion: macro.expression };
  }
  const unknown = macro.filters.find((filter) => !isBody || !filterNames.includes(filter));
  if (unknown === undefined) return undefined;
  const message = isBody
    ? `There is no filter "${unknown}". There is ${filterNames.join(', ')}.`
    : `The filter "${unknown}" can stand in a body alone.`;
  return { code: 'unknown-filter', message, macro: macro.text };
}

/**
 * What is to be matched is a macro's value: of a text without one, the same would be said for ever. Those within an
 * operation of B are left alone: Adobe's own example names a plain text there.
 */
export function checkValidationField({ path, value }: Site): TemplateDiagnostic[] {
  if (path[0] !== 'validations' || String(value).includes('{{')) return [];
  const message = 'must hold a macro such as {{audience.name}} or {{customerData.accountId}}';
  return [{ code: 'bad-validation', path, message }];
}

/** A pattern is literal: braces of a macro would be matched as they stand. */
export function checkPatternText({ path, value }: Site): TemplateDiagnostic[] {
  if (!String(value).includes('{{')) return [];
  const message = 'must hold no macro: a pattern is matched as it is written. Write \\{\\{ for two braces.';
  return [{ code: 'misplaced-macro', path, message }];
}

/**
 * Where an answer is read, a text without macros says nothing. In A's `errorSchemaMap` alone it is a path over the
 * error's body: `errors[0].message`.
 */
export function checkAnswerPath({ place, path, value }: Site, dialect: Dialect): TemplateDiagnostic[] {
  const text = String(value);
  if (text.includes('{{')) return [];
  const isBarePath = dialect === 'A' && place === 'error';
  if (isBarePath && parsePath(text) !== undefined) return [];
  const message = isBarePath
    ? 'must be a path such as error.message or errors[0].message'
    : 'must hold a macro such as {{response.id}} or {{headers.location}}';
  return [{ code: 'bad-answer-path', path, message }];
}
