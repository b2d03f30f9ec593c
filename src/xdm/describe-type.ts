import { assertNever } from '../lib/assert';
import type { XdmType } from './union-schema';

/** A type in words for messages: `string`, `list of object`, `map of list of string`. */
export function describeType(type: XdmType): string {
  switch (type.kind) {
    case 'string':
    case 'integer':
    case 'number':
    case 'boolean':
    case 'datetime':
    case 'date':
    case 'object':
      return type.kind;
    case 'array':
      return `list of ${describeType(type.items)}`;
    case 'map':
      return `map of ${describeType(type.values)}`;
    default:
      return assertNever(type);
  }
}
