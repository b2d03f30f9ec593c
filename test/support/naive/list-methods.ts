import { asNumber, isSame, isScalar, orderOf } from './comparing';
import type { MethodCall } from './method-call';
import type { List, MapValue, Scalar, Value } from './values';
import { isTrue, itemsOf, leavesOf, withoutNulls } from './values';

type ListMethod = (receiver: Value, call: MethodCall) => Value;

/** Methods of lists. What stands for a list may be null: then there is nothing in it, and tests of membership are false. */
export const listMethods: Readonly<Record<string, ListMethod>> = {
  count: (list) => itemsOf(list).length,
  exists: (list, call) =>
    call.argumentCount === 0
      ? itemsOf(list).length > 0
      : itemsOf(list).some((item) => isTrue(call.forItem(item))),
  filter: (list, call) => (list === null ? null : itemsOf(list).filter((item) => isTrue(call.forItem(item)))),
  // Items without a value are dropped.
  map: (list, call) => (list === null ? null : withoutNulls(itemsOf(list).map((item) => call.forItem(item)))),
  head: (list) => itemsOf(list)[0] ?? null,
  distinct: (list) => (list === null ? null : distinct(itemsOf(list))),
  groupBy: (list, call) => (list === null ? null : grouped(itemsOf(list), (item) => call.forItem(item))),
  // The items with the greatest values, the greatest first; and with the least, the least first.
  topN: (list, call) => (list === null ? null : firstOf(list, call, (one, other) => orderOf(other, one))),
  bottomN: (list, call) => (list === null ? null : firstOf(list, call, orderOf)),
  intersects: (list, call) => leavesOf(list).some((item) => isAmong(item, call.argument(0))),
  intersection: (list, call) => leavesOf(list).filter((item) => isAmong(item, call.argument(0))),
  subsetOf: (list, call) => isSubset(list, call.argument(0)),
  supersetOf: (list, call) => {
    const other = call.argument(0);
    if (list === null || other === null) return false;
    return leavesOf(other).every((value) => leavesOf(list).some((item) => isSame(item, value)));
  },
  includes: (list, call) => leavesOf(list).some((item) => isAmong(item, call.argument(0))),
};

function isAmong(item: Value, others: Value): boolean {
  return leavesOf(others).some((other) => isSame(item, other));
}

function isSubset(list: Value, other: Value): boolean {
  if (list === null || other === null) return false;
  return leavesOf(list).every((item) => isAmong(item, other));
}

function distinct(items: List): List {
  return items.filter((item, index) => items.findIndex((other) => isSame(item, other)) === index);
}

/** Key by key, in the order in which keys come up; an item whose key is null is in no group. Keys stay what they are. */
function grouped(items: List, keyOf: (item: Value) => Value): MapValue {
  const keyed = items.map((item) => ({ item, key: keyOf(item) }));
  const keys = distinct(keyed.flatMap(({ key }) => (isScalar(key) ? [key] : []))) as readonly Scalar[];
  return {
    kind: 'map',
    entries: keys.map((key) => [key, keyed.filter((one) => isSame(key, one.key)).map(({ item }) => item)]),
  };
}

/** The first n items in an order of a value of theirs; items without the value are skipped, equal ones stay in order. */
function firstOf(list: Value, call: MethodCall, order: (one: Scalar, other: Scalar) => number): List {
  const keyed = itemsOf(list).flatMap((item) => {
    const key = call.forItem(item);
    return isScalar(key) ? [{ item, key }] : [];
  });
  const count = asNumber(call.argument(1)) ?? 0;
  return keyed
    .sort((one, other) => order(one.key, other.key))
    .slice(0, Math.max(0, count))
    .map(({ item }) => item);
}
