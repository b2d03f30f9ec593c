import type { Typed } from '../typed-tree';
import { booleanType, isTest } from '../typed-tree';
import { familyOf } from '../value-types';
import { absent } from './absent';
import type { Checker } from './checker';
import { anyOf, defined, elementsOf, someElement } from './collections';
import { ofBranches } from './presence';

/**
 * A value in boolean position: a boolean is itself, null is false, a list is true when it has an element, anything
 * else when it is defined (`0` and `""` are true). Source: docs/pql.md, "Values".
 */
export function truthOf(value: Typed, checker: Checker): Typed {
  if (isTest(value)) return value;
  switch (familyOf(value.type)) {
    case 'boolean':
      return { kind: 'isTrue', type: booleanType, operand: value };
    case 'null':
      return absent([value], checker);
    case 'list': {
      if (value.kind === 'list') return anyOf(value.items.map((item) => defined(item)));
      if (value.kind === 'if') return ofBranches(value, (branch) => truthOf(branch, checker));
      const elements = elementsOf(value, checker);
      return someElement(elements, defined(elements.value));
    }
    default:
      return defined(value);
  }
}
