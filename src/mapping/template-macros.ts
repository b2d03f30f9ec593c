import { isRecord } from '../lib/is-record';
import type { TemplateMacro } from '../schema/audience-template.type';
import { parseText } from '../templates/macro';

/**
 * Every `{{macro}}` of a template and the dotted places where it stands, in the order of the first of them.
 *
 * @param template its parts by name; text, lists and maps are looked through, keys too.
 */
export function findMacros(template: Readonly<Record<string, unknown>>): TemplateMacro[] {
  const places = new Map<string, string[]>();
  visit(template, '', (expression, place) => {
    const known = places.get(expression);
    if (known === undefined) places.set(expression, [place]);
    else if (!known.includes(place)) known.push(place);
  });
  return [...places].map(([expression, usedIn]) => ({ expression, usedIn }));
}

function visit(value: unknown, place: string, report: (expression: string, place: string) => void): void {
  if (typeof value === 'string') {
    for (const part of parseText(value)) if (part.kind === 'macro') report(part.expression, place);
    return;
  }
  if (Array.isArray(value)) {
    value.forEach((item: unknown, index) => visit(item, `${place}[${index}]`, report));
    return;
  }
  if (!isRecord(value)) return;
  for (const [key, item] of Object.entries(value))
    visit(item, place === '' ? key : `${place}.${key}`, report);
}
