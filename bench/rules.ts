import { countries, eventTypes, genders, sections, statuses } from './people';

/** A rule twice: as people write it, and as somebody who knows the tables would ask for it in SQL. */
export interface BenchRule {
  readonly pql: string;
  readonly sql: HandWritten;
}

/** What is asked of a profile's row, or of all events of one person together. */
export type HandWritten =
  | { readonly of: 'profile'; readonly condition: Sql }
  | { readonly of: 'events'; readonly where: Sql; readonly test: EventTest };

export type EventTest =
  | { readonly kind: 'exists' }
  | { readonly kind: 'never' }
  | { readonly kind: 'count'; readonly atLeast: number }
  | { readonly kind: 'sum'; readonly value: string; readonly above: number };

/** SQL with the words for texts as the tables at hand have them: plain, or as values of an ENUM. */
export type Sql = (text: TextLiteral) => string;
export type TextLiteral = (path: string, value: string) => string;

export const oneAttribute = attribute('homeAddress.countryCode = "US"', (text) =>
  equals('homeAddress.countryCode', 'US', text),
);

export const threeAttributes = attribute(
  'homeAddress.countryCode = "US" and person.age >= 30 and person.gender = "female"',
  (text) =>
    `${equals('homeAddress.countryCode', 'US', text)} AND "person.age" >= 30 AND ${equals('person.gender', 'female', text)}`,
);

export const eventExists = onEvents({ type: 'commerce.purchases', days: 30, test: { kind: 'exists' } });

export const twoPurchases = onEvents({
  type: 'commerce.purchases',
  days: 90,
  test: { kind: 'count', atLeast: 2 },
});

/** Looked at a product, and bought within two weeks of that. */
export const sequence = {
  pql:
    'select A from xEvent where A.eventType = "commerce.productViews", B from xEvent where ' +
    'B.eventType = "commerce.purchases" and B.timestamp occurs <= 14 days after A.timestamp',
  chain:
    'chain(xEvent, timestamp, [A: WHAT(eventType = "commerce.productViews"), ' +
    'B: WHAT(eventType = "commerce.purchases") WHEN(<= 14 days after A)])',
  first: 'commerce.productViews',
  then: 'commerce.purchases',
  days: 14,
};

/** So many rules of the mix that the targets are about: three in five on attributes, two in five on events. */
export function mixedRules(count: number): readonly BenchRule[] {
  return Array.from({ length: count }, (_, n) => {
    const round = Math.floor(n / 5);
    return n % 5 < 3 ? attributeRule(round * 3 + (n % 5)) : eventRule(round * 2 + (n % 5) - 3);
  });
}

/** Each rule differs from all others, so that nothing is shared that rules of people would not share. */
function attributeRule(n: number): BenchRule {
  const country = cycle(countries, n);
  const age = 20 + ((n * 7) % 60);
  const isIn: Sql = (text) => equals('homeAddress.countryCode', country, text);
  const countryIs = `homeAddress.countryCode = "${country}"`;
  switch (n % 6) {
    case 0:
      return attribute(
        `${countryIs} and person.age >= ${age} and intField1 >= ${n}`,
        (text) => `${isIn(text)} AND "person.age" >= ${age} AND "intField1" >= ${n}`,
      );
    case 1: {
      const gender = cycle(genders, n);
      return attribute(
        `person.gender = "${gender}" and person.age < ${age} and intField1 < ${90_000 - n}`,
        (text) =>
          `${equals('person.gender', gender, text)} AND "person.age" < ${age} AND "intField1" < ${90_000 - n}`,
      );
    }
    case 2: {
      const listed = [0, 1, 2].map((offset) => cycle(countries, n + offset));
      const status = cycle(statuses, n);
      return attribute(
        `person.nationality in [${listed.map((one) => `"${one}"`).join(', ')}] and mobilePhone.status = "${status}" and intField1 > ${n}`,
        (text) =>
          `"person.nationality" IN (${listed.map((one) => text('person.nationality', one)).join(', ')}) AND ` +
          `${equals('mobilePhone.status', status, text)} AND "intField1" > ${n}`,
      );
    }
    case 3:
      return attribute(
        `_repo.modifyDate occurs <= ${30 + n} days before now`,
        () => `"_repo.modifyDate" >= ${daysBefore(30 + n)} AND "_repo.modifyDate" <= ${nowSql}`,
      );
    case 4: {
      const least = (n * 9) % 997;
      return attribute(
        `personalEmail.address.startsWith("p${n % 10}") and intField2 > ${least}`,
        () => `starts_with("personalEmail.address", 'p${n % 10}') AND "intField2" > ${least}`,
      );
    }
    default:
      return attribute(
        `(${countryIs} or workAddress.countryCode = "${country}") and personalEmail.primary and intField1 >= ${n}`,
        (text) =>
          `(${isIn(text)} OR ${equals('workAddress.countryCode', country, text)}) AND "personalEmail.primary" AND "intField1" >= ${n}`,
      );
  }
}

function eventRule(n: number): BenchRule {
  const type = cycle(eventTypes, n);
  const section = cycle(sections, n);
  const days = cycle([7, 14, 30, 60, 90, 180], n) + Math.floor(n / 6);
  switch (n % 8) {
    case 0:
      return onEvents({ type, days, test: { kind: 'exists' } });
    case 1:
      return onEvents({ type, section, country: cycle(countries, n >> 3), test: { kind: 'exists' } });
    case 2:
      return onEvents({ type, days, test: { kind: 'count', atLeast: 2 } });
    case 3:
      return onEvents({ type, days: 300 - n, test: { kind: 'count', atLeast: 3 } });
    case 4:
      return onEvents({ type, section, days, test: { kind: 'exists' } });
    case 5:
      return onEvents({ type, days, test: { kind: 'never' } });
    case 6:
      return onEvents({
        type: 'commerce.purchases',
        days: 30 + n,
        test: { kind: 'sum', value: 'commerce.order.priceTotal', above: 200 + n * 5 },
      });
    default:
      return onEvents({ type, section, days: 300 - n, test: { kind: 'count', atLeast: 2 } });
  }
}

interface EventsAsked {
  readonly type: string;
  readonly section?: string;
  readonly country?: string;
  readonly days?: number;
  readonly test: EventTest;
}

function onEvents({ type, section, country, days, test }: EventsAsked): BenchRule {
  const pql = [`eventType = "${type}"`];
  const sql: Sql[] = [(text) => equals('eventType', type, text)];
  if (section !== undefined) {
    pql.push(`web.webPageDetails.siteSection = "${section}"`);
    sql.push((text) => equals('web.webPageDetails.siteSection', section, text));
  }
  if (country !== undefined) {
    pql.push(`placeContext.geo.countryCode = "${country}"`);
    sql.push((text) => equals('placeContext.geo.countryCode', country, text));
  }
  if (days !== undefined) {
    pql.push(`timestamp occurs <= ${days} days before now`);
    sql.push(() => `"timestamp" >= ${daysBefore(days)} AND "timestamp" <= ${nowSql}`);
  }
  return {
    pql: asPql(`xEvent[${pql.join(' and ')}]`, test),
    sql: { of: 'events', where: (text) => sql.map((part) => part(text)).join(' AND '), test },
  };
}

function asPql(events: string, test: EventTest): string {
  switch (test.kind) {
    case 'exists':
      return events;
    case 'never':
      return `not(${events})`;
    case 'count':
      return `${events}.count() >= ${test.atLeast}`;
    case 'sum':
      return `${events}.sum(${test.value}) > ${test.above}`;
  }
}

function attribute(pql: string, condition: Sql): BenchRule {
  return { pql, sql: { of: 'profile', condition } };
}

const nowSql = `TIMESTAMP '2026-01-01'`;
const daysBefore = (days: number): string => `(${nowSql} - INTERVAL ${days} DAY)`;

function equals(path: string, value: string, text: TextLiteral): string {
  return `"${path}" = ${text(path, value)}`;
}

function cycle<T>(values: readonly T[], n: number): T {
  const value = values[n % values.length];
  if (value === undefined) throw new Error('Nothing to choose from');
  return value;
}
