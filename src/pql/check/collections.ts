import type { Argument, Expression } from '../ast';
import type { Span } from '../source';
import type { Collection, Exists, Generator, ListOf, Typed } from '../typed-tree';
import { booleanType, yes } from '../typed-tree';
import { familyOf } from '../value-types';
import type { Checker, Scope } from './checker';
import { applyLambda } from './checker';
import { converted } from './coercion';
import { allOf, anyOf, defined, ofBranches } from './presence';

export { allOf, anyOf, defined };

/** A list taken apart: its generators and what each combination of items gives. */
export interface Elements {
  readonly generators: readonly Generator[];
  readonly value: Typed;
  readonly distinct: boolean;
  /** Combinations of several variables, which have no attributes. */
  readonly tuples: boolean;
  /** The list that they were made of; see `Collection`. */
  readonly base: Typed | null;
}

/** True where the value has items: a list attribute, or what was made of one. */
export function isList(value: Typed): boolean {
  return familyOf(value.type) === 'list';
}

/** Takes a list-valued node apart; a list attribute becomes a generator over it, an unknown one may be a list. */
export function elementsOf(list: Typed, checker: Checker): Elements {
  return list.kind === 'collection' ? list : itemsOf(list, checker);
}

/** The items of a list as a whole, in a generator of their own. */
function itemsOf(list: Typed, checker: Checker): Elements {
  const source = { kind: 'list', list: list.kind === 'list' ? ofOneType(list) : list } as const;
  const item = checker.newItem(source);
  const type = list.type.kind === 'array' ? list.type.items : { kind: 'unknown' as const };
  // Whole events are events still, wherever the list of them comes from.
  const owner = { kind: type === checker.schema.event ? 'event' : 'item', item } as const;
  const value: Typed = list.kind === 'dynamic' ? list : { kind: 'field', owner, type, path: '' };
  return { generators: [{ item, source, where: null }], value, distinct: false, tuples: false, base: list };
}

/** Elements of which something else is to be said: what has no repeats so far becomes a list first. */
export function settled(elements: Elements, checker: Checker): Elements {
  const list = elements.distinct ? listFrom(elements) : undefined;
  return list?.kind === 'collection' ? { ...itemsOf(list, checker), base: elements.base } : elements;
}

/**
 * A list that is written down, as a list of one type: that of its first item. Items that cannot be of that type are null,
 * and so no items.
 */
function ofOneType(list: ListOf): ListOf {
  const type = list.type.items;
  const items = list.items
    .filter((item) => item.kind !== 'constant' || item.value !== null)
    .map((item) => (item.kind === 'list' ? ofOneType(item) : converted(item, type)));
  return { ...list, items };
}

/** All events of the profile. */
export function allEvents(checker: Checker): Collection {
  const source = { kind: 'events' } as const;
  const item = checker.newItem(source);
  const type = checker.schema.event;
  return {
    kind: 'collection',
    type: { kind: 'array', items: type },
    generators: [{ item, source, where: null }],
    value: { kind: 'field', owner: { kind: 'event', item }, type, path: '' },
    distinct: false,
    tuples: false,
    base: null,
  };
}

/** Puts elements together along a path: a value that is a list itself is flattened into one more generator. */
export function collect(elements: Elements, checker: Checker): Typed {
  const { value } = elements;
  if (!isList(value)) return listFrom(elements);
  const inner = elementsOf(value, checker);
  const generators = [...elements.generators, ...inner.generators];
  return collect({ ...elements, generators, value: inner.value }, checker);
}

/** Puts elements together again as they are: items that are lists stay lists. */
export function listFrom(elements: Elements): Typed {
  const { value } = elements;
  if (value.type.kind === 'unknown') return value;
  const items = value.type.kind === 'null' ? { kind: 'string' as const } : value.type;
  return { ...elements, kind: 'collection', type: { kind: 'array', items } };
}

/** A list of what can be one value in SQL: whole items or scalars, never a part of an item that has parts itself. */
export interface Carried {
  readonly elements: Elements;
  /** The value of the elements again, of an item of a generator over a list of what is carried. */
  readonly valueOf: (item: Typed) => Typed;
}

/**
 * Makes elements fit for a list that is handed on as one value (`topN`, `groupBy`): of an object that is part of an item
 * the whole item is carried. `listed` then makes elements of a node whose value is such a list.
 */
export function carried(elements: Elements, checker: Checker): Carried {
  const { value } = elements;
  const isPart = value.kind === 'field' && familyOf(value.type) === 'object' && value.path !== '';
  if (!isPart) return { elements, valueOf: (item) => item };
  const { owner } = value;
  if (owner.kind === 'profile') return { elements: { ...elements, value: yes }, valueOf: () => value };
  const source = checker.sourceOf(owner.item);
  const type =
    source?.kind === 'list' && source.list.type.kind === 'array'
      ? source.list.type.items
      : checker.schema.event;
  return {
    elements: { ...elements, value: { ...value, type, path: '' } },
    valueOf: (item) => (item.kind === 'field' ? { ...item, type: value.type, path: value.path } : item),
  };
}

/**
 * Where an argument of `filter`, `exists`, `sum` … is checked: its bare names are fields of the item; in a lambda the
 * item has the lambda's name and bare names keep their meaning.
 */
export function insideItem(
  argument: Argument,
  elements: Elements,
  scope: Scope,
  checker: Checker,
): { readonly expression: Expression; readonly scope: Scope } {
  if (elements.tuples) {
    checker.error('unsupported', argument.span, { what: 'A condition on combinations of several variables' });
  }
  if (argument.kind === 'lambda') return applyLambda(argument, elements.value, scope, checker);
  return { expression: argument, scope: { ...scope, contexts: [...scope.contexts, elements.value] } };
}

/** The elements that satisfy a condition. */
export function filtered(elements: Elements, condition: Typed): Elements {
  const last = elements.generators.at(-1);
  if (last === undefined) return elements;
  const where = last.where === null ? condition : allOf([last.where, condition]);
  return { ...elements, generators: [...elements.generators.slice(0, -1), { ...last, where }] };
}

/** The elements without those that are null: a path over a list drops them. See docs/pql.md, "Lists and events". */
export function present(elements: Elements): Elements {
  if (elements.value.kind === 'dynamic') return elements;
  const isThere = defined(elements.value);
  return isThere === yes ? elements : filtered(elements, isThere);
}

/** True where an element exists that satisfies a condition. */
export function someElement(elements: Elements, condition: Typed): Exists {
  return { kind: 'exists', type: booleanType, generators: elements.generators, condition };
}

export interface ElementTest {
  readonly operands: readonly Typed[];
  readonly span: Span;
  readonly checker: Checker;
  /** Makes the test of scalars. */
  readonly build: (operands: readonly Typed[]) => Typed;
}

/**
 * A test whose operands may be lists: true when any combination of elements satisfies it.
 *
 * Source: docs/pql.md, "Lists and events".
 */
export function overElements(test: ElementTest): Typed {
  const { operands, checker } = test;
  const index = operands.findIndex(isList);
  const list = operands[index];
  if (list === undefined) return test.build(operands);
  const withElement = (element: Typed): Typed =>
    overElements({ ...test, operands: operands.map((operand, at) => (at === index ? element : operand)) });
  if (list.kind === 'list') return anyOf(list.items.map(withElement));
  if (list.kind === 'if') return ofBranches(list, withElement);
  const elements = elementsOf(list, checker);
  return someElement(elements, withElement(elements.value));
}
