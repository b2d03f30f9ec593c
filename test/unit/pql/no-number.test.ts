import { compileRules } from '../../../src/pql';
import { builtinSchema } from '../../../src/xdm/builtin-schema';
import { checkedRule } from '../../support/checked-rule';
import { PeopleDatabase } from '../../support/people-database';

const options = { now: new Date('2026-08-28T12:00:00Z'), schema: builtinSchema };
const bought = (...prices: readonly number[]): object => ({
  timestamp: '2026-08-28T11:00:00Z',
  eventType: 'buy',
  commerce: { order: { priceTotal: prices[0] } },
  productListItems: prices.map((priceTotal) => ({ priceTotal })),
});

let people: PeopleDatabase;
beforeAll(async () => {
  people = await PeopleDatabase.create([
    {
      name: 'huge',
      profile: { orders: [{ price: 1e308 }, { price: -1e308 }] },
      events: [bought(1e308, 1e308), bought(-1e308, -1e308)],
    },
    { name: 'small', profile: { orders: [{ price: 1 }] }, events: [bought(1, 1)] },
  ]);
});
afterAll(() => people.close());

const totals = [
  'orders.sum(price * 10)',
  'orders.average(price * 10)',
  'xEvent[eventType = "buy"].sum(commerce.order.priceTotal * 10)',
  'xEvent[eventType = "buy"].average(commerce.order.priceTotal * 10)',
  'xEvent.productListItems.sum(priceTotal)',
  'xEvent.productListItems.average(priceTotal)',
];

test.each(totals.flatMap((total) => ['> 1', '= 0', '!= 0', '<= 0'].map((test) => `${total} ${test}`)))(
  'infinity less infinity is null: %s',
  async (rule) => {
    const [matching = []] = await people.matches(compileRules([checkedRule(rule)], options));
    expect(matching).not.toContain('huge');
  },
);

test('a sum that overflows is infinite, and others are as they were', async () => {
  const rules = totals.map((total) => checkedRule(`${total} >= 1`));
  rules.push(checkedRule('xEvent.sum(productListItems.sum(priceTotal * 10)) != 0'));
  rules.push(checkedRule('orders[price > 1].sum(price * 10) > 1e308'));
  const matching = await people.matches(compileRules(rules, options));
  expect(matching.slice(0, -1)).toEqual(Array.from({ length: totals.length + 1 }, () => ['small']));
  expect(matching.at(-1)).toEqual(['huge']);
});
