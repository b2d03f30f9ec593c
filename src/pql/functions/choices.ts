import type { Argument } from '../ast';
import { numberOf } from '../check/arithmetic';
import type { Checker } from '../check/checker';
import type { Elements } from '../check/collections';
import { carried, defined, elementsOf, filtered, insideItem, listFrom } from '../check/collections';
import type { Top, Typed } from '../typed-tree';
import { reported } from '../typed-tree';
import { familyOf, nameType } from '../value-types';
import { onElements } from './lists';
import type { FunctionCall, PqlFunction } from './pql-function';

/** Functions that choose some of the items of a list by their order. See docs/pql.md, "Functions". */
export const choosingFunctions: readonly PqlFunction[] = [
  onElements('head', {
    signature: 'list.head()',
    documentation: 'The first item, of events the oldest; null when there is none',
    arity: [0, 0],
    check: headOf,
  }),
  onElements('topN', {
    signature: 'list.topN(value, n)',
    documentation:
      'The n items with the greatest values, the greatest first; an item without the value is skipped',
    arity: [2, 2],
    check: (elements, call, checker) => chosen('greatest', elements, call, checker),
  }),
  onElements('bottomN', {
    signature: 'list.bottomN(value, n)',
    documentation: 'The n items with the least values, the least first; an item without the value is skipped',
    arity: [2, 2],
    check: (elements, call, checker) => chosen('least', elements, call, checker),
  }),
];

function headOf({ generators, value, tuples }: Elements, call: FunctionCall, checker: Checker): Typed {
  if (tuples)
    return checker.error('unsupported', call.span, { what: '"head" of combinations of several variables' });
  return { kind: 'first', type: value.type, generators, value };
}

function chosen(order: Top['order'], elements: Elements, call: FunctionCall, checker: Checker): Typed {
  const [keyArgument, countArgument] = call.args;
  if (keyArgument === undefined || countArgument === undefined) {
    throw new Error('Invariant broken: arity was checked');
  }
  const inside = insideItem(keyArgument, elements, call.scope, checker);
  const key = checker.value(inside.expression, inside.scope);
  const count = howMany(countArgument, call, checker);
  if ([key, count].some(({ type }) => type.kind === 'unknown')) return reported;
  if (!['number', 'time', 'text'].includes(familyOf(key.type))) {
    const problem = `"${call.name}" needs numbers, times or texts to go by, not ${nameType(key.type)}.`;
    return checker.error('type-mismatch', keyArgument.span, { problem });
  }
  const { elements: whole, valueOf } = carried(filtered(elements, defined(key)), checker);
  const { generators, value, base } = whole;
  const items = value.type.kind === 'null' || value.type.kind === 'unknown' ? undefined : value.type;
  if (items === undefined) return reported;
  const top: Top = {
    kind: 'top',
    type: { kind: 'array', items },
    generators,
    value,
    key,
    count,
    order,
    base,
  };
  const found = elementsOf(top, checker);
  return listFrom({ ...found, value: valueOf(found.value) });
}

/** How many are wanted; what is written down must be a whole number. */
function howMany(argument: Argument, call: FunctionCall, checker: Checker): Typed {
  if (argument.kind === 'lambda') {
    return checker.error('type-mismatch', argument.span, {
      problem: 'A number is needed here, not a lambda.',
    });
  }
  const count = numberOf(argument, call.scope, checker);
  const written = count.kind === 'constant' ? count.value : 0;
  if (typeof written === 'number' && Number.isInteger(written) && written >= 0) return count;
  const problem = `"${call.name}" takes a whole number of items, not ${String(written)}.`;
  return checker.error('type-mismatch', argument.span, { problem });
}
