import { examples, fc } from '../support/fast-check';
import { checkPql, compileRules } from '../../src/pql';
import { builtinSchema } from '../../src/xdm/builtin-schema';
import { checkedRule } from '../support/checked-rule';
import { PeopleDatabase } from '../support/people-database';
import { hostileText } from './pql-arbitraries';
import { ruleText } from './pql-rules';

const options = { now: new Date('2026-08-28T12:00:00Z'), schema: builtinSchema };

const pidsOfTrue = (row: Record<string, unknown>): readonly number[] =>
  row['r0'] === true ? [Number(row['#pid'])] : [];

describe('the SQL of any checked rule', () => {
  let database: PeopleDatabase;
  beforeAll(async () => {
    database = await PeopleDatabase.create([
      {
        name: 'full',
        profile: {
          person: {
            age: 30,
            birthDate: '2000-02-29',
            birthDayAndMonth: '1e3',
            favoriteColors: ['a', null, '%'],
          },
          homeAddress: { city: "'; --" },
          workEmail: { address: 'inf', primary: true },
          _repo: { modifyDate: '2026-08-27T23:00:00Z' },
          orders: [{ price: 1e308 }, { price: 0 }, null],
          intField1: Number.MAX_SAFE_INTEGER,
        },
        events: [
          {
            timestamp: '2026-08-28T11:00:00Z',
            eventType: '2024-01-01',
            commerce: { order: { priceTotal: 1e308 } },
            productListItems: [{ SKU: 'a', quantity: 0, priceTotal: -1e308 }, { quantity: 3 }],
          },
          { timestamp: '0001-01-01T00:00:00Z', commerce: { order: { priceTotal: 1e308 } } },
        ],
      },
      { name: 'early', profile: { intField1: -1, person: { age: 0 } }, events: [{ productListItems: [] }] },
      { name: 'empty' },
    ]);
  });
  afterAll(() => database.close());

  it('runs without an error of the engine and answers true or false for everybody', async () => {
    let compiled = 0;
    await fc.assert(
      fc.asyncProperty(ruleText, async (text) => {
        const { rule } = checkPql(text, { schema: builtinSchema, unknownAttributes: 'error' });
        if (rule === null) return;
        compiled += 1;
        // Alone it leaves out whom it does not hold of, with one that holds of everybody it does not.
        const rows = await database.rows(compileRules([rule, checkedRule('1 = 1')], options));
        expect(rows.map((row) => typeof row['r0'])).toEqual(['boolean', 'boolean', 'boolean']);
        const alone = await database.rows(compileRules([rule], options));
        expect(alone.flatMap(pidsOfTrue).sort()).toEqual(rows.flatMap(pidsOfTrue).sort());
        const ofAll = await database.rows(compileRules([rule], { ...options, people: 'all' }));
        expect(ofAll.flatMap(pidsOfTrue).sort()).toEqual(rows.flatMap(pidsOfTrue).sort());
      }),
      examples(300),
    );
    // Most of what is made up must be rules, or the property says nothing.
    expect(compiled).toBeGreaterThan(120);
  });

  it('finds the same people whether rules share a pass or not', async () => {
    const rules = fc.array(ruleText, { minLength: 2, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(rules, async (texts) => {
        const checked = texts
          .map((text) => checkPql(text, { schema: builtinSchema, unknownAttributes: 'error' }).rule)
          .filter((rule) => rule !== null);
        const together = await database.matches(compileRules(checked, options));
        const alone = [];
        for (const rule of checked) alone.push((await database.matches(compileRules([rule], options)))[0]);
        expect(together).toEqual(alone);
      }),
      examples(60),
    );
  });
});

describe('strings of users', () => {
  it('never become part of the SQL, and come back as they were written', async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, async (city) => {
        const database = await PeopleDatabase.create([
          { name: 'one', profile: { person: { gender: city } } },
          { name: 'other', profile: { person: { gender: `${city}x` } } },
        ]);
        const pass = compileRules(
          [
            checkedRule(`person.gender = ${JSON.stringify(city)}`),
            checkedRule(`person.gender in [${JSON.stringify(city)}]`),
            checkedRule(`person.gender.startsWith(${JSON.stringify(city)})`),
          ],
          options,
        );
        expect(await database.matches(pass)).toEqual([['one'], ['one'], ['one', 'other']]);
        expect(Object.values(pass.parameters)).toEqual([city]);
        expect(pass.sql).toBe(
          compileRules(
            ['person.gender = "a"', 'person.gender in ["a"]', 'person.gender.startsWith("a")'].map((text) =>
              checkedRule(text),
            ),
            options,
          ).sql,
        );
        database.close();
      }),
      examples(40),
    );
  });
});
