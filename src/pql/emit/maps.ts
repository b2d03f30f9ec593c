import { quoteIdentifier } from '../../xdm/columns';
import type { Entries, Groups, ListOf, MapValue, Member } from '../typed-tree';
import type { Emitter } from './emitter';
import { combinationsSql } from './generators';
import { sqlTypeOf } from './sql-types';

/** What a map holds at a key; null without the key, and of a null map. */
export function emitMapValue({ map, key }: MapValue, emitter: Emitter): string {
  return `map_extract_value(${emitter.sql(map)}, ${emitter.sql(key)})`;
}

/** A map as a list of structs of `key` and `value`. */
export function emitEntries({ map }: Entries, emitter: Emitter): string {
  return `map_entries(${emitter.sql(map)})`;
}

/** A part of a struct; the name is one of the schema's. */
export function emitMember({ of, name }: Member, emitter: Emitter): string {
  return `(${emitter.sql(of)}).${quoteIdentifier(name)}`;
}

/** A list that is written down. */
export function emitList({ type, items }: ListOf, emitter: Emitter): string {
  if (items.length === 0) return `CAST([] AS ${sqlTypeOf(type)})`;
  return `[${items.map((item) => emitter.sql(item)).join(', ')}]`;
}

/**
 * Structs of a key and the list of its values. The items are collected once, as pairs, and then looked through for each
 * key; lists of one item give the pairs and the keys a name.
 */
export function emitGroups({ generators, key, value }: Groups, emitter: Emitter): string {
  const pair = (): string => `struct_pack(k := ${emitter.sql(key)}, v := ${emitter.sql(value)})`;
  const pairs = combinationsSql({ generators, isOrdered: true }, pair, emitter);
  const firsts = 'list_filter(pairs, lambda t, n: list_position(ks, t.k) = n)';
  const values = 'list_transform(list_filter(pairs, lambda t: t.k = h.k), lambda t: t.v)';
  const groups = `list_transform(${firsts}, lambda h: struct_pack("key" := h.k, "value" := ${values}))`;
  const named = `list_transform([list_transform(pairs, lambda t: t.k)], lambda ks: ${groups})[1]`;
  return `list_transform([${pairs}], lambda pairs: ${named})[1]`;
}
