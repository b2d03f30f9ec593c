import type { Checker } from '../check/checker';
import { defined, elementsOf, isList, someElement } from '../check/collections';
import { ofBranches } from '../check/presence';
import type { Typed } from '../typed-tree';
import { booleanType, readsEvents } from '../typed-tree';
import type { PqlFunction } from './pql-function';

/** Is something there? Source: docs/pql.md, "Functions". Of events, or of a path over them: is there any? */
export const presenceFunctions: readonly PqlFunction[] = [
  {
    name: 'isNotNull',
    form: 'method',
    signature: 'value.isNotNull()',
    documentation: 'True when the value, or any attribute of the object, is there',
    arity: [0, 0],
    check: ({ receiver }, checker) => presenceOf(receiver, checker),
  },
  {
    name: 'isNull',
    form: 'method',
    signature: 'value.isNull()',
    documentation: 'True when the value, or every attribute of the object, is absent',
    arity: [0, 0],
    check: ({ receiver }, checker) => ({
      kind: 'not',
      type: booleanType,
      operand: presenceOf(receiver, checker),
    }),
  },
];

function presenceOf(receiver: Typed | null, checker: Checker): Typed {
  if (receiver === null) throw new Error('Invariant broken: a method has a receiver');
  if (receiver.kind === 'if' && isList(receiver))
    return ofBranches(receiver, (one) => presenceOf(one, checker));
  if (!isList(receiver) || (isData(receiver) && !readsEvents(receiver))) return defined(receiver);
  const elements = elementsOf(receiver, checker);
  return someElement(elements, defined(elements.value));
}

/** True of lists that are data, not found by a path, a filter or a function. */
function isData({ kind }: Typed): boolean {
  return ['field', 'mapValue', 'member'].includes(kind);
}
