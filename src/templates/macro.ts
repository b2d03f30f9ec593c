/** One step of a macro's path: a name, or the number of an item. */
export type PathStep = string | number;

/** `{{segment.name}}`; `{{{…}}}` is B's way to say "do not escape". */
export interface Macro {
  readonly kind: 'macro';
  /** As it stands, with its braces. */
  readonly text: string;
  /** What stands between the braces, without filters: `segment.name`. */
  readonly expression: string;
  readonly path: readonly PathStep[];
  /** Names after `|`, e.g. `toJson`. */
  readonly filters: readonly string[];
  readonly isRaw: boolean;
}

export type MacroFaultCode = 'unclosed-macro' | 'unopened-macro' | 'bad-macro';

export type TextPart =
  | { readonly kind: 'literal'; readonly text: string }
  | Macro
  /** A text with control blocks (`{% for … %}`) as a whole. */
  | { readonly kind: 'script'; readonly text: string }
  | {
      readonly kind: 'fault';
      readonly text: string;
      readonly code: MacroFaultCode;
      readonly message: string;
    };

const longestExpression = 256;
const deepestPath = 16;
const pathPattern = /^[A-Za-z_$][\w$-]*(?:\.[\w$-]+|\[\d{1,4}\])*$/;
const filterPattern = /^[A-Za-z]\w*$/;

/**
 * Reads a text of a template in one pass: literal pieces, macros, and what is written like a macro but is none.
 * `parts.map(({ text }) => text).join('')` is the text again.
 */
export function parseText(text: string): readonly TextPart[] {
  if (text.includes('{%')) return [{ kind: 'script', text }];
  const parts: TextPart[] = [];
  let at = 0;
  for (let open = text.indexOf('{{'); open !== -1; open = text.indexOf('{{', at)) {
    if (open > at) parts.push({ kind: 'literal', text: text.slice(at, open) });
    const part = readMacro(text, open);
    parts.push(part);
    at = open + part.text.length;
  }
  if (at < text.length) parts.push({ kind: 'literal', text: text.slice(at) });
  return parts;
}

/** True where braces close a macro that none opened, as in `segment.name}}`; those of a JSON text are none. */
export function closesUnopened(parts: readonly TextPart[]): boolean {
  let depth = 0;
  for (const part of parts) {
    if (part.kind !== 'literal') continue;
    for (let at = 0; at < part.text.length; at += 1) {
      if (part.text[at] === '{') depth += 1;
      else if (part.text[at] !== '}') continue;
      else if (depth > 0) depth -= 1;
      else if (part.text[at + 1] === '}') return true;
    }
  }
  return false;
}

/** The macro that a text consists of, and nothing else; undefined otherwise. */
export function wholeMacro(text: string): Macro | undefined {
  const [first, ...others] = parseText(text);
  return first?.kind === 'macro' && others.length === 0 ? first : undefined;
}

/** The steps of a path without braces, as `errors[0].message`; undefined where it is none. */
export function parsePath(expression: string): readonly PathStep[] | undefined {
  if (expression.length > longestExpression || !pathPattern.test(expression)) return undefined;
  const steps = [...expression.matchAll(/([\w$-]+)|\[(\d+)\]/g)].map(([, name, index]) =>
    index === undefined ? (name ?? '') : Number(index),
  );
  return steps.length > deepestPath ? undefined : steps;
}

/** A path as it is written: `a.b[0]`. */
export function printPath(path: readonly PathStep[]): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join('');
}

function readMacro(text: string, open: number): Exclude<TextPart, { kind: 'literal' }> {
  const isRaw = text.startsWith('{{{', open);
  const [opening, closing] = isRaw ? ['{{{', '}}}'] : ['{{', '}}'];
  const close = text.indexOf(closing, open + opening.length);
  if (close === -1) {
    const message = `A macro is opened with "${opening}" and not closed with "${closing}".`;
    return { kind: 'fault', code: 'unclosed-macro', text: text.slice(open), message };
  }
  const whole = text.slice(open, close + closing.length);
  const [first = '', ...rest] = text.slice(open + opening.length, close).split('|');
  const expression = first.trim();
  const filters = rest.map((filter) => filter.trim());
  const path = parsePath(expression);
  if (path !== undefined && filters.every((filter) => filterPattern.test(filter)))
    return { kind: 'macro', text: whole, expression, path, filters, isRaw };
  const shown = whole.length > 80 ? `${whole.slice(0, 80)}…` : whole;
  const message = `"${shown}" is no macro: between the braces stands a path such as segment.name or response.data[0].id.`;
  return { kind: 'fault', code: 'bad-macro', text: whole, message };
}
