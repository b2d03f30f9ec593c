import { formatDiagnostic } from '../../../src/pql/diagnostics';
import { parsePql } from '../../../src/pql/parser';
import { printPql } from '../../../src/pql/printer';
import { publishedExamples } from '../../fixtures/pql/published-examples';
import { stripSpans } from '../../fixtures/pql/strip-spans';

const parsed = (text: string): unknown => {
  const { query, diagnostics } = parsePql(text);
  if (query === null) throw new Error(diagnostics.map((one) => formatDiagnostic(text, one)).join('\n'));
  return stripSpans(query.body);
};
const codes = (text: string): readonly string[] => parsePql(text).diagnostics.map(({ code }) => code);
const printed = (text: string): string => {
  const { query } = parsePql(text);
  return query === null ? 'refused' : printPql(query);
};

describe('published examples', () => {
  it.each(publishedExamples)('%i is read, and read again after printing: %s', (_number, text) => {
    const { query } = parsePql(text);
    expect(query && stripSpans(parsePql(printPql(query)).query)).toEqual(stripSpans(query));
    expect(query).not.toBeNull();
  });
});

describe('precedence', () => {
  it.each([
    ['a or b and c', 'a or (b and c)'],
    ['not a = b', 'not (a = b)'],
    ['not(x) = false', 'not (x = false)'],
    ['!a and b', '(not a) and b'],
    ['a + b * c = d', '(a + (b * c)) = d'],
    ['-a.b * c', '(-(a.b)) * c'],
    ['a - b - c', '(a - b) - c'],
    ['t occurs between today and tomorrow and b', '(t occurs between today and tomorrow) and b'],
    ['select X from xEvent where X.a and b', 'select X from xEvent where (X.a and b)'],
    ['let S = (a in b) in S and c', 'let S = (a in b) in (S and c)'],
  ])('%s means %s', (text, bracketed) => {
    expect(printed(text)).toBe(printed(bracketed).replace('(a - b) - c', 'a - b - c'));
  });

  it.each([
    ['(a or b) and c'],
    ['a - (b - c)'],
    ['(a and b) and c'],
    ['-(-a)'],
    ['(not a) = b'],
    ['(select X from xEvent).count() > 5'],
    ['(let a = (b) in (a)) = c'],
  ])('keeps the brackets of %s', (text) => {
    expect(printed(text)).toBe(text);
  });
});

describe('words', () => {
  it('lets every word be a member after a dot', () => {
    expect(printed('a.select.from.sum(b).exists(c)')).toBe('a.select.from.sum(b).exists(c)');
  });

  it('takes chain words in any case', () => {
    expect(parsed('CHAIN(xEvent, timestamp, [A: what(b) when(today) Count(>= 2)])')).toEqual(
      parsed('chain(xEvent, timestamp, [A: WHAT(b) WHEN(on today) COUNT(>= 2)])'),
    );
  });

  it('reads a-1 as a subtraction', () => {
    expect(parsed('a-1 = 2')).toEqual(parsed('a - 1 = 2'));
  });

  it('takes exists with a colon', () => {
    expect(parsed('exists V from xEvent : V.a')).toEqual(parsed('exists V from xEvent where V.a'));
  });

  it('leaves a comma to the list when no declaration follows', () => {
    expect(printed('if(exists V from xEvent where V.a, b, c)')).toBe(
      'if((exists V from xEvent where V.a), b, c)',
    );
  });
});

describe('mistakes', () => {
  it.each([
    ['', 'empty-rule'],
    ['  \n ', 'empty-rule'],
    ['a = ', 'unexpected-token'],
    ['a = "US', 'unterminated-string'],
    ["a = 'US'", 'single-quote'],
    ['a = “US”', 'typographic-quote'],
    ['a == "US"', 'unexpected-character'],
    ['a AND b', 'word-in-capitals'],
    ['NOT a', 'word-in-capitals'],
    ['a notin b', 'word-in-capitals'],
    ['year = 5', 'reserved-word'],
    ['a = b = c', 'chained-comparison'],
    ['a = "\\x"', 'invalid-escape'],
    ['a = "\\u0000"', 'invalid-character'],
    ['a = "\\ud800"', 'invalid-character'],
    ['a = 5x', 'malformed-number'],
    ['a = 99999999999999999999', 'number-out-of-range'],
    ['a = 1e999', 'number-out-of-range'],
    ['a # b', 'comment'],
    ['a ~ b', 'unexpected-character'],
    [`${'('.repeat(201)}a${')'.repeat(201)}`, 'too-deep'],
    [`${'not '.repeat(201)}a`, 'too-deep'],
    ['a'.repeat(65_537), 'text-too-long'],
  ])('%j is reported as %s', (text, code) => {
    expect(codes(text)).toContain(code);
    expect(parsePql(text).query).toBeNull();
  });

  it('tells several mistakes in one go, in the order of the text', () => {
    const { diagnostics } = parsePql('a = and (b <) or c like');
    expect(diagnostics.map(({ from, code }) => [from, code])).toEqual([
      [4, 'unexpected-token'],
      [12, 'unexpected-token'],
      [23, 'unexpected-token'],
    ]);
  });

  it('tells one mistake once', () => {
    expect(codes('(a = , b) and c')).toEqual(['unexpected-token']);
  });

  it('says what was meant by a foreign mark', () => {
    expect(parsePql('a && b').diagnostics[0]).toMatchObject({ suggestion: 'and', from: 2, to: 4 });
  });

  it('takes depth as brackets within each other, not as length', () => {
    const terms = Array.from({ length: 9_000 }, () => 'a=1');
    expect(codes(terms.join(' or '))).toEqual([]);
    expect(codes(`a${'.b'.repeat(30_000)}`)).toEqual([]);
    expect(codes(`a${'+1'.repeat(30_000)} > 0`)).toEqual([]);
    expect(codes(`${'('.repeat(200)}a${')'.repeat(200)}`)).toEqual([]);
  });

  it('shows the line and a caret', () => {
    const text = 'a = "x" and\n\tb = 5x or c';
    const [diagnostic] = parsePql(text).diagnostics;
    expect(diagnostic && formatDiagnostic(text, diagnostic)).toBe(
      ['2:6 error malformed-number: "5x" is not a number.', '2 |  b = 5x or c', '         ^^'].join('\n'),
    );
  });

  it('counts lines after \\r\\n and \\r as well', () => {
    expect(parsePql('a\r\n\r= @').diagnostics[0]).toMatchObject({ line: 3, column: 3 });
  });
});

describe('formatDiagnostic', () => {
  it('cuts a long line around the span', () => {
    const text = `${'a = 1 or '.repeat(100)}5x or ${'b = 2 or '.repeat(100)}c`;
    const [diagnostic] = parsePql(text).diagnostics;
    const [, line = '', carets = ''] = (diagnostic ? formatDiagnostic(text, diagnostic) : '').split('\n');
    expect(line.length).toBeLessThanOrEqual(104);
    expect(line.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('5x');
  });

  it('keeps the carets under the line', () => {
    const text = `(${'a'.repeat(70_000)})`;
    const [diagnostic] = parsePql(text).diagnostics;
    const [, line = '', carets = ''] = (diagnostic ? formatDiagnostic(text, diagnostic) : '').split('\n');
    expect(carets.length).toBeLessThanOrEqual(line.length);
  });
});
