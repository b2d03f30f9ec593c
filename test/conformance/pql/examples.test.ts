import type { CheckedRule } from '../../../src/pql';
import { compileRules, parsePql, printPql } from '../../../src/pql';
import { builtinSchema } from '../../../src/xdm/builtin-schema';
import { object, string } from '../../../src/xdm/kinds';
import type { UnionSchema, XdmType } from '../../../src/xdm/union-schema';
import { publishedExamples } from '../../fixtures/pql/published-examples';
import { stripSpans } from '../../fixtures/pql/strip-spans';
import { checkedRule } from '../../support/checked-rule';
import { matchesNaively } from '../../support/naive/evaluate';
import { PeopleDatabase, type Person } from '../../support/people-database';
import { examplePeople, namedSegments, now } from './examples';

/** One example takes `person.name` for text; elsewhere, and in XDM, it is an object. */
function schemaFor(number: number): UnionSchema {
  const { person } = builtinSchema.profile.fields;
  if (number !== 55 || person?.kind !== 'object') return builtinSchema;
  const fields: Record<string, XdmType> = { ...person.fields, name: string };
  return { ...builtinSchema, profile: object({ ...builtinSchema.profile.fields, person: object(fields) }) };
}

const examples = publishedExamples.map(([number, pql], index) => {
  const people = examplePeople[index];
  if (people?.number !== number) throw new Error(`No people for example ${number}`);
  const condition = people.condition?.replaceAll('#', () => pql) ?? pql;
  return { number, pql, people, condition, schema: schemaFor(number) };
});

const segments: ReadonlyMap<string, CheckedRule> = new Map(
  Object.entries(namedSegments).map(([id, text]) => [id, checkedRule(text)]),
);

it('there are people for every published example', () => {
  expect(examplePeople.map(({ number }) => number)).toEqual(publishedExamples.map(([number]) => number));
  expect(new Set(examplePeople.map(({ number }) => number)).size).toBe(62);
});

describe.each(examples)('example $number: $pql', ({ pql, people, condition, schema }) => {
  const everybody: readonly Person[] = [...people.matching, ...people.others].map((one, index) => ({
    ...one,
    name: `${index < people.matching.length ? 'meant' : 'other'} ${index}`,
  }));
  const meant = everybody.slice(0, people.matching.length).map(({ name }) => name);

  it('is read, and its printed form is read as an equal tree', () => {
    const { query } = parsePql(pql);
    expect(query).not.toBeNull();
    if (query !== null) expect(stripSpans(parsePql(printPql(query)).query)).toEqual(stripSpans(query));
  });

  it('finds whom its description means, and nobody else', async () => {
    const database = await PeopleDatabase.create(everybody, schema);
    try {
      const rules = [checkedRule(condition, schema), checkedRule(pql, schema)];
      const [found] = await database.matches(compileRules(rules, { now, schema, segments }));
      expect(found).toEqual(meant);
    } finally {
      database.close();
    }
  });

  it('means the same to the evaluator that shares nothing with the compiler', () => {
    const { query } = parsePql(condition);
    if (query === null) throw new Error('An example that cannot be read');
    const others = new Map([...segments].map(([id, rule]) => [id, rule.query]));
    const found = everybody.filter((person) =>
      matchesNaively(query, person, { now, schema, segments: others }),
    );
    expect(found.map(({ name }) => name)).toEqual(meant);
  });
});
