import { type Domain, object } from './domain';
import { insideItem, isScalarDomain, kindOf, pathsOf, withRuleVariable } from './rule-scope';
import type { Listing, RuleWriter, Spot } from './rule-writer';
import { deeper, somePlace } from './rule-writer';
import { domainOf, literalOf, orderedBy } from './write-literals';

/** A list of objects: named, filtered, selected, ordered, grouped. */
export function writeObjects(writer: RuleWriter, spot: Spot): Listing {
  const named = (): Listing =>
    writer.choices.oneIn(8) ? namedList(writer, spot) : namedObjects(writer, spot);
  if (spot.depth <= 0) return named();
  return writer.choices.run([
    named,
    named,
    named,
    () => filtered(writer, spot),
    () => filtered(writer, spot),
    () => selected(writer, spot),
    () => {
      const list = writer.objects(deeper(spot));
      return { ...list, text: orderedBy(writer, list, spot) };
    },
    () => ofGroup(writer, spot),
    () => valuesOfMap(writer, spot),
    () => {
      const list = writer.objects(deeper(spot));
      const condition = writer.test(deeper(spot, insideItem(spot.scope, list.items)));
      return { ...list, text: `if(${writer.test(deeper(spot))}, ${list.text}, ${list.text}[${condition}])` };
    },
    () => rewritten(writer, spot),
    () => listsOf(writer, spot),
  ]);
}

/** A list of scalars: its items have no attributes, so that only a variable can name them. */
function namedList(writer: RuleWriter, spot: Spot): Listing {
  const place = somePlace(
    writer.choices,
    spot.scope,
    ({ domain, many }) =>
      (domain.kind === 'array' && isScalarDomain(domain.items)) || (many && isScalarDomain(domain)),
  );
  if (place === undefined) return namedObjects(writer, spot);
  return { text: place.text, items: place.domain.kind === 'array' ? place.domain.items : place.domain };
}

function namedObjects({ choices }: RuleWriter, { scope }: Spot): Listing {
  const place = somePlace(
    choices,
    scope,
    ({ domain, many }) =>
      (domain.kind === 'array' && domain.items.kind === 'object') || (many && domain.kind === 'object'),
  );
  const { world } = scope;
  if (place === undefined) return { text: 'xEvent', items: world.event };
  return { text: place.text, items: place.domain.kind === 'array' ? place.domain.items : place.domain };
}

function filtered(writer: RuleWriter, spot: Spot): Listing {
  const list = writer.objects(deeper(spot));
  const condition = writer.test(deeper(spot, insideItem(spot.scope, list.items)));
  const { name, scope } = withRuleVariable(spot.scope, list.items);
  return {
    ...list,
    text: writer.choices.run([
      () => `${list.text}[${condition}]`,
      () => `${list.text}.filter(${condition})`,
      () => `${list.text}.filter((${name}) => ${writer.test(deeper(spot, scope))})`,
    ]),
  };
}

function selected(writer: RuleWriter, spot: Spot): Listing {
  const list = writer.objects(deeper(spot));
  const { name, scope } = withRuleVariable(spot.scope, list.items);
  return { ...list, text: `(select ${name} from ${list.text} where ${writer.test(deeper(spot, scope))})` };
}

/** `list.map({"a": value, "b": value})`: objects that are written down. */
function rewritten(writer: RuleWriter, spot: Spot): Listing {
  const list = writer.objects(deeper(spot));
  const scope = insideItem(spot.scope, list.items);
  const fields = (['number', 'text', 'time'] as const).filter(() => !writer.choices.oneIn(3));
  if (fields.length === 0) return list;
  const entries = fields.map((kind) => `"${kind}": ${writer.value(kind, { scope, depth: 0 }, false)}`);
  return {
    text: `${list.text}.map({${entries.join(', ')}})`,
    items: object(Object.fromEntries(fields.map((kind) => [kind, domainOf(kind)]))),
  };
}

/** A list of lists: of each item the list that it has, or the values of a map. */
function listsOf(writer: RuleWriter, spot: Spot): Listing {
  const { choices } = writer;
  const place = somePlace(
    choices,
    spot.scope,
    ({ domain, many }) => domain.kind === 'map' && !many && domain.values.kind === 'array',
  );
  if (place?.domain.kind === 'map' && choices.oneIn(2))
    return { text: `${place.text}.values()`, items: place.domain.values };
  const list = writer.objects(deeper(spot));
  const lists = pathsOf(list.items).filter(({ domain, many }) => domain.kind === 'array' && !many);
  if (lists.length === 0) return list;
  const inner = choices.one(lists);
  return { text: `${list.text}.map(${inner.text})`, items: inner.domain };
}

/** `list.groupBy(key).get(key)`. */
function ofGroup(writer: RuleWriter, spot: Spot): Listing {
  const list = writer.objects(deeper(spot));
  const keys = grouping(writer, list);
  if (keys === undefined) return list;
  return { ...list, text: `${list.text}.groupBy(${keys.path}).get(${keys.literal})` };
}

interface Grouping {
  readonly path: string;
  readonly literal: string;
}

/** An attribute of the items to group by, and one of its values. */
export function grouping(writer: RuleWriter, list: Listing): Grouping | undefined {
  const places = pathsOf(list.items).filter(
    ({ domain, many }) => !many && ['string', 'integer', 'number'].includes(domain.kind),
  );
  const place = places.length === 0 ? undefined : writer.choices.one(places);
  if (place === undefined || !isScalarDomain(place.domain)) return undefined;
  return { path: place.text, literal: literalOf(writer, place.domain) };
}

function valuesOfMap(writer: RuleWriter, spot: Spot): Listing {
  const place = somePlace(
    writer.choices,
    spot.scope,
    ({ domain, many }) => domain.kind === 'map' && !many && objectsIn(domain.values) !== undefined,
  );
  if (place?.domain.kind !== 'map') return namedObjects(writer, spot);
  const { keys, values } = place.domain;
  const items = objectsIn(values) ?? values;
  if (values.kind !== 'array') return { text: `${place.text}.values()`, items };
  return { text: `${place.text}.get(${JSON.stringify(writer.choices.one(keys))})`, items };
}

function objectsIn(domain: Domain): Domain | undefined {
  if (domain.kind === 'object') return domain;
  return domain.kind === 'array' && domain.items.kind === 'object' ? domain.items : undefined;
}

/** A list of scalars of a kind that are not times, as an expression that a dot can follow. */
export function writeScalars(writer: RuleWriter, kind: 'number' | 'text', spot: Spot): string {
  const { choices } = writer;
  return choices.run([
    () => namedScalars(writer, kind, spot),
    () => namedScalars(writer, kind, spot),
    () => {
      const list = writer.objects(deeper(spot));
      const value = writer.value(kind, { scope: insideItem(spot.scope, list.items), depth: 0 }, false);
      return `${list.text}.map(${value})`;
    },
    () => {
      const list = writer.objects(deeper(spot));
      const { name, scope } = withRuleVariable(spot.scope, list.items);
      return `${list.text}.map((${name}) => ${writer.value(kind, { scope, depth: 0 }, false)})`;
    },
    () => `${namedScalars(writer, kind, spot)}.distinct()`,
    () => `${namedScalars(writer, kind, spot)}.intersection(${namedScalars(writer, kind, spot)})`,
    () => ofMap(writer, kind, spot),
    () => `[${[0, 1, 2].map(() => writer.value(kind, { scope: spot.scope, depth: 0 }, false)).join(', ')}]`,
  ]);
}

function namedScalars(writer: RuleWriter, kind: 'number' | 'text', { scope }: Spot): string {
  const place = somePlace(
    writer.choices,
    scope,
    ({ domain, many }) =>
      (many && kindOf(domain) === kind) || (domain.kind === 'array' && kindOf(domain.items) === kind),
  );
  return place?.text ?? (kind === 'number' ? '[1, 2.5]' : '["red", "US"]');
}

function ofMap(writer: RuleWriter, kind: 'number' | 'text', spot: Spot): string {
  const place = somePlace(
    writer.choices,
    spot.scope,
    ({ domain, many }) =>
      domain.kind === 'map' && !many && (kind === 'text' || kindOf(domain.values) === kind),
  );
  if (place?.domain.kind !== 'map') return namedScalars(writer, kind, spot);
  return kindOf(place.domain.values) === kind && writer.choices.oneIn(2)
    ? `${place.text}.values()`
    : kind === 'text'
      ? `${place.text}.keys()`
      : `${place.text}.values()`;
}

/** Something of a map with lists that were grouped: a count of groups, an entry of a new map. */
export function writeGrouped(writer: RuleWriter, spot: Spot): string {
  const list = writer.objects(deeper(spot));
  const keys = grouping(writer, list);
  if (keys === undefined) return `${list.text}.exists()`;
  const groups = `${list.text}.groupBy(${keys.path})`;
  const inGroup = withRuleVariable(spot.scope, { kind: 'array', items: list.items });
  const number = `${inGroup.name}.${writer.choices.one(['count()', `${writer.choices.one(['sum', 'max'])}(${writer.value('number', { scope: insideItem(inGroup.scope, list.items), depth: 0 }, false)})`])}`;
  return writer.choices.run([
    () => `${groups}.keys().count() > ${writer.choices.one([0, 1, 2])}`,
    () => `${groups}.keys() = ${keys.literal}`,
    () =>
      `${groups}.map((K, ${inGroup.name}) => mapEntry(K, ${number})).get(${keys.literal}) > ${writer.choices.one([0, 1, 2])}`,
    () =>
      `${groups}.map((K, ${inGroup.name}) => mapEntry(K, ${number})).values() >= ${writer.choices.one([1, 2])}`,
    () =>
      `${groups}.map((K, ${inGroup.name}) => mapEntry(K, {"n": ${inGroup.name}.count(), "s": ${number}})).get(${keys.literal}).${writer.choices.one(['n', 's'])} > 1`,
  ]);
}

/** Something of a map of the profile: its entries by key and value, made into others, or asked about. */
export function writeMap(writer: RuleWriter, spot: Spot): string {
  const { choices } = writer;
  const place = somePlace(choices, spot.scope, ({ domain, many }) => domain.kind === 'map' && !many);
  if (place?.domain.kind !== 'map') return 'identityMap';
  const { keys, values } = place.domain;
  const key = withRuleVariable(spot.scope, { kind: 'string', values: keys });
  const value = withRuleVariable(key.scope, values);
  const inside = deeper(spot, value.scope);
  const entry = (): string => writer.value(choices.one(['number', 'text']), inside, false);
  const literal = JSON.stringify(choices.one([...keys, 'x']));
  const names = `(${key.name}, ${value.name})`;
  return choices.run([
    () => place.text,
    () =>
      `${place.text}.${choices.one(['isNull()', 'isNotNull()', 'count() = 1', 'exists()', 'keys().count() > 1'])}`,
    () => `${place.text}.exists(${names} => ${writer.test(inside)})`,
    () => `${place.text}.map(${names} => mapEntry(${key.name}, ${entry()})).get(${literal}).isNotNull()`,
    () =>
      `${place.text}.map(${names} => mapEntry(${key.name}, ${writer.value('number', inside, false)})).get(${literal}) > 1`,
    () =>
      `${place.text}.map(${names} => ${writer.value('text', inside, false)}) = ${writer.value('text', deeper(spot), true)}`,
    () => `${place.text}.map(${names} => ${writer.value('number', inside, false)}).sum() > 1`,
  ]);
}
