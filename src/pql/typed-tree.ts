import { assertNever } from '../lib/assert';
import type { XdmArray, XdmMap, XdmObject, XdmType } from '../xdm/union-schema';
import type { ArithmeticOperator, ComparisonOperator, Direction, NamedTime } from './ast';
import type { TimeUnit } from './words';

/**
 * The checked tree: names are resolved, sugar is gone (`A.filter(c)`, `A[c]` and `select` are all one form), types and
 * conversions are written out, and a list that meets a scalar has become an explicit "any element".
 *
 * Nodes of boolean tests are never null when evaluated; other values may be.
 */
export type Typed =
  | Constant
  | Dynamic
  | Field
  | Collection
  | ListOf
  | Convert
  | Compare
  | OneOf
  | InList
  | Apply
  | Calculation
  | Negated
  | Both
  | Opposite
  | IsTrue
  | Defined
  | Conditional
  | Exists
  | Aggregation
  | First
  | Top
  | Position
  | Sequence
  | Day
  | OccursTest
  | InSegment
  | ObjectOf
  | Member
  | MapValue
  | Entries
  | Groups
  | Mapping;

/**
 * `null`: the literal. `unknown`: an attribute outside the schema, or the result of an expression already
 * reported.
 */
export type ValueType = XdmType | { readonly kind: 'null' } | { readonly kind: 'unknown' };

/** A time constant is of type datetime, its value epoch milliseconds. */
export interface Constant {
  readonly kind: 'constant';
  readonly type: ValueType;
  readonly value: string | number | boolean | null;
}

/** An attribute that the schema does not know, where that is allowed; such a rule is never compiled. */
export interface Dynamic {
  readonly kind: 'dynamic';
  readonly type: { readonly kind: 'unknown' };
  /** Null where an error was reported instead. */
  readonly path: string | null;
}

/** Whose field: the profile's, the event's at hand, or that of an item of some list. */
export type Owner =
  | { readonly kind: 'profile' }
  | { readonly kind: 'event'; readonly item: number }
  | { readonly kind: 'item'; readonly item: number };

export interface Field {
  readonly kind: 'field';
  readonly type: ValueType;
  readonly owner: Owner;
  /** Dotted; empty for the owner itself. */
  readonly path: string;
}

/** Where a generator takes its items from. */
export type Source = { readonly kind: 'events' } | { readonly kind: 'list'; readonly list: Typed };

/** `V from A where C`. Items are numbered through a rule, inner ones higher. */
export interface Generator {
  readonly item: number;
  readonly source: Source;
  readonly where: Typed | null;
}

/** The value, once for each combination of items; left to right, a later source may lean on earlier items. */
export interface Collection {
  readonly kind: 'collection';
  readonly type: XdmArray;
  readonly generators: readonly Generator[];
  readonly value: Typed;
  readonly distinct: boolean;
  /** Combinations of several variables: they can be counted, but have no attributes. */
  readonly tuples: boolean;
  /** The list that it was made of by paths, filters and functions: where that is null, so is this. */
  readonly base: Typed | null;
}

export interface ListOf {
  readonly kind: 'list';
  readonly type: XdmArray;
  readonly items: readonly Typed[];
}

/** A value of another type, null where it has no counterpart. */
export interface Convert {
  readonly kind: 'convert';
  readonly type: { readonly kind: 'string' | 'number' | 'boolean' | 'datetime' };
  readonly operand: Typed;
}

interface Test {
  readonly type: { readonly kind: 'boolean' };
}

export interface Compare extends Test {
  readonly kind: 'compare';
  readonly operator: ComparisonOperator;
  readonly left: Typed;
  readonly right: Typed;
}

/** Membership in a list that is written down. */
export interface OneOf extends Test {
  readonly kind: 'oneOf';
  readonly negated: boolean;
  readonly left: Typed;
  readonly items: readonly Typed[];
}

/** Membership in a list attribute. */
export interface InList extends Test {
  readonly kind: 'inList';
  readonly negated: boolean;
  readonly left: Typed;
  readonly list: Typed;
}

/** How a function is called: `name(…)`, `value.name(…)`, or between its operands. */
export type FunctionForm = 'function' | 'method' | 'operator';

/** A function of the function table, by its form and name there. */
export interface Apply {
  readonly kind: 'apply';
  readonly type: ValueType;
  readonly form: FunctionForm;
  readonly name: string;
  readonly args: readonly Typed[];
}

export interface Calculation {
  readonly kind: 'calculation';
  readonly type: { readonly kind: 'number' };
  readonly first: Typed;
  readonly rest: readonly { readonly operator: ArithmeticOperator; readonly operand: Typed }[];
}

export interface Negated {
  readonly kind: 'negated';
  readonly type: { readonly kind: 'number' };
  readonly operand: Typed;
}

export interface Both extends Test {
  readonly kind: 'logical';
  readonly operator: 'and' | 'or';
  readonly operands: readonly Typed[];
}

export interface Opposite extends Test {
  readonly kind: 'not';
  readonly operand: Typed;
}

/** A boolean value as a test: null is false. */
export interface IsTrue extends Test {
  readonly kind: 'isTrue';
  readonly operand: Typed;
}

export interface Defined extends Test {
  readonly kind: 'defined';
  readonly negated: boolean;
  readonly operand: Typed;
}

export interface Conditional {
  readonly kind: 'if';
  readonly type: ValueType;
  readonly test: Typed;
  readonly whenTrue: Typed;
  readonly whenFalse: Typed;
}

export interface Exists extends Test {
  readonly kind: 'exists';
  readonly generators: readonly Generator[];
  readonly condition: Typed;
}

export type AggregationName = 'count' | 'sum' | 'average' | 'min' | 'max';

export interface Aggregation {
  readonly kind: 'aggregation';
  readonly type: ValueType;
  readonly aggregate: AggregationName;
  readonly generators: readonly Generator[];
  readonly value: Typed;
  readonly distinct: boolean;
}

/** The value for the first combination of items; of events the oldest, ties by `_id`. Null where there is none. */
export interface First {
  readonly kind: 'first';
  readonly type: ValueType;
  readonly generators: readonly Generator[];
  readonly value: Typed;
}

/** The values with the greatest or least keys, in that order; ties keep the order of the list. */
export interface Top {
  readonly kind: 'top';
  readonly type: XdmArray;
  readonly generators: readonly Generator[];
  /** A scalar, or an item as a whole. */
  readonly value: Typed;
  readonly key: Typed;
  readonly count: Typed;
  readonly order: 'greatest' | 'least';
  /** As of a `Collection`. */
  readonly base: Typed | null;
}

/** What tells an item from others of its list: objects are equal only to themselves. */
export interface Position {
  readonly kind: 'position';
  readonly type: { readonly kind: 'integer' };
  readonly owner: Exclude<Owner, { readonly kind: 'profile' }>;
}

/** `chain(…)`: whether events exist that follow each other in time, strictly, one group of them for each element. */
export interface Sequence extends Test {
  readonly kind: 'chain';
  /** At least one. */
  readonly elements: readonly SequenceElement[];
}

export interface SequenceElement {
  /** The times of the events that may be in its group, as far as no other element has a say in it. */
  readonly times: Collection;
  /** What the times of earlier elements decide; it names the items of `times` and the `end` of those elements. */
  readonly relative: Typed | null;
  /** The number of the item that stands for the time of the last event of its group. */
  readonly end: number;
  /** How many events the group has. Anything but `>=` in the last element only, where all that match are counted. */
  readonly count: { readonly operator: ComparisonOperator; readonly value: number };
}

/** `date(y, m, d)`: its first instant as a value, the whole day as a reference of `occurs`. */
export interface Day {
  readonly kind: 'day';
  readonly type: { readonly kind: 'date' };
  readonly year: Typed;
  readonly month: Typed;
  readonly day: Typed;
}

export interface OccursTest extends Test {
  readonly kind: 'occurs';
  readonly time: Typed;
  readonly tail: TypedTail;
}

/** An object that is written down; it is never one value in SQL, only its attributes are. */
export interface ObjectOf {
  readonly kind: 'object';
  readonly type: XdmObject;
  /** Names differ. */
  readonly entries: readonly { readonly name: string; readonly value: Typed }[];
}

/** An attribute of an object that is one value in SQL, such as a value of a map. */
export interface Member {
  readonly kind: 'member';
  readonly type: XdmType;
  readonly of: Typed;
  readonly name: string;
}

/** What a map holds at a key; null where it has no such key. */
export interface MapValue {
  readonly kind: 'mapValue';
  readonly type: XdmType;
  readonly map: Typed;
  readonly key: Typed;
}

/** A map as a list of objects with the attributes `key` and `value`. */
export interface Entries {
  readonly kind: 'entries';
  readonly type: XdmArray;
  readonly map: Typed;
}

/** Objects with the attributes `key` and `value`: the values of each key, keys in the order in which they come up. */
export interface Groups {
  readonly kind: 'groups';
  readonly type: XdmArray;
  readonly generators: readonly Generator[];
  readonly key: Typed;
  readonly value: Typed;
}

/** A map that a rule makes: an entry for each combination of items. It is never one value in SQL. */
export interface Mapping {
  readonly kind: 'mapping';
  readonly type: XdmMap;
  readonly generators: readonly Generator[];
  readonly key: Typed;
  readonly value: Typed;
  /** The list or the map that it was made of: where that is null, so is this. */
  readonly base: Typed | null;
  /** What was grouped, where this is just that: keys, and the items of one of them, are found without groups. */
  readonly grouped: Grouped | null;
}

export interface Grouped {
  /** The items, each with a key. */
  readonly items: Omit<Collection, 'kind' | 'type'>;
  readonly key: Typed;
}

/** Whether the rule of another segment holds for the profile. */
export interface InSegment extends Test {
  readonly kind: 'inSegment';
  readonly id: string;
}

export type TypedTail =
  | {
      readonly form: 'distance';
      readonly operator: ComparisonOperator;
      readonly amount: Typed;
      readonly unit: TimeUnit;
      readonly direction: Direction;
      readonly reference: TypedReference;
    }
  | {
      readonly form: 'direction';
      readonly direction: 'before' | 'after';
      readonly reference: TypedReference;
    }
  | { readonly form: 'between'; readonly first: TypedReference; readonly last: TypedReference }
  | { readonly form: 'on'; readonly reference: TypedReference };

export type TypedReference =
  | { readonly kind: NamedTime }
  | { readonly kind: 'calendar'; readonly which: 'this' | 'last' | 'next'; readonly unit: TimeUnit }
  | { readonly kind: 'day'; readonly day: Day }
  | { readonly kind: 'instant'; readonly value: Typed };

/** Every node directly below one, so that walks need not know the kinds. */
export function childrenOf(node: Typed): readonly Typed[] {
  switch (node.kind) {
    case 'constant':
    case 'dynamic':
    case 'field':
    case 'inSegment':
    case 'position':
      return [];
    case 'collection':
    case 'aggregation':
    case 'first':
      return [...node.generators.flatMap(generatorParts), node.value];
    case 'chain':
      return node.elements.flatMap(({ times, relative }) =>
        relative === null ? [times] : [times, relative],
      );
    case 'top':
      return [...node.generators.flatMap(generatorParts), node.key, node.value, node.count];
    case 'groups':
    case 'mapping':
      return [...node.generators.flatMap(generatorParts), node.key, node.value];
    case 'exists':
      return [...node.generators.flatMap(generatorParts), node.condition];
    case 'list':
      return node.items;
    case 'convert':
    case 'negated':
    case 'not':
    case 'isTrue':
    case 'defined':
      return [node.operand];
    case 'object':
      return node.entries.map(({ value }) => value);
    case 'member':
      return [node.of];
    case 'mapValue':
      return [node.map, node.key];
    case 'entries':
      return [node.map];
    case 'compare':
      return [node.left, node.right];
    case 'oneOf':
      return [node.left, ...node.items];
    case 'inList':
      return [node.left, node.list];
    case 'apply':
      return node.args;
    case 'calculation':
      return [node.first, ...node.rest.map(({ operand }) => operand)];
    case 'logical':
      return node.operands;
    case 'if':
      return [node.test, node.whenTrue, node.whenFalse];
    case 'day':
      return [node.year, node.month, node.day];
    case 'occurs':
      return [node.time, ...tailParts(node.tail)];
    default:
      return assertNever(node);
  }
}

function generatorParts(generator: Generator): readonly Typed[] {
  const list = generator.source.kind === 'list' ? [generator.source.list] : [];
  return generator.where === null ? list : [...list, generator.where];
}

function tailParts(tail: TypedTail): readonly Typed[] {
  switch (tail.form) {
    case 'distance':
      return [tail.amount, ...referenceParts(tail.reference)];
    case 'between':
      return [...referenceParts(tail.first), ...referenceParts(tail.last)];
    case 'direction':
    case 'on':
      return referenceParts(tail.reference);
    default:
      return assertNever(tail);
  }
}

function referenceParts(reference: TypedReference): readonly Typed[] {
  if (reference.kind === 'day') return [reference.day];
  return reference.kind === 'instant' ? [reference.value] : [];
}

/** True where evaluating the node takes a look at events. */
export function readsEvents(node: Typed): boolean {
  const generators = 'generators' in node ? node.generators : [];
  return generators.some(({ source }) => source.kind === 'events') || childrenOf(node).some(readsEvents);
}

/** True of nodes that are true or false, never null, when evaluated. */
export function isTest(node: Typed): boolean {
  switch (node.kind) {
    case 'compare':
    case 'oneOf':
    case 'inList':
    case 'logical':
    case 'not':
    case 'isTrue':
    case 'defined':
    case 'exists':
    case 'occurs':
    case 'inSegment':
    case 'chain':
      return true;
    case 'if':
      return isTest(node.whenTrue) && isTest(node.whenFalse);
    case 'apply':
      return node.type.kind === 'boolean';
    case 'constant':
      return typeof node.value === 'boolean';
    default:
      return false;
  }
}

export const booleanType = { kind: 'boolean' } as const;
export const numberType = { kind: 'number' } as const;
export const datetimeType = { kind: 'datetime' } as const;

/** What stands for an expression that was reported; nothing further is said about it. */
export const reported: Dynamic = { kind: 'dynamic', type: { kind: 'unknown' }, path: null };

export const yes: Constant = { kind: 'constant', type: booleanType, value: true };
export const no: Constant = { kind: 'constant', type: booleanType, value: false };
