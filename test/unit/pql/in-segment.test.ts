import type { CheckedRule } from '../../../src/pql';
import { checkPql, compileRules } from '../../../src/pql';
import { builtinSchema } from '../../../src/xdm/builtin-schema';
import { checkedRule } from '../../support/checked-rule';
import { PeopleDatabase } from '../../support/people-database';

const options = { now: new Date('2026-08-28T12:00:00Z'), schema: builtinSchema };
const people = [
  { name: 'ada', profile: { person: { age: 40 } }, events: [{ eventType: 'buy' }, { eventType: 'view' }] },
  { name: 'bob', profile: { person: { age: 20 } }, events: [{ eventType: 'buy' }] },
  { name: 'eve', profile: { person: { age: 50 } } },
];

const definitions = (rules: Readonly<Record<string, string>>): ReadonlyMap<string, CheckedRule> =>
  new Map(Object.entries(rules).map(([id, text]) => [id, checkedRule(text)]));

describe('inSegment', () => {
  let database: PeopleDatabase;
  beforeAll(async () => {
    database = await PeopleDatabase.create(people);
  });
  afterAll(() => database.close());

  const matches = (rules: readonly string[], segments: ReadonlyMap<string, CheckedRule>): Promise<unknown> =>
    database.matches(
      compileRules(
        rules.map((text) => checkedRule(text)),
        { ...options, segments },
      ),
    );

  it('stands beside a chain of three, however many segments are named', async () => {
    const chain =
      'chain(xEvent, timestamp, [A: WHAT(eventType = "buy"), B: WHAT(type = "b") WHEN(< 8 hours after A) COUNT(> 2), C: WHAT(type = "c") WHEN(>= 30 minutes after A)])';
    const ids = Array.from({ length: 24 }, (_, index) => `segment-${index}`);
    const segments = definitions(
      Object.fromEntries(ids.map((id, index) => [id, `person.age > ${index + 20}`])),
    );
    const rules = [`inSegment("segment-0") or ${chain}`, ...ids.map((id) => `inSegment("${id}")`)];
    const [first] = (await matches(rules, segments)) as readonly (readonly string[])[];
    expect(first).toEqual(['ada', 'eve']);
  });

  it('tells whom it names: sorted, each once, wherever it stands', () => {
    const rule = checkedRule(
      'inSegment("b") or xEvent[inSegment("a") and eventType = "x"] or not(inSegment("b"))',
    );
    expect(rule.segmentIds).toEqual(['a', 'b']);
  });

  it.each(['inSegment(person.gender)', 'inSegment(5)', 'inSegment("")', 'inSegment((x) => x)'])(
    'takes an id that is written down, not %s',
    (text) => {
      const { diagnostics } = checkPql(text, { schema: builtinSchema, unknownAttributes: 'error' });
      expect(diagnostics.map(({ code, from }) => [code, from])).toEqual([['type-mismatch', 10]]);
    },
  );

  it('is true exactly when the other rule holds', async () => {
    const segments = definitions({ grown: 'person.age > 30' });
    expect(await matches(['inSegment("grown")', 'not(inSegment("grown"))'], segments)).toEqual([
      ['ada', 'eve'],
      ['bob'],
    ]);
  });

  it('follows segments that name segments, on events too', async () => {
    const segments = definitions({
      grown: 'person.age > 30',
      buyer: 'xEvent[eventType = "buy"]',
      both: 'inSegment("grown") and inSegment("buyer")',
      notBoth: 'not(inSegment("both")) and xEvent.count() > 0',
    });
    const rules = ['inSegment("both")', 'inSegment("notBoth")', 'inSegment("both") or inSegment("notBoth")'];
    expect(await matches(rules, segments)).toEqual([['ada'], ['bob'], ['ada', 'bob']]);
  });

  it('asks about the profile also from a condition on events', async () => {
    const segments = definitions({
      grown: 'person.age > 30',
      grownBuyer: 'xEvent[inSegment("grown") and eventType = "buy"]',
    });
    const rules = [
      'xEvent[eventType = "buy" and not(inSegment("grown"))]',
      'xEvent[inSegment("grownBuyer")].count() = 2',
      'person.favoriteColors[inSegment("grown")]',
    ];
    expect(await matches(rules, segments)).toEqual([['bob'], ['ada'], []]);
  });

  it('evaluates a segment once that is among the rules of the pass itself', async () => {
    const segments = definitions({ grown: 'person.age > 30' });
    const pass = compileRules([checkedRule('person.age > 30'), checkedRule('inSegment("grown")')], {
      ...options,
      segments,
    });
    expect(pass.sql.match(/person\.age/g)).toHaveLength(1);
    expect(await database.matches(pass)).toEqual([
      ['ada', 'eve'],
      ['ada', 'eve'],
    ]);
  });

  it('grows with the rules, not with the ways between them', async () => {
    const texts = Array.from({ length: 40 }, (_, at): [string, string] =>
      at === 0
        ? ['s0', 'person.age > 30']
        : [`s${at}`, `inSegment("s${at - 1}") and (inSegment("s${at - 1}") or person.age = ${at})`],
    );
    const pass = compileRules([checkedRule('inSegment("s39")')], {
      ...options,
      segments: definitions(Object.fromEntries(texts)),
    });
    expect(pass.sql.length).toBeLessThan(20_000);
    expect(await database.matches(pass)).toEqual([['ada', 'eve']]);
  });

  it('takes a segment that is not given for a bug of the caller', () => {
    expect(() => compileRules([checkedRule('inSegment("gone")')], options)).toThrow('Invariant broken');
  });
});
