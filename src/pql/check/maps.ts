import type { XdmType } from '../../xdm/union-schema';
import type { Collection, Generator, Typed } from '../typed-tree';
import { booleanType } from '../typed-tree';
import { familyOf } from '../value-types';
import type { Checker } from './checker';
import type { Elements } from './collections';
import { filtered, listFrom } from './collections';

/** A map taken apart: its generators, and what each combination of items gives for a key and its value. */
export interface MapElements {
  readonly generators: readonly Generator[];
  readonly key: Typed;
  readonly value: Typed;
  /** The map, or what it was made of: where that is null, so is what is made of the map. */
  readonly base: Typed | null;
}

/** True where the value has keys. */
export function isMap(value: Typed): boolean {
  return familyOf(value.type) === 'map';
}

/** Takes a map apart; one that is data becomes a generator over its entries. */
export function mapElementsOf(map: Typed, checker: Checker): MapElements {
  if (map.kind === 'mapping') return map;
  const values = map.type.kind === 'map' ? map.type.values : unnamed;
  const list: Typed = { kind: 'entries', type: entriesType(keyTypeOf(map), values), map };
  return { ...entriesOf(list, checker), base: map };
}

/** The key and the value of each item of a list of entries or groups. */
export function entriesOf(
  list: Extract<Typed, { kind: 'entries' | 'groups' }>,
  checker: Checker,
): Omit<MapElements, 'base'> {
  const source = { kind: 'list', list } as const;
  const item = checker.newItem(source);
  const entry = list.type.items;
  const part = (name: 'key' | 'value'): Typed => {
    const type = entry.kind === 'object' ? (entry.fields[name] ?? unnamed) : unnamed;
    return { kind: 'field', owner: { kind: 'item', item }, type, path: name };
  };
  return { generators: [{ item, source, where: null }], key: part('key'), value: part('value') };
}

const unnamed: XdmType = { kind: 'string' };

/** The type of lists of entries or groups. */
export function entriesType(
  keys: XdmType,
  values: XdmType,
): { readonly kind: 'array'; readonly items: XdmType } {
  return { kind: 'array', items: { kind: 'object', fields: { key: keys, value: values } } };
}

/** The type of a map's keys: text in all data. */
export function keyTypeOf(map: Typed): XdmType {
  return (map.type.kind === 'map' ? map.type.keys : undefined) ?? { kind: 'string' };
}

/** The keys or the values of a map, as elements of a list. */
export function elementsOfMap({ generators, base, ...parts }: MapElements, part: 'key' | 'value'): Elements {
  return { generators, value: parts[part], distinct: false, tuples: false, base };
}

/** The type as one of data; what is null or of unknown type counts as text. */
export function dataType({ type }: Typed): XdmType {
  return type.kind === 'null' || type.kind === 'unknown' ? { kind: 'string' } : type;
}

/** What a map holds at a key, null where it has none. The key is of the type of the map's keys. */
export function valueAt(map: Typed, key: Typed): Typed {
  if (map.kind !== 'mapping') {
    const type = map.type.kind === 'map' ? map.type.values : unnamed;
    return { kind: 'mapValue', type, map, key };
  }
  const isIt = (own: Typed): Typed => ({
    kind: 'compare',
    type: booleanType,
    operator: '=',
    left: own,
    right: key,
  });
  const { generators } = filtered(elementsOfMap(map, 'value'), isIt(map.key));
  const { value } = map;
  const first = (one: Typed): Typed => ({ kind: 'first', type: one.type, generators, value: one });
  const found = value.kind === 'collection' ? ofItems(value, first) : first(value);
  if (map.grouped === null) return found;
  const { items, key: groupKey } = map.grouped;
  return listFrom({ ...filtered(items, isIt(groupKey)), base: found });
}

/** Of a list that is only made of all items of another one, that other one is chosen: its items can be handed on. */
function ofItems(list: Collection, first: (one: Typed) => Typed): Typed {
  const [generator, ...others] = list.generators;
  const isPlain = others.length === 0 && generator?.where === null && generator.source.kind === 'list';
  if (!isPlain || generator.source.kind !== 'list') return first(list);
  const source = { kind: 'list', list: first(generator.source.list) } as const;
  return { ...list, generators: [{ ...generator, source }], base: source.list };
}
