import { isSame } from './comparing';
import type { MethodCall } from './method-call';
import type { Entry, List, MapValue, Value } from './values';
import { flatten, isList, isMap, isTrue, withoutNulls } from './values';

type MapMethod = (receiver: Value, call: MethodCall) => Value;

/** Methods of maps; a map that is null has nothing. Of a list of maps it is the list of what each answers. */
export const mapMethods: Readonly<Record<string, MapMethod>> = {
  // Keys mind case.
  get: overMaps((map, call) => map.entries.find(([key]) => isSame(key, call.argument(0)))?.[1] ?? null),
  keys: overMaps((map) => map.entries.map(([key]) => key)),
  values: overMaps((map) => withoutNulls(map.entries.map(([, value]) => value))),
  map: overMaps((map, call) => mapped(map.entries.map(([key, value]) => call.forItem(key, value)))),
  count: overMaps((map) => map.entries.length),
  exists: overMaps((map, call) =>
    map.entries.some(([key, value]) => call.argumentCount === 0 || isTrue(call.forItem(key, value))),
  ),
};

/** Entries become a map again, anything else a list. */
function mapped(results: List): Value {
  const values = withoutNulls(results);
  const entries = values.filter(isEntry);
  if (entries.length < values.length) return values;
  return { kind: 'map', entries: entries.map(({ key, value }) => [key, value]) };
}

function isEntry(value: Value): value is Entry {
  return value !== null && typeof value === 'object' && !isList(value) && value.kind === 'entry';
}

function overMaps(method: (map: MapValue, call: MethodCall) => Value): MapMethod {
  const answer: MapMethod = (receiver, call) => {
    if (receiver === null) return null;
    if (isList(receiver)) return flatten(receiver.map((one) => answer(one, call)));
    if (!isMap(receiver)) throw new Error('A map was expected');
    return method(receiver, call);
  };
  return answer;
}
