import { checkPql } from '../../../src/pql';
import { builtinSchema } from '../../../src/xdm/builtin-schema';

const diagnosticsOf = (text: string): ReturnType<typeof checkPql>['diagnostics'] =>
  checkPql(text, { schema: builtinSchema, unknownAttributes: 'error' }).diagnostics;

/** The rule with every suggestion in place of what it is about, last first. */
const mended = (text: string): string =>
  [...diagnosticsOf(text)]
    .reverse()
    .reduce(
      (mending, { from, to, suggestion }) =>
        suggestion === null ? mending : mending.slice(0, from) + suggestion + mending.slice(to),
      text,
    );

describe('habits of other languages', () => {
  it.each([
    ['person.age > 5 AND person.gender = "f"', 'person.age > 5 and person.gender = "f"'],
    ['person.age > 5 && person.age < 9 || homeAddress', 'person.age > 5 and person.age < 9 or homeAddress'],
    ['NOT person.age == 5', 'not person.age = 5'],
    ['Not(person.age === 5)', 'not(person.age = 5)'],
    ['person.age <> 5', 'person.age != 5'],
    ['person.age ≥ 5 and person.age =< 9', 'person.age >= 5 and person.age <= 9'],
    ['person.gender IN ["f"]', 'person.gender in ["f"]'],
    ['person.gender in ("f", "m")', 'person.gender in ["f", "m"]'],
    ['person.gender NOT IN ["f"]', 'person.gender notIn ["f"]'],
    ['person.gender notin ["f"]', 'person.gender notIn ["f"]'],
    ['person.gender LIKE "f%"', 'person.gender like "f%"'],
    ['person.gender IS NULL', 'person.gender .isNull()'],
    ['person.gender is not null and homeAddress', 'person.gender .isNotNull() and homeAddress'],
    ['person.gender IS "f"', 'person.gender = "f"'],
    ['homeAddress.city contains "x"', 'homeAddress.city .contains("x")'],
    ['contains(homeAddress.city, "x")', 'homeAddress.city.contains("x")'],
    ['COUNT(xEvent) > 3', 'xEvent.count() > 3'],
    ['xEvent.count > 3', 'xEvent.count() > 3'],
    ["person.gender = 'f'", 'person.gender = "f"'],
    ['person.gender = “f”', 'person.gender = "f"'],
    ['person.gender = `f`', 'person.gender = "f"'],
    ['workEmail.primary = TRUE', 'workEmail.primary = true'],
    ['_repo.modifyDate occurs <= 3 days ago', '_repo.modifyDate occurs <= 3 days before now'],
    ['_repo.modifyDate occurs in last 3 days', '_repo.modifyDate occurs <= 3 days before now'],
    ['_repo.modifyDate occurs < 3 Days before now', '_repo.modifyDate occurs < 3 days before now'],
    ['_repo.modifyDate occur today', '_repo.modifyDate occurs today'],
    ['SELECT X FROM xEvent WHERE X.eventType = "a"', 'select X from xEvent where X.eventType = "a"'],
    ['selct X from xEvent were X.eventType = "a"', 'select X from xEvent where X.eventType = "a"'],
    ['exists X in xEvent : X.eventType = "a"', 'exists X from xEvent : X.eventType = "a"'],
    [
      'chain(xEvent, timestamp, [A: WHT(eventType = "a")])',
      'chain(xEvent, timestamp, [A: WHAT(eventType = "a")])',
    ],
    ['(P) -> P.person.age > 3', '(P) => P.person.age > 3'],
    ['$.person.age > 3', '$1.person.age > 3'],
    ['xEvent[eventtype = "a"]', 'xEvent[eventType = "a"]'],
    ['xevent.count() > 3', 'xEvent.count() > 3'],
  ])('%s is told to be %s', (text, meant) => {
    expect(mended(text)).toBe(meant);
    expect(diagnosticsOf(meant)).toEqual([]);
  });

  it.each([
    ['person.age between 3 and 5', 'person.age >= … and person.age <= …'],
    ['person.gender not like "f%"', 'not(… like …)'],
    ['if person.age > 5 then 1 else 2', 'if(condition, then, else)'],
    ['sum(orders.price) > 3', 'list.sum(value)'],
    ['_repo.modifyDate > now', 'only after occurs'],
    ['person.age = 5 // so', 'no comments'],
    ['person.age => 5', '>= to compare'],
    ['P => P.person.age > 3', '(name) => …'],
    ['chain(xEvent, [A: WHAT(eventType = "a")])', 'the path of the time'],
    ['chain(xEvent, timestamp, [WHAT(eventType = "a")])', 'A: WHAT(…)'],
  ])('%s is told how to write it', (text, words) => {
    expect(
      diagnosticsOf(text)
        .map(({ message }) => message)
        .join('\n'),
    ).toContain(words);
  });
});

describe('several mistakes', () => {
  const codes = (text: string): readonly string[] => diagnosticsOf(text).map(({ code }) => code);

  it('of different kinds are told in one go', () => {
    expect(codes("workAdress.country == 'US' AND person.gendr IS NULL or foo() and (homeAddress")).toEqual([
      'unknown-attribute',
      'unexpected-character',
      'single-quote',
      'word-in-capitals',
      'unknown-attribute',
      'foreign-syntax',
      'unknown-function',
      'unexpected-token',
    ]);
  });

  it('behind a bracket that is left in disorder are still told', () => {
    expect(codes('(person.age = , 5 6) and hom = 1 and xEvent[eventType = ] and wok')).toEqual([
      'unexpected-token',
      'unknown-attribute',
      'unexpected-token',
      'unknown-attribute',
    ]);
  });

  it('behind what ends a rule too early are still told', () => {
    expect(codes('person.age 5 and person.age > > 3 and hom')).toEqual([
      'unexpected-token',
      'unexpected-token',
      'unknown-attribute',
    ]);
  });
});

describe('what the gateway does not know', () => {
  it('comes with what may have been meant', () => {
    const { diagnostics } = checkPql('workAdress.country = "US"', {
      schema: builtinSchema,
      unknownAttributes: 'allow',
    });
    expect(diagnostics).toMatchObject([
      { severity: 'WARNING', code: 'unchecked-attribute', suggestion: 'workAddress' },
    ]);
  });
});
