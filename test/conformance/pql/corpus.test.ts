import { builtinSchema } from '../../../src/xdm/builtin-schema';
import { PeopleDatabase } from '../../support/people-database';
import { checkedRule } from '../../support/checked-rule';
import { compileRules } from '../../../src/pql';
import { attributes } from './attributes';
import type { Corpus } from './case';
import { choices } from './choices';
import { events } from './events';
import { maps } from './maps';
import { nulls } from './nulls';
import { occurs } from './occurs';
import { regex } from './regex';
import { sequences } from './sequences';
import { severalLooks } from './several-looks';

const corpora: readonly Corpus[] = [
  attributes,
  choices,
  events,
  maps,
  nulls,
  occurs,
  regex,
  sequences,
  severalLooks,
];

describe.each(corpora)('$title', ({ people, cases, now }) => {
  const options = { now: new Date(now), schema: builtinSchema };
  let database: PeopleDatabase;
  beforeAll(async () => {
    database = await PeopleDatabase.create(people);
  });
  afterAll(() => database.close());

  it.each(cases)('$pql', async ({ pql, matches, sql }) => {
    const pass = compileRules([checkedRule(pql)], options);
    expect(pass.sql).toContain(sql ?? 'AS r0');
    expect(await database.matches(pass)).toEqual([matches]);
  });

  it('says the same of all rules in one pass', async () => {
    const pass = compileRules(
      cases.map(({ pql }) => checkedRule(pql)),
      options,
    );
    expect(await database.matches(pass)).toEqual(cases.map(({ matches }) => matches));
  });
});
