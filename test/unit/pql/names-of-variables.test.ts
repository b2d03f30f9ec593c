import { compileRules } from '../../../src/pql';
import { builtinSchema } from '../../../src/xdm/builtin-schema';
import { withFields } from '../../../src/xdm/with-fields';
import { checkedRule } from '../../support/checked-rule';
import { PeopleDatabase } from '../../support/people-database';

const letters = ['a', 'e', 'i', 'k', 'n', 's'];
const names = letters.flatMap((letter) => Array.from({ length: 8 }, (_, index) => `${letter}${index}`));
const values = Object.fromEntries(names.map((name) => [name, 'here']));
const schema = withFields(
  builtinSchema,
  (['profile', 'event'] as const).flatMap((entity) =>
    names.map((path) => ({ entity, path, type: { kind: 'string' as const } })),
  ),
);
const events = ['a', 'b', 'c'].map((type, hour) => ({
  ...values,
  type,
  timestamp: `2026-08-27T0${hour}:00:00Z`,
  productListItems: [{ SKU: 'x', priceTotal: 5 }],
}));
const ada = { name: 'ada', profile: values, events };

test.each([
  '(sum I.priceTotal over E from xEvent, I from E.productListItems) = 15',
  'xEvent.productListItems.groupBy(SKU).keys().count() = 1',
  'xEvent.map(productListItems.max(priceTotal)).max() = 5',
  'chain(xEvent, timestamp, [A: WHAT(type = "a"), B: WHAT(type = "b") WHEN(< 8 hours after A), C: WHAT(type = "c") WHEN(> 1 hour after A)])',
])('attributes may have the names that the compiler would give: %s', async (text) => {
  const people = await PeopleDatabase.create([ada], schema);
  try {
    const rule = checkedRule(
      `${text} and (${names.map((name) => `$1.${name} = "here"`).join(' and ')})`,
      schema,
    );
    const pass = compileRules([rule], { now: new Date('2026-08-28T12:00:00Z'), schema });
    expect(await people.matches(pass)).toEqual([['ada']]);
  } finally {
    people.close();
  }
});
