import type { XdmType } from '../../xdm/union-schema';
import type { ListLiteral, Literal, ObjectLiteral } from '../ast';
import type { ValueType } from '../typed-tree';
import { booleanType, numberType, reported } from '../typed-tree';
import { familyOf, nameType } from '../value-types';
import type { CheckRule } from './checker';
import { isList } from './collections';
import { dataType } from './maps';

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

/**
 * A list that is written down: scalars, or lists of them. Its elements take the type of what they are compared with; as
 * items they take that of the first.
 */
export const checkListLiteral: CheckRule<ListLiteral> = (node, scope, checker) => {
  const values = node.items.map((item) => ({ value: checker.value(item, scope), span: item.span }));
  if (values.some(({ value }) => familyOf(value.type) === 'unknown')) return reported;
  for (const { value, span } of values) {
    if (isList(value) && value.kind !== 'list') {
      return checker.error('unsupported', span, { what: 'A list within a list that is not written down' });
    }
    if (['object', 'map'].includes(familyOf(value.type))) {
      const what = `A list of objects that is written down (here ${nameType(value.type)})`;
      return checker.error('unsupported', span, { what });
    }
  }
  const types = values.map(({ value }) => value.type).filter(({ kind }) => kind !== 'null');
  const stranger = values.find(
    ({ value }) => isList(value) !== (types[0]?.kind === 'array') && value.type.kind !== 'null',
  );
  if (stranger !== undefined) {
    const problem = 'A list holds either lists or values that are none.';
    return checker.error('type-mismatch', stranger.span, { problem });
  }
  return {
    kind: 'list',
    type: { kind: 'array', items: itemType(types) },
    items: values.map(({ value }) => value),
  };
};

/** The type of the first item; of whole numbers and others that of numbers. */
function itemType(types: readonly ValueType[]): XdmType {
  const first = types[0] ?? { kind: 'string' };
  if (first.kind === 'unknown' || first.kind === 'null') return { kind: 'string' };
  const isOfNumbers = first.kind === 'integer' && types.some(({ kind }) => kind === 'number');
  return isOfNumbers ? numberType : first;
}

/** An object that is written down: its attributes can be read, and it is there where one of them is. */
export const checkObjectLiteral: CheckRule<ObjectLiteral> = (node, scope, checker) => {
  const names = new Set<string>();
  const entries = node.entries.map(({ key, value }) => {
    if (names.has(key)) checker.error('duplicate-name', value.span, { name: key });
    names.add(key);
    return { name: key, value: checker.value(value, scope) };
  });
  if (entries.some(({ value }) => value.type.kind === 'unknown')) return reported;
  const fields = Object.fromEntries(entries.map(({ name, value }) => [name, dataType(value)]));
  return { kind: 'object', type: { kind: 'object', fields }, entries };
};
