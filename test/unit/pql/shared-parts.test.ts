import { compileRules } from '../../../src/pql';
import { builtinSchema } from '../../../src/xdm/builtin-schema';
import { withFields } from '../../../src/xdm/with-fields';
import { checkedRule } from '../../support/checked-rule';
import { PeopleDatabase } from '../../support/people-database';

const schema = withFields(builtinSchema, [
  { entity: 'profile', path: '_own.many', type: { kind: 'number' } },
  { entity: 'profile', path: '_own.at', type: { kind: 'datetime' } },
  { entity: 'profile', path: '_own.since', type: { kind: 'datetime' } },
]);

const ada = { name: 'ada', profile: { _own: { many: 1e18, at: '2026-08-27T00:00:00Z' } } };
const bob = { name: 'bob', profile: { _own: { many: 1, at: '2026-08-28T11:30:00Z' } } };

describe('two rules of one pass that lead out of time by the same amount', () => {
  it.each(['hours', 'months'])('hold of nobody whose amount of %s is none', async (unit) => {
    const rules = ['now', 'tomorrow', '_own.since', 'this hour'].map((reference) =>
      checkedRule(`_own.at occurs < _own.many ${unit} before ${reference}`, schema),
    );
    const people = await PeopleDatabase.create([ada, bob], schema);
    try {
      const pass = compileRules(rules, { now: new Date('2026-08-28T12:00:00Z'), schema });
      const matches = await people.matches(pass);
      expect(matches[0]).toEqual(['bob']);
      expect(matches.flat()).not.toContain('ada');
    } finally {
      people.close();
    }
  });
});
