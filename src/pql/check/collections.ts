import type { Argument, Expression } from '../ast';
import type { Span } from '../source';
import type { Collection, Exists, Generator, Typed } from '../typed-tree';
import { booleanType, no, readsEvents, reported, yes } from '../typed-tree';
import { familyOf } from '../value-types';
import type { Checker, Scope } from './checker';
import { applyLambda } from './checker';

/** A list taken apart: its generators and what each combination of items gives. */
export interface Elements {
  readonly generators: readonly Generator[];
  readonly value: Typed;
  readonly distinct: boolean;
  /** Combinations of several variables, which have no attributes. */
  readonly tuples: boolean;
}

/** True where the value has items: a list attribute, or what was made of one. */
export function isList(value: Typed): boolean {
  return familyOf(value.type) === 'list';
}

/** Takes a list-valued node apart; a list attribute becomes a generator over it, an unknown one may be a list. */
export function elementsOf(list: Typed, checker: Checker): Elements {
  if (list.kind === 'collection') return list;
  const item = checker.newItem();
  if (list.kind === 'dynamic') {
    const generators = [{ item, source: { kind: 'list' as const, list }, where: null }];
    return { generators, value: list, distinct: false, tuples: false };
  }
  const type = list.type.kind === 'array' ? list.type.items : { kind: 'unknown' as const };
  return {
    generators: [{ item, source: { kind: 'list', list }, where: null }],
    value: { kind: 'field', owner: { kind: 'item', item }, type, path: '' },
    distinct: false,
    tuples: false,
  };
}

/** All events of the profile. */
export function allEvents(checker: Checker): Collection {
  const item = checker.newItem();
  return {
    kind: 'collection',
    type: { kind: 'array', items: checker.schema.event },
    generators: [{ item, source: { kind: 'events' }, where: null }],
    value: { kind: 'field', owner: { kind: 'event', item }, type: checker.schema.event, path: '' },
    distinct: false,
    tuples: false,
  };
}

/** Puts elements together again; a value that is a list itself is flattened into one more generator. */
export function collect(elements: Elements, checker: Checker): Typed {
  const { value } = elements;
  if (value.type.kind === 'unknown') return value;
  if (isList(value)) {
    const inner = elementsOf(value, checker);
    const generators = [...elements.generators, ...inner.generators];
    return collect({ ...elements, generators, value: inner.value }, checker);
  }
  const items = value.type.kind === 'null' ? { kind: 'string' as const } : value.type;
  const { generators, distinct, tuples } = elements;
  return { kind: 'collection', type: { kind: 'array', items }, generators, value, distinct, tuples };
}

/** The scope inside generators: a condition on events starts with the first that reads them. */
export function insideGenerators(scope: Scope, generators: readonly Generator[]): Scope {
  if (scope.eventItem !== null) return scope;
  const events = generators.find(({ source }) => source.kind === 'events');
  return events === undefined ? scope : { ...scope, eventItem: events.item };
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
  const inner = insideGenerators(scope, elements.generators);
  if (argument.kind === 'lambda') return applyLambda(argument, elements.value, inner, checker);
  return { expression: argument, scope: { ...inner, contexts: [...inner.contexts, elements.value] } };
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

/** True where the value is there; an item of a list always is. */
export function defined(operand: Typed): Typed {
  if (operand.kind === 'field' && operand.path === '' && operand.type.kind === 'object') return yes;
  return { kind: 'defined', type: booleanType, negated: false, operand };
}

/** `and` of any number of tests; true of none. */
export function allOf(operands: readonly Typed[]): Typed {
  const [first, ...others] = operands;
  if (first === undefined) return yes;
  return others.length === 0 ? first : { kind: 'logical', type: booleanType, operator: 'and', operands };
}

/** `or` of any number of tests; false of none. */
export function anyOf(operands: readonly Typed[]): Typed {
  const [first, ...others] = operands;
  if (first === undefined) return no;
  return others.length === 0 ? first : { kind: 'logical', type: booleanType, operator: 'or', operands };
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
 * Source: docs/pql.md, "Lists and events". Events come first, since one scan finds them and lists lie within a row.
 */
export function overElements(test: ElementTest): Typed {
  const { operands, span, checker } = test;
  const overEvents = operands.findIndex((operand) => isList(operand) && readsEvents(operand));
  const index = overEvents >= 0 ? overEvents : operands.findIndex(isList);
  const list = operands[index];
  if (list === undefined) return test.build(operands);
  const others = operands.filter((_, at) => at !== index);
  if (overEvents >= 0 && others.some(readsEvents)) {
    checker.error('unsupported', span, { what: 'Comparing events with other events' });
    return reported;
  }
  const withElement = (element: Typed): Typed =>
    overElements({ ...test, operands: operands.map((operand, at) => (at === index ? element : operand)) });
  if (list.kind === 'list') return anyOf(list.items.map(withElement));
  const elements = elementsOf(list, checker);
  return someElement(elements, withElement(elements.value));
}
