import { checkPql, formatDiagnostic } from '../../../src/pql';
import { builtinSchema } from '../../../src/xdm/builtin-schema';

const firstOf = (text: string): string => {
  const { diagnostics } = checkPql(text, { schema: builtinSchema, unknownAttributes: 'error' });
  return diagnostics.map((one) => formatDiagnostic(text, one))[0] ?? '';
};

describe('a diagnostic of a rule with characters that cannot be seen', () => {
  it.each([
    ['a line break', 'homeAddress.city "a\nb"', String.raw`found the string "a\nb".`],
    ['a control of the terminal', 'homeAddress.city "\u001b[2J"', String.raw`found the string "\u001B[2J".`],
    [
      'a mark that turns the direction',
      'homeAddress.city = \u202e',
      String.raw`"\u202E" has no meaning here.`,
    ],
    ['a separator of lines', 'homeAddress.city "a\u2028b"', String.raw`found the string "a\u2028b".`],
    ['nothing', 'homeAddress.city = \u0000', String.raw`"\u0000" has no meaning here.`],
    ['half of a pair', 'homeAddress.city = \ud800', String.raw`"\uD800" has no meaning here.`],
    ['a tag of two units', 'homeAddress.city = \u{e0061}', String.raw`"\uDB40\uDC61" has no meaning here.`],
    ['an escape that is none', 'homeAddress.city = "\\\n"', String.raw`"\\n" is no escape.`],
  ])('spells out %s in its message', (_what, text, words) => {
    const shown = firstOf(text);
    expect(shown.split('\n')[0]).toContain(words);
    expect(shown).not.toMatch(/[^\P{C}\n]|[\u2028\u2029]/u);
    expect(shown.split('\n')).toHaveLength(3);
  });

  it('keeps its carets under what is meant', () => {
    const [, line = '', carets = ''] = firstOf('homeAddress.city = "\u202e\u001b" and @').split('\n');
    expect(line.indexOf('@')).toBe(carets.indexOf('^'));
  });
});

describe('a parameter whose number is too large for a number', () => {
  it.each(['$9007199254740993', `$${'1'.repeat(400)}`])('%s is refused as it was written', (text) => {
    expect(firstOf(text)).toContain(`number-out-of-range: The number ${text.slice(0, 17)}`);
  });
});
