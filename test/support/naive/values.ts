import type { UnionSchema, XdmObject, XdmType } from '../../../src/xdm/union-schema';

/** What an expression can be while the slow evaluator looks at it. Lists never hold null: a null item matches nothing. */
export type Value = null | Scalar | Thing | MapValue | Entry | List;
export type Scalar = boolean | number | string | Time;
export type List = readonly Value[];

/** An instant in milliseconds since 1970, UTC; `wholeDay` only of `date(y, m, d)`, which after `occurs` is the day. */
export interface Time {
  readonly kind: 'time';
  readonly ms: number;
  readonly wholeDay: boolean;
}

/** An object. It is the same as itself only: two items with equal attributes are two. */
export interface Thing {
  readonly kind: 'thing';
  readonly attributes: ReadonlyMap<string, Value>;
}

export interface MapValue {
  readonly kind: 'map';
  readonly entries: readonly (readonly [key: Scalar, value: Value])[];
}

/** What `mapEntry` makes, on its way into a map. */
export interface Entry {
  readonly kind: 'entry';
  readonly key: Scalar;
  readonly value: Value;
}

/** A person as JSON: what an import would bring. */
export interface PlainPerson {
  readonly profile?: unknown;
  readonly events?: readonly unknown[];
}

/** Lists that a person was imported with, not made by a path, a filter or a function. */
const storedLists = new WeakSet<List>();

export function isList(value: Value): value is List {
  return Array.isArray(value);
}

export function isTime(value: Value): value is Time {
  return value !== null && typeof value === 'object' && !isList(value) && value.kind === 'time';
}

export function isThing(value: Value): value is Thing {
  return value !== null && typeof value === 'object' && !isList(value) && value.kind === 'thing';
}

export function isMap(value: Value): value is MapValue {
  return value !== null && typeof value === 'object' && !isList(value) && value.kind === 'map';
}

export function instant(ms: number): Time {
  return { kind: 'time', ms, wholeDay: false };
}

/** The profile as a value, with its events as the attribute `xEvent`: oldest first, of equal times by `_id`. */
export function profileOf(person: PlainPerson, schema: UnionSchema): Thing {
  const events = (person.events ?? []).map((event) => thingOf(event, schema.event)).sort(byTimeAndId);
  return {
    kind: 'thing',
    attributes: new Map([...thingOf(person.profile ?? {}, schema.profile).attributes, ['xEvent', events]]),
  };
}

function byTimeAndId(one: Thing, other: Thing): number {
  const time = (event: Thing): number => {
    const value = event.attributes.get('timestamp') ?? null;
    return isTime(value) ? value.ms : Infinity;
  };
  const id = (event: Thing): string => {
    const value = event.attributes.get('_id');
    return typeof value === 'string' ? value : '';
  };
  return time(one) - time(other) || (id(one) < id(other) ? -1 : 1);
}

/** The value of JSON of a type. A missing attribute is null, and an object none of whose attributes is there too. */
function valueOf(json: unknown, type: XdmType): Value {
  if (json === null || json === undefined) return null;
  switch (type.kind) {
    case 'object': {
      const thing = thingOf(json, type);
      return [...thing.attributes.values()].every((value) => value === null) ? null : thing;
    }
    case 'array':
      return storedList(json as readonly unknown[], type.items);
    case 'map':
      return {
        kind: 'map',
        entries: Object.entries(json).map(([key, value]) => [key, valueOf(value, type.values)]),
      };
    case 'datetime':
    case 'date':
      return instant(Date.parse(json as string));
    default:
      return json as string | number | boolean;
  }
}

/** An item that is an object is there, whatever it has; only a null item is not. */
function storedList(json: readonly unknown[], type: XdmType): List {
  const items = json
    .filter((item) => item !== null)
    .map((item) => (type.kind === 'object' ? thingOf(item, type) : valueOf(item, type)));
  storedLists.add(items);
  return items;
}

function thingOf(json: unknown, type: XdmObject): Thing {
  const given = json as Readonly<Record<string, unknown>>;
  return {
    kind: 'thing',
    attributes: new Map(
      Object.entries(type.fields).map(([name, field]) => [
        name,
        Object.hasOwn(given, name) ? valueOf(given[name], field) : null,
      ]),
    ),
  };
}

/**
 * What a path step leads to. Through null it is null; over a list it is the list of what its items lead to, flattened,
 * without nulls.
 */
export function attributeOf(value: Value, name: string): Value {
  if (value === null) return null;
  if (isList(value)) return flatten(value.map((item) => attributeOf(item, name)));
  if (!isThing(value)) throw new Error(`Only objects have attributes: ${name}`);
  return value.attributes.get(name) ?? null;
}

/** One list of all values and of the items of those that are lists, without nulls. */
export function flatten(values: List): List {
  return values.flatMap((value) => (isList(value) ? flatten(value) : value === null ? [] : [value]));
}

/** The list without nulls. A list in a list is one item. */
export function withoutNulls(values: List): List {
  return values.filter((value) => value !== null);
}

/** All that a test looks at, and is true when any of it passes: the value itself, or what is in the list and its lists. */
export function leavesOf(value: Value): List {
  return flatten([value]);
}

/** The items of a value: a list's own, none of null, else the value itself. */
export function itemsOf(value: Value): List {
  if (value === null) return [];
  return isList(value) ? value : [value];
}

/** What a value is where true or false is wanted: only `false`, null and the empty list are false; 0 and "" are true. */
export function isTrue(value: Value): boolean {
  if (isList(value)) return value.length > 0;
  return value !== null && value !== false;
}

/**
 * What `isNotNull` asks. A list attribute is there even when it is empty; of what a path, a filter or a function found,
 * the events among it, there has to be something.
 */
export function isThere(value: Value): boolean {
  if (isList(value)) return value.length > 0 || storedLists.has(value);
  return value !== null;
}
