import type { ListLiteral, Literal } from '../ast';
import type { ValueType } from '../typed-tree';
import { booleanType, numberType, reported } from '../typed-tree';
import { familyOf, nameType } from '../value-types';
import type { CheckRule } from './checker';

const types: Readonly<Record<Literal['type'], ValueType>> = {
  string: { kind: 'string' },
  integer: { kind: 'integer' },
  double: numberType,
  boolean: booleanType,
  null: { kind: 'null' },
};

/** A value that is written down. */
export const checkLiteral: CheckRule<Literal> = (node) => ({
  kind: 'constant',
  type: types[node.type],
  value: node.value,
});

/** A list that is written down: scalars. Its elements take the type of what they are compared with. */
export const checkListLiteral: CheckRule<ListLiteral> = (node, scope, checker) => {
  const values = node.items.map((item) => ({ value: checker.value(item, scope), span: item.span }));
  const first = values.find(({ value }) => familyOf(value.type) !== 'null')?.value.type ?? { kind: 'string' };
  if (values.some(({ value }) => familyOf(value.type) === 'unknown')) return reported;
  const misplaced = values.find(({ value }) => ['list', 'object', 'map'].includes(familyOf(value.type)));
  if (misplaced !== undefined) {
    const what = `A list of lists or objects (here ${nameType(misplaced.value.type)})`;
    return checker.error('unsupported', misplaced.span, { what });
  }
  if (first.kind === 'unknown' || first.kind === 'null') return reported;
  return { kind: 'list', type: { kind: 'array', items: first }, items: values.map(({ value }) => value) };
};
