import { compileRules } from '../../../src/pql';
import { builtinSchema } from '../../../src/xdm/builtin-schema';
import { withFields } from '../../../src/xdm/with-fields';
import { checkedRule } from '../../support/checked-rule';
import { PeopleDatabase } from '../../support/people-database';

const options = { now: new Date('2026-08-28T12:00:00Z'), schema: builtinSchema };
const compiled = (...rules: readonly string[]): ReturnType<typeof compileRules> =>
  compileRules(
    rules.map((text) => checkedRule(text)),
    options,
  );

describe('one pass for all rules', () => {
  it('reads profiles alone when no rule looks at events, and of one rule only those who match', () => {
    const { sql, parameters, columns } = compiled('person.age > 30');
    expect(sql).toBe(
      [
        'SELECT',
        '  p."#pid",',
        '  TRUE AS r0',
        'FROM profile AS p',
        'WHERE p."#pid" >= $pid_from AND p."#pid" < $pid_to AND (p."person.age" > CAST($p0 AS BIGINT))',
      ].join('\n'),
    );
    expect(parameters).toEqual({ p0: 30 });
    expect(columns).toMatchObject({ profile: [{ path: 'person.age' }], event: [], row: false, set: false });
  });

  it.each([
    ['person.age > 30', false],
    ['xEvent.count() > 3', true],
    ['person.age > 30 and not xEvent.count() > 3', true],
    ['xEvent[eventType = "a"]', true],
    ['chain(xEvent, timestamp, [A: WHAT(type = "a"), B: WHAT(type = "b")])', true],
  ])('says of %s whether it reads events', (text, readsEvents) => {
    expect(compiled(text)).toMatchObject({ readsEvents });
  });

  it('reads events for the segments that a rule names', () => {
    const segments = new Map([['counted', checkedRule('xEvent.count() > 3')]]);
    const rule = checkedRule('inSegment("counted")');
    expect(compileRules([rule], { ...options, segments })).toMatchObject({ readsEvents: true });
  });

  it('compares no number of a person where it is to read everybody', () => {
    for (const text of [
      'person.age > 30',
      'xEvent[eventType = "a"]',
      'xEvent[eventType = "a"].count() < 2 and person.age > 30',
      'chain(xEvent, timestamp, [A: WHAT(type = "a"), B: WHAT(type = "b")])',
    ]) {
      expect(compiled(text).sql).toContain('$pid_from');
      expect(compileRules([checkedRule(text)], { ...options, people: 'all' }).sql).not.toContain('$pid_');
    }
  });

  it.each([
    'person.age > 30',
    'xEvent[eventType = "a"]',
    'xEvent[eventType = ^person.gender].count() = 2',
    'xEvent[eventType = "a"].count() < 2 and person.age > 30',
    'chain(xEvent, timestamp, [A: WHAT(type = "a"), B: WHAT(type = "b") WHEN(after A)])',
  ])('stands over other tables in the same words: %s', (text) => {
    const { sql, sqlOver } = compileRules([checkedRule(text)], { ...options, people: 'all' });
    const over = sqlOver({ profile: '(one)', event: '(other)' });
    expect(over).not.toBe(sql);
    expect(over.replaceAll('(one) AS', 'profile AS').replaceAll('(other) AS', 'event AS')).toBe(sql);
    expect(over).not.toMatch(/\b(?:profile|event) AS|\bTRUE AND\b/u);
  });

  it('looks at nobody but those with events where no rule holds without', () => {
    const joins = (...rules: readonly string[]): boolean => /FROM profile AS p/u.test(compiled(...rules).sql);
    expect(joins('xEvent[eventType = "a"]')).toBe(false);
    expect(joins('xEvent[eventType = "a"].count() >= 2', 'xEvent.min(timestamp) occurs yesterday')).toBe(
      true,
    );
    expect(joins('xEvent[eventType = "a"].count() >= 2', 'xEvent.sum(commerce.order.priceTotal) > 1')).toBe(
      false,
    );
    expect(joins('xEvent[eventType = "a"].count() < 2')).toBe(true);
    expect(joins('xEvent.sum(commerce.order.priceTotal) < 1')).toBe(true);
    expect(joins('xEvent[eventType = "a"]', 'person.age > 30')).toBe(true);
    expect(joins('xEvent[eventType = "a"] or person.age > 30')).toBe(true);
  });

  it('joins the events that one rule asks for together', () => {
    const { sql } = compiled(
      'select A from xEvent where A.type = "a", B from xEvent where B.type = "b" and B.timestamp > A.timestamp',
    );
    expect(sql.match(/FROM event AS e/g)).toHaveLength(2);
    expect(sql).toContain('SELECT DISTINCT');
    expect(sql).not.toContain('LIST(');
    const chain = compiled(
      'chain(xEvent, timestamp, [A: WHAT(type = "a"), B: WHAT(type = "b") WHEN(<= 2 days after A)])',
    ).sql;
    expect(chain.match(/FROM event AS e/g)).toHaveLength(2);
    expect(chain).toContain('SELECT DISTINCT');
  });

  it('scans the events once, within the range, and shares equal aggregates between rules', () => {
    const { sql, parameters } = compiled(
      'xEvent[eventType = "a"].count() > 1',
      'xEvent[eventType = "a"].count() > 5',
      'xEvent[eventType = "b"]',
    );
    expect(sql.match(/FROM event AS e/g)).toHaveLength(1);
    expect(sql.match(/ AS a[0-9]+/g)).toEqual([' AS a0', ' AS a1']);
    expect(sql).toContain('WHERE e."#pid" >= $pid_from AND e."#pid" < $pid_to');
    expect(sql).not.toContain('JOIN profile');
    expect(parameters).toEqual({ p0: 'a', p1: 1, p2: 5, p3: 'b' });
  });

  it('collects events in one list for all rules that ask about equal ones, with what any of them reads', () => {
    const { sql } = compiled(
      'select A from xEvent where A.type = "a", B from xEvent where B.type = "a" and A.id != B.id',
      'select A from xEvent where A.type = "a", B from xEvent where A.timestamp < B.timestamp',
      'xEvent[type = "a"].count() > 1',
    );
    expect(sql.match(/ AS a[0-9]+/g)).toEqual([' AS a0', ' AS a1', ' AS a2']);
    expect(sql).toContain('LIST(struct_pack("id" := e."id", "timestamp" := e."timestamp")) FILTER (WHERE ');
    expect(sql).toContain('LIST(struct_pack("timestamp" := e."timestamp")) AS a1');
  });

  it('sorts a list of events only where their order matters', () => {
    expect(compiled('xEvent.topN(timestamp, 2).head().id = "a"').sql).toContain(
      'list_sort(LIST(struct_pack(',
    );
    const both = 'exists A from xEvent, B from xEvent where A.id = B.type';
    expect(compiled(both, 'xEvent.count() = 1').sql).toContain('LIST(');
    expect(compiled(both, 'xEvent.count() = 1').sql).not.toContain('list_sort');
  });

  it('joins the profile to the events only when a condition on events reads it', () => {
    expect(compiled('xEvent[eventType = ^person.gender]').sql).toContain(
      ') AS e JOIN profile AS p ON p."#pid" = e."#pid"',
    );
    expect(compiled('xEvent[eventType = "a"]').sql).not.toContain('JOIN profile');
    expect(compiled('xEvent[^homeAddress]').sql).toContain('JOIN profile AS p');
  });

  it('has the set of namespaces of each profile where that is asked for and profiles are read', () => {
    const withSet = (text: string): ReturnType<typeof compileRules> =>
      compileRules([checkedRule(text)], { ...options, withSet: true });
    expect(withSet('person.age > 30').sql).toContain('p."#pid", p."#set"');
    expect(withSet('person.age > 30').columns.set).toBe(true);
    expect(withSet('xEvent[eventType = "a"]').columns.set).toBe(false);
  });

  it('answers no rule with the profiles alone', () => {
    expect(compiled().sql).toContain('SELECT\n  p."#pid"\nFROM profile AS p');
  });

  it('works out times when it compiles', () => {
    expect(compiled('_repo.modifyDate occurs yesterday').parameters).toEqual({
      p0: Date.parse('2026-08-27'),
      p1: Date.parse('2026-08-28'),
    });
  });

  it('names the column of an attribute whose name differs from another in case alone', async () => {
    const schema = withFields(builtinSchema, [
      { entity: 'profile', path: '_acme.Points', type: { kind: 'number' } },
      { entity: 'profile', path: '_acme.points', type: { kind: 'number' } },
    ]);
    const pass = compileRules(
      [checkedRule('_acme.points > 5', schema), checkedRule('_acme.Points > 5', schema)],
      {
        ...options,
        schema,
      },
    );
    const database = await PeopleDatabase.create(
      [
        { name: 'lower', profile: { _acme: { points: 10 } } },
        { name: 'upper', profile: { _acme: { Points: 10 } } },
      ],
      schema,
    );
    expect(await database.matches(pass)).toEqual([['lower'], ['upper']]);
    database.close();
  });

  it('keeps to the range of profiles', async () => {
    const people = ['a', 'b', 'c', 'd'].map((name) => ({ name, events: [{ eventType: 'x' }] }));
    const database = await PeopleDatabase.create(people);
    const rows = await database.rows(compiled('xEvent.count() = 1'), [1, 3]);
    expect(rows.map((row) => [Number(row['#pid']), row['r0']]).sort()).toEqual([
      [1, true],
      [2, true],
    ]);
    database.close();
  });

  it('asks once of each event what many tests ask first, and reads no event that passes none', () => {
    const { sql } = compiled(
      'xEvent[eventType = "a" and producedBy = "x"]',
      'xEvent[eventType = "a"].sum(commerce.order.priceTotal) > 1',
      'xEvent[eventType = "b"].count() > 1',
    );
    expect(sql.match(/WHEN e\."eventType" = /g)).toHaveLength(2);
    expect(sql).toContain('AND e."eventType" IN (CAST($p0 AS VARCHAR), CAST($p3 AS VARCHAR))');
    expect(compiled('xEvent[eventType = "a"]', 'xEvent.count() > 1').sql).not.toContain('eventType" IN');
  });

  it('finds the same with more tests of events than a number has bits', async () => {
    const person = (name: string, ...prices: readonly (number | null)[]) => ({
      name,
      events: prices.map((priceTotal, at) => ({
        eventType: at % 2 === 0 ? 'buy' : 'see',
        commerce: { order: { priceTotal } },
      })),
    });
    const database = await PeopleDatabase.create([
      person('ada', 10, 20, 30, 150),
      person('bob', 100, null, 7, 7, 61),
      { name: 'cyd' },
    ]);
    const texts = Array.from({ length: 90 }, (_, at) => [
      `xEvent[eventType = "buy" and commerce.order.priceTotal > ${at}].count() ${at % 3 === 0 ? '=' : '>='} ${1 + (at % 2)}`,
      `xEvent[commerce.order.priceTotal > ${at}]${at % 2 === 0 ? '' : '.count() < 2'}`,
      `not(xEvent[eventType = "see" and commerce.order.priceTotal = ${at}])`,
    ]).flat();
    const together = await database.matches(compiled(...texts));
    const alone = [];
    for (const text of texts) alone.push((await database.matches(compiled(text)))[0]);
    expect(together).toEqual(alone);
    expect(new Set(together.map((names) => names.join())).size).toBeGreaterThan(5);
    database.close();
  });

  it('runs rules at the limits', async () => {
    const database = await PeopleDatabase.create([{ name: 'ada', profile: { person: { age: 7 } } }]);
    const pass = compiled(
      Array.from({ length: 3_000 }, (_, at) => `person.age = ${at}`).join(' or '),
      `person.age in [${Array.from({ length: 9_000 }, (_, at) => at).join(',')}]`,
      `person.age${' + 1'.repeat(200)} = 207`,
      `${'('.repeat(200)}person.age = 7${')'.repeat(200)}`,
      `${'not('.repeat(198)}person.age = 7${')'.repeat(198)}`,
      `${'(1 + '.repeat(150)}person.age${')'.repeat(150)} = 157`,
      `${'(person.age = 1 or '.repeat(195)}person.age = 7${')'.repeat(195)}`,
      `${'if(person.age = 1, 2, '.repeat(195)}person.age${')'.repeat(195)} = 7`,
    );
    expect(await database.matches(pass)).toEqual(Array.from({ length: 8 }, () => ['ada']));
    database.close();
  });

  it('runs rules at the limits on events', async () => {
    const database = await PeopleDatabase.create([{ name: 'ada', events: [{ eventType: 'x', _id: '7' }] }]);
    const rules = [
      `xEvent[${Array.from({ length: 2_000 }, (_, at) => `_id = "${at}"`).join(' or ')}]`,
      `xEvent[${'not('.repeat(190)}_id = "7"${')'.repeat(190)}]`,
      `xEvent[eventType = "x" and ${'(_id = "1" or '.repeat(190)}_id = "7"${')'.repeat(190)}].count() = 1`,
      ...Array.from({ length: 100 }, (_, at) => `xEvent[eventType = "x" and _id != "${at + 10}"]`),
    ];
    expect(await database.matches(compiled(...rules))).toEqual(rules.map(() => ['ada']));
    database.close();
  });
});
