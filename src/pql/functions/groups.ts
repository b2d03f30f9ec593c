import type { Checker } from '../check/checker';
import type { Elements } from '../check/collections';
import { carried, defined, elementsOf, filtered, listFrom } from '../check/collections';
import { dataType, entriesOf, entriesType } from '../check/maps';
import { isTakenApart } from '../check/parts';
import type { Typed } from '../typed-tree';
import { reported } from '../typed-tree';
import { familyOf, nameType } from '../value-types';
import { elementValue, onElements } from './lists';
import type { FunctionCall, PqlFunction } from './pql-function';

/** Maps that are made of lists. See docs/pql.md, "Maps". */
export const groupFunctions: readonly PqlFunction[] = [
  onElements('groupBy', {
    signature: 'list.groupBy(value)',
    documentation:
      'A map from each value to the list of the items that have it; items without one are in none',
    arity: [1, 1],
    check: groupedBy,
  }),
];

function groupedBy(elements: Elements, call: FunctionCall, checker: Checker): Typed {
  const key = elementValue(elements, call, checker);
  if (key.type.kind === 'unknown') return reported;
  if (['list', 'object', 'map'].includes(familyOf(key.type))) {
    const problem = `"groupBy" needs one value of each item, not ${nameType(key.type)}.`;
    return checker.error('type-mismatch', call.args[0]?.span ?? call.span, { problem });
  }
  if (isTakenApart(elements.value) || elements.tuples) {
    return checker.error('unsupported', call.span, { what: 'Grouping what the rule makes itself' });
  }
  const keyed = filtered(elements, defined(key));
  const { elements: whole, valueOf } = carried(keyed, checker);
  const type = entriesType(dataType(key), { kind: 'array', items: dataType(whole.value) });
  const groups = entriesOf(
    { kind: 'groups', type, generators: whole.generators, key, value: whole.value },
    checker,
  );
  // Of an object that is part of an item, the groups hold the items.
  const part = valueOf(whole.value) === whole.value ? groups.value : partsOf(groups.value, valueOf, checker);
  const values = { kind: 'array', items: dataType(elements.value) } as const;
  return {
    kind: 'mapping',
    type: { kind: 'map', keys: dataType(key), values },
    ...groups,
    value: part,
    base: elements.base,
    grouped: { items: keyed, key },
  };
}

function partsOf(group: Typed, valueOf: (item: Typed) => Typed, checker: Checker): Typed {
  const items = elementsOf(group, checker);
  return listFrom({ ...items, value: valueOf(items.value) });
}
