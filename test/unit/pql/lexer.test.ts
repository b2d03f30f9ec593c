import { tokenize } from '../../../src/pql/lexer';

const kinds = (text: string): readonly unknown[] =>
  tokenize(text).tokens.map((token) => {
    if ('word' in token) return token.word;
    if ('mark' in token) return token.mark;
    return 'value' in token ? token.value : token.kind;
  });

describe('tokenize', () => {
  it.each<[string, readonly unknown[]]>([
    ['a.b', ['a', '.', 'b', 'end']],
    ['a-1', ['a', '-', 1, 'end']],
    ['.45 4.5 2.02E12 2.02E-12 7', [0.45, 4.5, 2.02e12, 2.02e-12, 7, 'end']],
    ['a<=b=>c!=d', ['a', '<=', 'b', '=>', 'c', '!=', 'd', 'end']],
    ['"a\\"b\\\\c\\n\\u00e9"', ['a"b\\c\né', 'end']],
    ['"a\nb"', ['a\nb', 'end']],
    ['^^.x', ['^', '^', '.', 'x', 'end']],
    ['', ['end']],
  ])('takes %j apart', (text, tokens) => {
    expect(kinds(text)).toEqual(tokens);
    expect(tokenize(text).diagnostics).toEqual([]);
  });

  it('gives offsets in UTF-16 units', () => {
    expect(tokenize('"🙂" a').tokens.map(({ from, to }) => [from, to])).toEqual([
      [0, 4],
      [5, 6],
      [6, 6],
    ]);
  });

  it('stops writing a book about a hostile text', () => {
    expect(tokenize('@'.repeat(60_000)).diagnostics).toHaveLength(50);
  });
});
