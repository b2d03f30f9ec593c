import { compileRules } from '../../../src/pql';
import { builtinSchema } from '../../../src/xdm/builtin-schema';
import { parseTypeText } from '../../../src/xdm/type-text';
import { withFields } from '../../../src/xdm/with-fields';
import { checkedRule } from '../../support/checked-rule';
import { PeopleDatabase } from '../../support/people-database';

test('a chain over a list of the profile holds of people without events too', async () => {
  const type = parseTypeText('{k: string, t: datetime}[]');
  expect(type).toBeDefined();
  const schema = type
    ? withFields(builtinSchema, [{ entity: 'profile', path: '_own.list', type }])
    : builtinSchema;
  const ada = { name: 'ada', profile: { _own: { list: [{ k: 'a', t: '2026-08-27T00:00:00Z' }] } } };
  const people = await PeopleDatabase.create([ada], schema);
  try {
    const text = 'chain(_own.list, t, [A: WHAT(k = "a" and (forall E from xEvent where E.type = "b"))])';
    const pass = compileRules([checkedRule(text, schema)], { now: new Date('2026-08-28T12:00:00Z'), schema });
    expect(await people.matches(pass)).toEqual([['ada']]);
  } finally {
    people.close();
  }
});
