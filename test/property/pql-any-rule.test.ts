import { examples, fc } from '../support/fast-check';
import { checkPql, compileRules } from '../../src/pql';
import { builtinSchema } from '../../src/xdm/builtin-schema';
import { checkedRule } from '../support/checked-rule';
import { PeopleDatabase } from '../support/people-database';

type Text = fc.Arbitrary<string>;

const segments = new Map([['s', checkedRule('person.age > 20 and xEvent')]]);
const options = { now: new Date('2026-08-28T12:00:00Z'), schema: builtinSchema, segments };

const join = (...parts: readonly (Text | string)[]): Text =>
  fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map((words) => words.join(''));

const value = fc.constantFrom(
  ...[
    'person.age',
    'person.gender',
    'person.favoriteColors',
    'orders',
    'orders.price',
    'orders.storeId',
    'homeAddress',
  ],
  ...[
    'identityMap',
    'segmentMembership',
    'identityMap.Email',
    'segmentMembership.ups',
    'person.birthDate',
    'xEvent',
  ],
  ...[
    'xEvent.eventType',
    'xEvent.timestamp',
    'xEvent.commerce.order',
    'xEvent.productListItems',
    'workEmail.primary',
  ],
  ...[
    'xEvent.externalSegmentMapProperty',
    '1',
    '2.5',
    '"a"',
    '"Email"',
    'true',
    'null',
    '[]',
    '["a", "b"]',
    '[1, 2, null]',
  ],
  ...[
    '[[1], [2]]',
    '{"a": 1, "b": person.age}',
    'date(2024, 2, 29)',
    'currentYear()',
    'inSegment("s")',
    'A',
    'A.price',
  ],
);
const inItem = fc.constantFrom(
  ...[
    'price',
    'storeId',
    'eventType',
    'timestamp',
    'commerce.order',
    'productListItems',
    'SKU',
    'quantity',
    'id',
    'status',
  ],
  ...[
    'commerce.order.priceTotal',
    '(x) => x',
    '(x) => x.price',
    '(x) => x.count()',
    '^person.age',
    'a',
    'stringProperty',
  ],
);
const operator = fc.constantFrom(
  ' = ',
  ' != ',
  ' < ',
  ' >= ',
  ' + ',
  ' / ',
  ' and ',
  ' or ',
  ' in ',
  ' notIn ',
  ' like ',
);

/** Rules that the grammar reads, whatever their types: most are wrong, and what is not must run. */
const { rule } = fc.letrec<{ rule: string; item: string }>((tie) => {
  const [rule, item] = [tie('rule'), tie('item')];
  const over = (one: Text): Text => join(rule, one);
  return {
    item: fc.oneof({ maxDepth: 3 }, inItem, rule, join(inItem, operator, rule), join('(x) => ', rule)),
    rule: fc.oneof(
      { maxDepth: 6, depthSize: 'medium' },
      { weight: 3, arbitrary: value },
      join('(', rule, operator, rule, ')'),
      over(
        fc.constantFrom(
          '.count()',
          '.head()',
          '.distinct()',
          '.keys()',
          '.values()',
          '.isNull()',
          '.isNotNull()',
        ),
      ),
      over(
        fc.constantFrom(
          '.sum()',
          '.max()',
          '.exists()',
          '.getMonth()',
          '.regexGroup("(a)|b", 1)',
          '.matches("a")',
        ),
      ),
      over(
        fc.constantFrom(
          '.price',
          '.id',
          '.status',
          '.a',
          '.b',
          '.storeId',
          '.commerce.order',
          '.productListItems',
        ),
      ),
      over(
        join(
          '.',
          fc.constantFrom('map', 'groupBy', 'filter', 'exists', 'sum', 'min', 'count'),
          '(',
          item,
          ')',
        ),
      ),
      over(
        join(
          '.',
          fc.constantFrom('topN', 'bottomN'),
          '(',
          item,
          ', ',
          fc.constantFrom('1', '2', 'person.age'),
          ')',
        ),
      ),
      over(
        join(
          '.',
          fc.constantFrom('intersection', 'subsetOf', 'supersetOf', 'intersects', 'includes'),
          '(',
          rule,
          ')',
        ),
      ),
      over(join('.get(', rule, ')')),
      over(join('[', item, ']')),
      over(
        join('.map((K, G) => mapEntry(', fc.constantFrom('K', 'G', 'G.count()', 'null'), ', ', rule, '))'),
      ),
      over(
        join(
          '.map((K, G) => mapEntry(K, ',
          fc.constantFrom('G', 'G.count()', '{"a": G, "b": K}', 'G.head()'),
          '))',
        ),
      ),
      over(
        join(
          '.map((K, G) => ',
          fc.constantFrom('G', 'G.count()', '{"a": G, "b": K}', 'G.price', 'G.head()'),
          ')',
        ),
      ),
      over(join('.map({"a": ', item, ', "b": ', item, '})')),
      join('if(', rule, ', ', rule, ', ', rule, ')'),
      join('(let A = (', rule, ') in (', rule, '))'),
      join('(select A from ', rule, ' where ', rule, ')'),
      join('(exists A from ', rule, ' where ', rule, ')'),
      join('(', rule, ' occurs < 3 days before ', rule, ')'),
      join('not(', rule, ')'),
      join('{"a": ', rule, ', "b": ', rule, '}'),
      join('[', rule, ', ', rule, ']'),
    ),
  };
});

const pidsOfTrue = (row: Record<string, unknown>): readonly number[] =>
  row['r0'] === true ? [Number(row['#pid'])] : [];

describe('any rule that the check lets through', () => {
  let database: PeopleDatabase;
  beforeAll(async () => {
    const orders = [{ price: 10, storeId: 'a' }, { price: 5, storeId: 'b' }, { price: 10 }, {}];
    database = await PeopleDatabase.create([
      {
        name: 'full',
        profile: {
          person: {
            age: 30,
            gender: 'a',
            birthDate: '2000-02-29',
            favoriteColors: ['a', null, 'b', 'a'],
            orders,
          },
          orders,
          homeAddress: { city: 'a' },
          workEmail: { primary: true },
          identityMap: { Email: [{ id: 'a' }, { id: 'b' }], ECID: [] },
          segmentMembership: { ups: { a: { status: 'existing' }, b: {} } },
        },
        events: [
          {
            timestamp: '2026-08-28T11:00:00Z',
            eventType: 'a',
            _id: '1',
            commerce: { order: { priceTotal: 10 } },
            productListItems: [{ SKU: 'a', quantity: 1 }, { SKU: 'b' }],
            externalSegmentMapProperty: { a: { stringProperty: 'a' } },
          },
          { timestamp: '2026-08-27T11:00:00Z', eventType: 'b', productListItems: [] },
        ],
      },
      {
        name: 'bare',
        profile: { orders: [], person: { favoriteColors: [] }, identityMap: {} },
        events: [{}],
      },
      { name: 'empty' },
    ]);
  });
  afterAll(() => database.close());

  it('compiles, runs without an error of the engine, and is true or false of everybody', async () => {
    let compiled = 0;
    await fc.assert(
      fc.asyncProperty(rule, async (text) => {
        const { rule: checked } = checkPql(text, { schema: builtinSchema, unknownAttributes: 'error' });
        if (checked === null) return;
        compiled += 1;
        // Alone it leaves out whom it does not hold of, with one that holds of everybody it does not.
        const rows = await database.rows(compileRules([checked, checkedRule('1 = 1')], options));
        expect(rows.map((row) => typeof row['r0'])).toEqual(['boolean', 'boolean', 'boolean']);
        const alone = await database.rows(compileRules([checked], options));
        expect(alone.flatMap(pidsOfTrue).sort()).toEqual(rows.flatMap(pidsOfTrue).sort());
      }),
      examples(1200),
    );
    expect(compiled).toBeGreaterThan(40);
  });
});
