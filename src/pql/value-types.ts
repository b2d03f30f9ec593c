import { describeType } from '../xdm/describe-type';
import type { ValueType } from './typed-tree';

/** Types that compare with each other without conversion are of one family. */
export type Family = 'text' | 'number' | 'boolean' | 'time' | 'object' | 'list' | 'map' | 'null' | 'unknown';

const families: Readonly<Record<ValueType['kind'], Family>> = {
  string: 'text',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  datetime: 'time',
  date: 'time',
  object: 'object',
  array: 'list',
  map: 'map',
  null: 'null',
  unknown: 'unknown',
};

/** The family of a type: what it compares with as it is. */
export function familyOf(type: ValueType): Family {
  return families[type.kind];
}

/** A type in words, with its article: "a string", "a list of objects". */
export function nameType(type: ValueType): string {
  switch (type.kind) {
    case 'null':
      return 'null';
    case 'unknown':
      return 'a value of unknown type';
    case 'integer':
    case 'object':
      return `an ${type.kind}`;
    case 'datetime':
      return 'a time';
    default:
      return `a ${describeType(type)}`;
  }
}
