import { parseTypeText, typeText } from '../../../src/xdm/type-text';

describe('the text of a type', () => {
  it.each([
    'integer',
    'string[]',
    'map<number[]>',
    '{brand: string, doors: integer}[]',
    'map<{a: map<date>}>[][]',
  ])('is read and written alike: %s', (text) => {
    const type = parseTypeText(text);
    expect(type === undefined ? undefined : typeText(type)).toBe(text);
  });

  it.each([
    '',
    'text',
    'string[',
    'map',
    'map<>',
    '{}',
    '{a}',
    '{a: string, a: string}',
    '{a: {__proto__: string}}',
    'string string',
    '[]',
    `${'map<'.repeat(50)}date${'>'.repeat(50)}`,
  ])('is refused: %s', (text) => {
    expect(parseTypeText(text)).toBeUndefined();
  });
});
