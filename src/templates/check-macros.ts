import type { TemplateDiagnostic } from './diagnostic';
import type { Dialect } from './documents';
import type { MacroContext } from './known-macros';
import { refuseMacro } from './known-macros';
import type { Macro, TextPart } from './macro';
import { parsePath, parseText } from './macro';
import type { Site } from './sites';

/** Filters that are carried out. */
export const filterNames: readonly string[] = ['toJson'];

/** What is wrong with the macros of one text. */
export function checkMacros({ path, place, value }: Site, context: MacroContext): TemplateDiagnostic[] {
  return parseText(String(value)).flatMap((part): TemplateDiagnostic[] => {
    const refusal = refusePart(part, { path, place }, context);
    return refusal === undefined ? [] : [{ path, ...refusal }];
  });
}

type Refusal = Omit<TemplateDiagnostic, 'path'>;

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
