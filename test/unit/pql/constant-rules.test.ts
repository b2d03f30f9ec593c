import { checkPql } from '../../../src/pql';
import { builtinSchema } from '../../../src/xdm/builtin-schema';

/** Each warning with what it marks. */
const warnings = (text: string): readonly string[] => {
  const { rule, diagnostics } = checkPql(text, { schema: builtinSchema, unknownAttributes: 'allow' });
  expect(rule).not.toBeNull();
  return diagnostics.map(({ severity, code, from, to }) => `${severity} ${code}: ${text.slice(from, to)}`);
};
const messages = (text: string): string =>
  checkPql(text, { schema: builtinSchema, unknownAttributes: 'allow' })
    .diagnostics.map(({ message }) => message)
    .join(' ');

describe('a rule that is the same for everybody', () => {
  it.each([
    '1 = 1',
    'true',
    'not(false)',
    '1 + 1 = 2',
    'person.age > 3 or true',
    'person.gender.isNull() or person.gender.isNotNull()',
    'not(person.age = 1) or person.age = 1',
    'xEvent.count() >= 0',
    'if(1 < 2, 3 > 2, 2 > 3)',
    '"a" in ["a", "b"]',
  ])('is always true: %s', (text) => {
    expect(warnings(text)).toEqual([`WARNING constant-rule: ${text}`]);
    expect(messages(text)).toContain('always true');
  });

  it.each([
    '1 = 2',
    'false',
    'person.age > 3 and 1 > 2',
    'person.gender = "f" and person.gender = "m"',
    'person.gender = "f" and person.gender != "f"',
    'person.gender in ["a", "b"] and person.gender = "c"',
    'person.gender notIn ["a", "b"] and person.gender = "a"',
    'person.age > 5 and person.age < 3',
    'person.age >= 5 and 5 > person.age',
    'person.gender.isNull() and person.gender = "f"',
    'workEmail.primary and not workEmail.primary',
    'person.age = 1 and not(person.age = 1)',
    'xEvent[eventType = "a" and eventType = "b"]',
    'xEvent.count() < 0',
    'person.age in []',
    'person.birthDate > "2020-01-01" and person.birthDate < "2019-01-01"',
    'chain(xEvent, timestamp, [A: WHAT(eventType = "a" and eventType = "b")])',
  ])('is never true: %s', (text) => {
    expect(warnings(text)).toContain(`WARNING constant-rule: ${text}`);
    expect(messages(text)).toContain('never true');
  });

  it('is told of a part that decides nothing, the widest one', () => {
    expect(warnings('person.age > 3 and (1 = 1 or 2 = 3)')).toEqual([
      'WARNING constant-condition: 1 = 1 or 2 = 3',
    ]);
    expect(warnings('person.age > 3 or (person.age = 1 and person.age = 2)')).toEqual([
      'WARNING constant-condition: person.age = 1 and person.age = 2',
    ]);
  });

  it.each([
    'person.age = 1 or person.age != 1',
    'person.age > 3 and person.age < 5',
    'person.age >= 5 and person.age <= 5',
    'person.favoriteColors = "red" and person.favoriteColors = "blue"',
    'xEvent[eventType = "a"] and xEvent[eventType = "b"]',
    'not(person.age > 5) and not(person.age < 7)',
    'person.age notIn []',
    'chain(xEvent, timestamp, [A: WHAT(true)])',
    'chain(xEvent, timestamp, [A: WHAT(true) COUNT(= 0)])',
    'xEvent.count() > 0',
    'select X from xEvent',
    'person.gender.equals("F", false) and person.gender.equals("M", true)',
    'person.age = 5 / 1',
  ])('is not one that depends on somebody: %s', (text) => {
    expect(warnings(text)).toEqual([]);
  });
});

describe('a comparison with null', () => {
  it.each([
    ['person.gender = null', 'person.gender.isNull()'],
    ['null != person.gender', 'person.gender.isNotNull()'],
    ['homeAddress.country = null', 'homeAddress.country.isNull()'],
    ['_acme.tier = null', '_acme.tier.isNull()'],
    ['person.favoriteColors = null', 'person.favoriteColors.isNull()'],
  ])('%s is told, with what was meant: %s', (text, suggestion) => {
    const { diagnostics } = checkPql(text, { schema: builtinSchema, unknownAttributes: 'allow' });
    const found = diagnostics.find(({ code }) => code === 'null-comparison');
    expect(found).toMatchObject({ severity: 'WARNING', from: 0, to: text.length, suggestion });
  });

  it('is told at its place within a rule that depends on more', () => {
    expect(warnings('person.age > 3 or person.gender = null')).toEqual([
      'WARNING null-comparison: person.gender = null',
    ]);
  });

  it('is told beside what it makes of the whole', () => {
    expect(warnings('not(person.gender = null)')).toEqual([
      'WARNING constant-rule: not(person.gender = null)',
      'WARNING null-comparison: person.gender = null',
    ]);
  });
});
