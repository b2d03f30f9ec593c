import { isRecord } from '../../lib/is-record';
import { memberOf } from './json-node';
import type { Place } from './reader';

export function child({ value, pointer }: Place, name: string | number): Place {
  const inner: unknown = Array.isArray(value)
    ? typeof name === 'number'
      ? value[name]
      : undefined
    : memberOf(value, String(name));
  return { value: inner, pointer: `${pointer}/${escaped(String(name))}` };
}

/** RFC 6901. */
function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

export function has({ value }: Place, name: string): boolean {
  return memberOf(value, name) !== undefined && memberOf(value, name) !== null;
}

export function nodeTypeOf({ value }: Place): unknown {
  return memberOf(value, 'nodeType');
}

/** Brackets that say nothing but were written. */
export function isBracketed({ value }: Place): boolean {
  return memberOf(value, 'bracketed') === true;
}

/** A whole number from 0 on, written as a number or as its digits; undefined of anything else, whatever it converts to. */
export function wholeNumberOf(value: unknown): number | undefined {
  if (typeof value === 'string') return /^\d+$/.test(value) ? wholeNumberOf(Number(value)) : undefined;
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** The profile, in the newer or the older spelling. */
export function isProfileRoot(place: Place): boolean {
  const { value } = place;
  if (nodeTypeOf(place) === 'parameterReference') return wholeNumberOf(memberOf(value, 'position')) === 1;
  return isRootLiteral(value) && memberOf(value, 'value') === 'profile';
}

function isRootLiteral(value: unknown): boolean {
  const type =
    isRecord(value) && value['nodeType'] === 'literal' ? memberOf(value, 'literalType') : undefined;
  return typeof type === 'string' && type.toLowerCase() === 'xdmobject';
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'a boolean',
  undefined: 'nothing',
};

/** What stands there, in words. */
export function describe({ value }: Place): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return kinds[typeof value] ?? 'an object';
}
