import type { Kind } from './rule-scope';
import { insideItem, isScalarDomain, kindOf, kinds, withRuleVariable } from './rule-scope';
import type { RuleWriter, Spot } from './rule-writer';
import { deeper, somePlace } from './rule-writer';
import { writeChain } from './write-chains';
import { writeGrouped, writeMap, writeScalars } from './write-lists';
import { writeOccurs } from './write-occurs';
import { literalOf } from './write-literals';
import { declarations, receiver } from './write-values';

type Makers = readonly (() => string)[];

/** Something that is true or false; it can stand beside `and` and within brackets. */
export function writeTest(writer: RuleWriter, spot: Spot): string {
  const simple: Makers = [
    () => comparedWithLiteral(writer, spot),
    () => comparedWithLiteral(writer, spot),
    () => comparedWithLiteral(writer, spot),
    () => writeOccurs(writer, spot),
    () => present(writer, spot),
  ];
  if (spot.depth <= 0) return writer.choices.run(simple);
  return writer.choices.run([
    ...simple,
    ...onScalars(writer, spot),
    ...onLists(writer, spot),
    ...onLists(writer, spot),
    ...joined(writer, spot),
  ]);
}

const comparisons: readonly string[] = ['=', '=', '!=', '<', '<=', '>', '>='];

/** An attribute and a literal out of its own domain, perhaps written as another type. */
function comparedWithLiteral(writer: RuleWriter, { scope }: Spot): string {
  const { choices } = writer;
  const place = somePlace(choices, scope, ({ domain }) => isScalarDomain(domain));
  if (place === undefined || !isScalarDomain(place.domain)) return 'xEvent';
  const kind = kindOf(place.domain);
  const operator = kind === 'boolean' ? choices.one(['=', '!=']) : choices.one(comparisons);
  const literal = literalOf(writer, place.domain);
  if (choices.oneIn(6)) return `${place.text} ${operator} ${inOtherType(kind, literal, choices.oneIn(2))}`;
  if (choices.oneIn(10)) return `${literal} ${operator} ${place.text}`;
  return `${place.text} ${operator} ${literal}`;
}

/** The right side takes the type of the left: numeric text, a number where text is, times as text or milliseconds. */
function inOtherType(kind: Kind | undefined, literal: string, isNumber: boolean): string {
  switch (kind) {
    case 'text':
      return isNumber ? '35' : '2.5';
    case 'time': {
      const [year, month, day] = (/\d+, \d+, \d+/.exec(literal)?.[0] ?? '2024, 2, 29')
        .split(', ')
        .map(Number);
      const date = new Date(Date.UTC(year ?? 0, (month ?? 1) - 1, day));
      return isNumber ? String(date.getTime()) : `"${date.toISOString()}"`;
    }
    default:
      return `"${literal}"`;
  }
}

/** Something in a boolean position, or asked whether it is there. */
function present(writer: RuleWriter, { scope }: Spot): string {
  const place = somePlace(writer.choices, scope, ({ domain }) => domain.kind !== 'map');
  if (place === undefined) return 'xEvent';
  return writer.choices.one([place.text, place.text, `${place.text}.isNull()`, `${place.text}.isNotNull()`]);
}

const convertible: readonly (readonly [left: Kind, right: Kind])[] = [
  ['text', 'number'],
  ['number', 'text'],
  ['boolean', 'text'],
  ['time', 'text'],
  ['time', 'number'],
];

function onScalars(writer: RuleWriter, spot: Spot): Makers {
  const { choices } = writer;
  const value = (kind: Kind, many = true): string => writer.value(kind, deeper(spot), many);
  const text = (): string => value('text');
  return [
    () => {
      const kind = choices.one(kinds);
      const operator = kind === 'boolean' ? choices.one(['=', '!=']) : choices.one(comparisons);
      return `${value(kind)} ${operator} ${value(kind)}`;
    },
    () => `${value('number')} ${choices.one(comparisons)} ${value('number', false)}`,
    () => {
      // The right side takes the type of the left.
      const [left, right] = choices.one(convertible);
      const operator = left === 'boolean' ? choices.one(['=', '!=']) : choices.one(comparisons);
      return `${value(left)} ${operator} ${value(right)}`;
    },
    () => membership(writer, spot),
    () => `${text()} like ${choices.one(['"%a%"', '"_d%"', '"%\\\\"', '"a_b"', '"%"', '""', text()])}`,
    () => `${text()} matches ${pattern(writer)}`,
    () => `${receiver(text())}.matches(${pattern(writer)})`,
    () => textMethod(writer, spot),
    () => textMethod(writer, spot),
    () => `${receiver(value(choices.one(kinds), false))}.${choices.one(['isNull', 'isNotNull'])}()`,
    () => receiver(value(choices.one(kinds), false)),
    () =>
      `if(${writer.test(deeper(spot))}, ${writer.test(deeper(spot))} or false, ${writer.test(deeper(spot))} and true)`,
  ];
}

function pattern({ choices }: RuleWriter): string {
  return choices.one([
    '"(?i)^a"',
    '"a.b"',
    '"^$"',
    '"[r-u]e"',
    '"(?s)a.b"',
    '"\\\\w+@"',
    '"ß|Σ"',
    '"^.y$"',
    '"\\\\bx"',
    '"\\\\p{Lu}\\\\p{Ll}"',
    '"(?i)STRASSE|straße"',
    '"(?i)σ$"',
    '"(?m)^b"',
    '"[^a-z]"',
    '"\\\\d"',
    '"a*?$"',
    '"(?-s)a.b|%_."',
    '"\\\\W"',
  ]);
}

function textMethod(writer: RuleWriter, spot: Spot): string {
  const { choices } = writer;
  const place = somePlace(choices, spot.scope, ({ domain }) => kindOf(domain) === 'text');
  if (place === undefined || !isScalarDomain(place.domain)) return 'xEvent';
  const method = choices.one([
    ...['equals', 'notEqualTo', 'startsWith', 'doesNotStartWith'],
    ...['endsWith', 'doesNotEndWith', 'contains', 'doesNotContain'],
  ]);
  const part = choices.run([
    () => literalOf(writer, place.domain as Parameters<typeof literalOf>[1]),
    () => choices.one(['"a"', '"ss"', '"ς"', '"İ"', '""']),
    () => writer.value('text', deeper(spot), true),
    () => writer.value('number', deeper(spot), true),
  ]);
  return `${place.text}.${method}(${part}${choices.one(['', ', true', ', false', ', false'])})`;
}

function membership(writer: RuleWriter, spot: Spot): string {
  const { choices } = writer;
  const operator = choices.one(['in', 'notIn']);
  const place = somePlace(
    choices,
    spot.scope,
    ({ domain }) => isScalarDomain(domain) && domain.kind !== 'boolean',
  );
  if (place === undefined || !isScalarDomain(place.domain)) return 'xEvent';
  const { domain } = place;
  const items = [...choices.many(3, () => (choices.oneIn(8) ? 'null' : literalOf(writer, domain)))];
  const kind = kindOf(domain);
  if (choices.oneIn(8)) items.push(inOtherType(kind, literalOf(writer, domain), choices.oneIn(2)));
  const literal = `[${items.join(', ')}]`;
  if (choices.oneIn(3) && (kind === 'text' || kind === 'number'))
    return `${place.text} ${operator} ${writeScalars(writer, kind, deeper(spot))}`;
  return `${place.text} ${operator} ${choices.oneIn(5) ? `(${literal})` : literal}`;
}

function onLists(writer: RuleWriter, spot: Spot): Makers {
  const { choices } = writer;
  const list = (): ReturnType<RuleWriter['objects']> => writer.objects(deeper(spot));
  return [
    () => list().text,
    () =>
      `${list().text}.${choices.one(['exists()', 'isNull()', 'isNotNull()', 'count() > 1', 'distinct().count() = 2'])}`,
    () => {
      const { text, items } = list();
      return `${text}.exists(${writer.test(deeper(spot, insideItem(spot.scope, items)))})`;
    },
    () => {
      const { text, items } = list();
      const { name, scope } = withRuleVariable(spot.scope, items);
      return `${text}.exists((${name}) => ${writer.test(deeper(spot, scope))})`;
    },
    () => `(select ${declarations(writer, spot, choices.one([1, 2, 2, 3])).text})`,
    () =>
      `(select ${declarations(writer, spot, choices.one([1, 2])).text}).count() ${choices.one(comparisons)} ${choices.one([0, 1, 2, 4])}`,
    () => `(exists ${declarations(writer, spot, choices.one([1, 1, 2])).text})`,
    () => `(forall ${declarations(writer, spot, choices.one([1, 1, 2])).text})`,
    () => sameItems(writer, spot),
    () => sameObjects(writer, spot),
    () => overlapping(writer, spot),
    () => overlapping(writer, spot),
    () => writeChain(writer, spot),
    () => writeChain(writer, spot),
    () => writeGrouped(writer, spot),
    () => writeMap(writer, spot),
  ];
}

/** Two variables over lists of the same things: an item is equal to itself only. */
function sameItems(writer: RuleWriter, spot: Spot): string {
  const { choices } = writer;
  const { text, items } = writer.objects({ ...spot, depth: 0 });
  const one = withRuleVariable(spot.scope, items);
  const other = withRuleVariable(one.scope, items);
  const test = writer.test({ scope: other.scope, depth: spot.depth - 2 });
  return `(select ${one.name} from ${text}, ${other.name} from ${text} where ${one.name} ${choices.one(['=', '!='])} ${other.name} and ${test})`;
}

/** Objects by whatever path they are reached. */
function sameObjects(writer: RuleWriter, spot: Spot): string {
  const { choices } = writer;
  const list = writer.objects(deeper(spot));
  const other = writer.objects(deeper(spot));
  const one = choices.oneIn(2) ? `${list.text}.head()` : list.text;
  return choices.run([
    () => `${one} ${choices.one(['=', '!='])} ${list.text}`,
    () => `${one} ${choices.one(['=', '!='])} ${choices.oneIn(2) ? `${other.text}.head()` : other.text}`,
    () => `${one} ${choices.one(['in', 'notIn'])} ${list.text}`,
    () => `${list.text}.${choices.one(['includes', 'intersects', 'subsetOf'])}(${list.text})`,
  ]);
}

/** Lists of scalars against each other. */
function overlapping(writer: RuleWriter, spot: Spot): string {
  const { choices } = writer;
  const kind = choices.one(['number', 'text'] as const);
  const list = writeScalars(writer, kind, deeper(spot));
  const literals = kind === 'number' ? ['0', '1', '2.5', '35'] : ['"red"', '"blue"', '"US"', '"web"'];
  const written = `[${choices.many(3, () => choices.one(literals)).join(', ')}]`;
  return choices.run([
    () =>
      `${list}.${choices.one(['intersects', 'subsetOf', 'supersetOf', 'intersection'])}(${choices.oneIn(2) ? written : writeScalars(writer, kind, deeper(spot))})`,
    () => `${list}.includes(${writer.value(kind, deeper(spot), false)})`,
    () => `${list} ${choices.one(['=', '!='])} ${writer.value(kind, deeper(spot), true)}`,
    () => `${list}.distinct().count() ${choices.one(comparisons)} ${choices.one([0, 1, 2])}`,
    () => `${list}.exists((S) => S ${choices.one(comparisons)} ${choices.one(literals)})`,
    () => `${list}`,
  ]);
}

function joined(writer: RuleWriter, spot: Spot): Makers {
  const { choices } = writer;
  const test = (): string => writer.test(deeper(spot));
  return [
    () => `(${test()} and ${test()})`,
    () => `(${test()} or ${test()})`,
    () => `(${test()} ${choices.one(['and', 'or'])} ${test()} ${choices.one(['and', 'or'])} not ${test()})`,
    () => `not(${test()})`,
    () => `!(${test()})`,
    () => {
      const { name, scope } = withRuleVariable(spot.scope, { kind: 'boolean', values: [true, false] });
      return `(let ${name} = (${test()}) in (${writer.test(deeper(spot, scope))}))`;
    },
    () => {
      const { name, scope } = withRuleVariable(spot.scope, spot.scope.world.profile);
      return `((${name}) => ${writer.test(deeper(spot, scope))})`;
    },
    () => {
      const { text, items } = writer.objects(deeper(spot));
      const { name, scope } = withRuleVariable(spot.scope, { kind: 'array', items });
      return `(let ${name} = (${text}) in (${writer.test(deeper(spot, scope))}))`;
    },
    () => (writer.segmentIds.length === 0 ? test() : `inSegment("${choices.one(writer.segmentIds)}")`),
  ];
}
