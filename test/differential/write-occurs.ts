import { kindOf } from './rule-scope';
import type { RuleWriter, Spot } from './rule-writer';
import { deeper, somePlace } from './rule-writer';

const units: readonly string[] = [
  ...['millisecond', 'seconds', 'minutes', 'hours', 'days', 'weeks', 'months', 'years'],
  ...['decades', 'century', 'millennia', 'day', 'month', 'week'],
];

/** A time in the middle of a condition on when it was. */
export function writeOccurs(writer: RuleWriter, spot: Spot): string {
  const time = spot.depth > 0 ? writer.value('time', deeper(spot), true) : namedTime(writer, spot);
  return `${time === 'null' ? namedTime(writer, spot) : time} occurs ${writeTail(writer, spot)}`;
}

/** What follows `occurs`, and stands within WHEN. */
export function writeTail(writer: RuleWriter, spot: Spot, names: readonly string[] = []): string {
  const { choices } = writer;
  const reference = (): string => writeReference(writer, spot, names);
  const direction = (): string => choices.one(['before', 'after', 'from']);
  const distance = (): string =>
    `${choices.one(['<', '<=', '>', '>=', '=', '!='])} ${amount(writer, spot)} ${choices.one(units)} ${direction()} ${reference()}`;
  return choices.run([
    distance,
    distance,
    distance,
    () => `${choices.one(['before', 'after'])} ${reference()}`,
    () => `${choices.one(['on ', ''])}${reference()}`,
    () => `between ${reference()} and ${reference()}`,
  ]);
}

function amount(writer: RuleWriter, { scope }: Spot): string {
  const { choices } = writer;
  if (!choices.oneIn(8)) return choices.one(['0', '1', '1', '2', '3', '7', '12', '24']);
  const place = somePlace(choices, scope, ({ domain, many }) => domain.kind === 'integer' && !many);
  return place === undefined ? '30' : place.text;
}

function namedTime(writer: RuleWriter, { scope }: Spot): string {
  const place = somePlace(writer.choices, scope, ({ domain }) => kindOf(domain) === 'time');
  return place?.text ?? 'date(2024, 2, 29)';
}

function writeReference(writer: RuleWriter, spot: Spot, names: readonly string[]): string {
  const { choices } = writer;
  if (names.length > 0 && choices.oneIn(2)) return choices.one(names);
  const { now } = spot.scope.world;
  return choices.run([
    () => choices.one(['now', 'today', 'yesterday', 'tomorrow']),
    () => choices.one(['now', 'today', 'yesterday', 'tomorrow']),
    () => `${choices.one(['this', 'last', 'next'])} ${choices.one(units)}`,
    () => namedTime(writer, spot),
    () =>
      `date(${now.getUTCFullYear()}, ${choices.one([1, 2, 3, 12])}, ${choices.one([1, 28, 29])})`.replace(
        '2, 29)',
        '2, 28)',
      ),
    () => `"${new Date(now.getTime() - choices.one([0, 1, 86_400_000])).toISOString()}"`,
    () => `"${new Date(now.getTime() - choices.one([0, 86_400_000])).toISOString().slice(0, 10)}"`,
  ]);
}
