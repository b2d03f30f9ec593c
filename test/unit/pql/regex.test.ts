import { checkPql } from '../../../src/pql';
import { readPattern } from '../../../src/pql/regex/pattern';
import { builtinSchema } from '../../../src/xdm/builtin-schema';

const problem = (text: string): string => {
  const result = readPattern(text, null);
  return 'problem' in result ? result.problem : 'accepted';
};

describe('a pattern that linear time cannot match, or that Java reads differently', () => {
  it.each([
    ['(?=a)', 'looks ahead'],
    ['(?!a)', 'looks ahead'],
    ['(?<=a)b', 'looks behind'],
    ['(?<!a)b', 'looks behind'],
    ['(?>a)', 'atomic group'],
    ['(a)\\1', 'refers back to a group ("\\1")'],
    ['(?<n>a)\\k<n>', 'refers back to a group'],
    ['a*+', 'possessive repetition ("*+")'],
    ['a{2}+', 'possessive repetition ("{2}+")'],
    ['\\h', 'write [ \\t]'],
    ['\\v', 'write [\\n\\r\\f]'],
    ['\\R', 'a line break'],
    ['\\Z', 'write \\n?\\z'],
    ['\\G', '"\\G"'],
    ['\\X', 'grapheme'],
    ['\\B', '"\\B"'],
    ['\\012', 'octal'],
    ['\\cA', '"\\c"'],
    ['\\C', '"\\C", which has no meaning'],
    ['\\y', '"\\y", which has no meaning'],
    ['(?x) a', 'flags ("(?x")'],
    ['(?U)a', 'flags ("(?U")'],
    ['(?#note)', 'comment'],
    ['[a[b]]', 'class within a class'],
    ['[[:alpha:]]', 'class within a class'],
    ['[a&&b]', 'intersects classes'],
    ['\\p{Cn}', 'not known ("\\p{Cn}")'],
    ['\\p{constructor}', 'not known'],
  ])('%s is refused by its name', (text, words) => {
    expect(problem(text)).toContain(words);
  });
});

describe('a pattern that is none', () => {
  it.each([
    ['(', '"(" that is not closed'],
    [')', '")" too many'],
    ['[a', '"[" that is not closed'],
    ['[]', 'empty class'],
    ['[z-a]', 'goes backwards ("z-a")'],
    ['[a-\\w]', 'does not end with a character'],
    ['[\\w-a]', '"-" between classes'],
    ['[\\b]', 'in a class'],
    ['*a', '"*" with nothing before it'],
    ['^*', 'repeats "^"'],
    ['(?i)*', 'repeats "(?i)"'],
    ['a**', 'repeats a repetition'],
    ['a{2}{3}', 'repeats a repetition'],
    ['a{3,2}', 'at least 3 and at most 2'],
    ['a{,2}', '"{" that begins no number'],
    ['{', '"{" that begins no number'],
    ['a{1001}', 'more than 1000 times'],
    ['((a{10}){11}){10}', 'more than 1000 times'],
    ['\\pL{900}', 'too large'],
    ['a\\', 'single "\\"'],
    ['\\x{110000}', 'does not exist'],
    ['\\x{}', 'without its number'],
    ['\\ud83d', 'does not exist'],
    ['\\u12', 'four digits'],
    ['(?<n>a)(?<n>b)', 'two groups of the name "n"'],
    ['(?<1>a)', 'whose name is none'],
    ['('.repeat(200) + ')'.repeat(200), 'deeper than 100'],
    ['a'.repeat(1001), 'longer than 1000'],
  ])('%s is refused with a reason', (text, words) => {
    expect(problem(text)).toContain(words);
  });
});

describe('patterns in rules', () => {
  const firstError = (text: string): unknown => {
    const [diagnostic] = checkPql(text, { schema: builtinSchema, unknownAttributes: 'error' }).diagnostics;
    return diagnostic && [diagnostic.code, text.slice(diagnostic.from, diagnostic.to)];
  };

  it.each([
    ['person.gender matches "(?=m)"', ['invalid-pattern', '"(?=m)"']],
    ['person.gender.matches("(")', ['invalid-pattern', '"("']],
    ['person.gender.regexGroup("(", 1) = "m"', ['invalid-pattern', '"("']],
    ['person.gender.regexGroup("(m)", 2) = "m"', ['invalid-pattern', '"(m)"']],
    ['person.gender.regexGroup("(m)", person.age) = "m"', ['type-mismatch', 'person.age']],
    ['person.gender.regexGroup("(m)", 1.5) = "m"', ['type-mismatch', '1.5']],
    ['person.gender matches homeAddress.city', ['type-mismatch', 'homeAddress.city']],
    ['person.gender.matches(5)', ['type-mismatch', '5']],
    ['person.gender.matches((x) => "m")', ['type-mismatch', '(x) => "m"']],
    ['person.age matches "3"', ['type-mismatch', 'person.age']],
    ['person.age.regexGroup("3", 0) = "3"', ['type-mismatch', 'regexGroup']],
    ['homeAddress matches "3"', ['type-mismatch', 'homeAddress']],
  ])('%s is refused at its place', (text, expected) => {
    expect(firstError(text)).toEqual(expected);
  });

  it('may have a name', () => {
    expect(firstError('let P = ("^m") in (person.gender matches P)')).toBeUndefined();
  });
});
