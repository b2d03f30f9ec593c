import { text as textDomain } from './domain';
import type { Kind } from './rule-scope';
import { insideItem, isScalarDomain, kindOf, pathsOf, withRuleVariable } from './rule-scope';
import type { Listing, RuleWriter, Spot } from './rule-writer';
import { deeper, somePlace } from './rule-writer';
import { writeScalars } from './write-lists';
import { domainOf, literalOf, orderedBy } from './write-literals';

type Makers = readonly (() => string)[];

/** A value of a kind, as text. */
export function writeValue(writer: RuleWriter, kind: Kind, spot: Spot, many: boolean): string {
  const { choices } = writer;
  const simple: Makers = [
    () => attribute(writer, kind, spot, many),
    () => attribute(writer, kind, spot, many),
    () => attribute(writer, kind, spot, many),
    () => anyLiteral(writer, kind, spot),
  ];
  if (spot.depth <= 0) return choices.run(simple);
  const found = many ? [(): string => throughList(writer, kind, spot)] : [];
  return choices.run([
    ...simple,
    ...simple,
    ...found,
    ...derived(writer, kind, spot),
    ...special(writer, kind, spot, many),
  ]);
}

/** An attribute of the kind; a literal where there is none. */
function attribute(writer: RuleWriter, kind: Kind, spot: Spot, many: boolean): string {
  const place = somePlace(
    writer.choices,
    spot.scope,
    (one) =>
      (kindOf(one.domain) === kind && (many || !one.many)) ||
      (many && one.domain.kind === 'array' && kindOf(one.domain.items) === kind),
  );
  return place?.text ?? anyLiteral(writer, kind, spot);
}

function anyLiteral(writer: RuleWriter, kind: Kind, spot: Spot): string {
  const { choices } = writer;
  if (choices.oneIn(12)) return 'null';
  const place = somePlace(choices, spot.scope, ({ domain }) => kindOf(domain) === kind);
  const domain = place?.domain ?? textDomain('red');
  if (!isScalarDomain(domain) || kindOf(domain) !== kind) return fallback(kind);
  return literalOf(writer, domain);
}

function fallback(kind: Kind): string {
  return { number: '2', text: '"red"', boolean: 'true', time: 'date(2024, 2, 29)' }[kind];
}

/** Values that any kind can be derived by. */
function derived(writer: RuleWriter, kind: Kind, spot: Spot): Makers {
  const { choices } = writer;
  const inner = (): string => writer.value(kind, deeper(spot), false);
  return [
    () => `if(${writer.test(deeper(spot))}, ${inner()}, ${inner()})`,
    () => {
      const { name, scope } = withRuleVariable(spot.scope, domainOf(kind));
      return `(let ${name} = (${inner()}) in ${writer.value(kind, deeper(spot, scope), false)})`;
    },
    () => ofItem(writer, kind, spot, (list) => `${list.text}.head()`),
    () =>
      ofItem(writer, kind, spot, (list) => {
        const best = orderedBy(writer, list, spot);
        return choices.oneIn(2)
          ? `${best}.head()`
          : `${best}[${writer.test(deeper(spot, insideItem(spot.scope, list.items)))}].head()`;
      }),
    () => fromMap(writer, kind, spot),
  ];
}

/** An attribute of one object that a list was narrowed down to. */
function ofItem(writer: RuleWriter, kind: Kind, spot: Spot, pick: (list: Listing) => string): string {
  const list = writer.objects(deeper(spot));
  const places = pathsOf(list.items).filter((one) => kindOf(one.domain) === kind && !one.many);
  const place = places.length === 0 ? undefined : writer.choices.one(places);
  return place === undefined ? attribute(writer, kind, spot, false) : `${pick(list)}.${place.text}`;
}

/** A path that goes on from a list that was filtered, selected or ordered. */
function throughList(writer: RuleWriter, kind: Kind, spot: Spot): string {
  const list = writer.objects(deeper(spot));
  const places = pathsOf(list.items).filter((one) => kindOf(one.domain) === kind);
  return places.length === 0
    ? attribute(writer, kind, spot, true)
    : `${list.text}.${writer.choices.one(places).text}`;
}

/** The value of a key of a map. */
function fromMap(writer: RuleWriter, kind: Kind, spot: Spot): string {
  const { choices } = writer;
  const place = somePlace(choices, spot.scope, (one) => one.domain.kind === 'map' && !one.many);
  if (place?.domain.kind !== 'map') return attribute(writer, kind, spot, false);
  const inner = place.domain.values;
  const outer = `${place.text}.get(${JSON.stringify(choices.one([...place.domain.keys, 'WEB']))})`;
  const values = inner.kind === 'map' ? inner.values : inner;
  const value = inner.kind === 'map' ? `${outer}.get(${JSON.stringify(choices.one(inner.keys))})` : outer;
  if (kindOf(values) === kind) return value;
  if (values.kind !== 'object') return attribute(writer, kind, spot, false);
  const field = Object.entries(values.fields).find(([, one]) => kindOf(one) === kind);
  return field === undefined ? attribute(writer, kind, spot, false) : `${value}.${field[0]}`;
}

/** Values that only one kind has. */
function special(writer: RuleWriter, kind: Kind, spot: Spot, many: boolean): Makers {
  const { choices } = writer;
  const inner = (one: Kind): string => writer.value(one, deeper(spot), false);
  switch (kind) {
    case 'number':
      return numbers(writer, spot, many);
    case 'text':
      return [
        () =>
          `${receiver(writer.value('text', deeper(spot), many))}.regexGroup(${choices.one(['"@(\\\\w+)"', '"(a)?(.)"', '"^(.*)$"', '"(?i)(S+)"'])}, ${choices.one([0, 1])})`,
      ];
    case 'boolean':
      return [() => `(${writer.test(deeper(spot))})`];
    case 'time':
      return [
        () =>
          `date(${choices.one([2024, 2026, 2028])}, ${choices.one(['2', '3', inner('number')])}, ${choices.one(['29', '30', '1', '0'])})`,
        () => {
          const list = writer.objects(deeper(spot));
          const inside = deeper(spot, insideItem(spot.scope, list.items));
          return `${list.text}.${choices.one(['min', 'max'])}(${writer.value('time', inside, choices.oneIn(3))})`;
        },
        () => `date(currentYear() - ${choices.one([0, 1])}, currentMonth(), currentDayOfMonth())`,
      ];
  }
}

function numbers(writer: RuleWriter, spot: Spot, many: boolean): Makers {
  const { choices } = writer;
  const inner = (): string => writer.value('number', deeper(spot), false);
  const aggregate = (): string => choices.one(['sum', 'average', 'min', 'max']);
  return [
    () => `(${inner()} ${choices.one(['+', '-', '*', '/', '%'])} ${inner()})`,
    () => `(${inner()} ${choices.one(['+', '*'])} ${inner()} ${choices.one(['-', '/', '%'])} ${inner()})`,
    () => `(-${receiver(inner())})`,
    () =>
      `${receiver(writer.value('time', deeper(spot), many))}.${choices.one(['getYear', 'getMonth', 'getDayOfMonth'])}()`,
    () => choices.one(['currentYear()', 'currentMonth()', 'currentDayOfMonth()']),
    () => `${writer.objects(deeper(spot)).text}.count()`,
    () => `${writer.objects(deeper(spot)).text}.count()`,
    () => {
      const list = writer.objects(deeper(spot));
      const value = writer.value(
        'number',
        deeper(spot, insideItem(spot.scope, list.items)),
        choices.oneIn(3),
      );
      return `${list.text}.${aggregate()}(${value})`;
    },
    () => {
      const list = writer.objects(deeper(spot));
      const { name, scope } = withRuleVariable(spot.scope, list.items);
      return `${list.text}.${aggregate()}((${name}) => ${writer.value('number', deeper(spot, scope), false)})`;
    },
    () => `${writeScalars(writer, 'number', deeper(spot))}.${choices.one([aggregate(), 'count'])}()`,
    () => prefixAggregate(writer, spot, aggregate()),
    () => {
      const place = somePlace(choices, spot.scope, isNumberList);
      return place === undefined
        ? '0'
        : `${place.text}.${choices.one([aggregate(), 'count', 'distinct().count', 'head'])}()`;
    },
    () => {
      const place = somePlace(choices, spot.scope, isNumberList);
      return place === undefined ? '1' : `(${aggregate()} X from ${place.text} where X > ${inner()})`;
    },
  ];
}

function isNumberList({
  domain,
  many,
}: {
  readonly domain: Listing['items'];
  readonly many: boolean;
}): boolean {
  return many ? kindOf(domain) === 'number' : domain.kind === 'array' && kindOf(domain.items) === 'number';
}

function prefixAggregate(writer: RuleWriter, spot: Spot, name: string): string {
  const { choices } = writer;
  const { text, spot: inside } = declarations(writer, spot, choices.one([1, 1, 2]));
  return `(${name} ${writer.value('number', { ...inside, depth: 0 }, false)} over ${text})`;
}

/** `V from A where C, W from B where D`, and the spot that sees the variables. */
export function declarations(
  writer: RuleWriter,
  spot: Spot,
  count: number,
): { readonly text: string; readonly spot: Spot } {
  const { choices } = writer;
  const list = writer.objects(deeper(spot));
  const { name, scope } = withRuleVariable(spot.scope, list.items);
  const inside = { scope, depth: spot.depth - 1 };
  const where = choices.oneIn(4)
    ? ''
    : `${choices.one([' where ', ' where ', ' : '])}${writer.test(deeper(inside))}`;
  const text = `${name} from ${list.text}${where}`;
  if (count <= 1) return { text, spot: inside };
  const others = declarations(writer, inside, count - 1);
  return { text: `${text}, ${others.text}`, spot: others.spot };
}

/** An expression that a dot can follow. */
export function receiver(text: string): string {
  return /^[\w.^$]+$/.test(text) && !/^[\d-]/.test(text) ? text : `(${text})`;
}
