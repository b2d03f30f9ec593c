import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import { examples, fc } from '../support/fast-check';
import { RE2JS } from 're2js';
import { readPattern } from '../../src/pql/regex/pattern';

type Text = fc.Arbitrary<string>;

const accepted: Text = fc.constantFrom(
  ...['a', 'b', 'é', '😀', '.', '\\w', '\\D', '\\s', '[ab]', '[^a]', '[a-z]', '[^\\W\\d]', '\\pL', '\\P{Lu}'],
  ...[
    '\\p{Alpha}',
    '\\P{Digit}',
    '\\p{IsGreek}',
    '\\x41',
    '\\u00e9',
    '\\Qa.b\\E',
    '\\.',
    '\\[',
    '-',
    ',',
    '\\e',
  ],
  ...[
    '^',
    '$',
    '\\b',
    '\\A',
    '\\z',
    '(?i)',
    '(?s)',
    '(?m)',
    '(?-i)',
    '[\\p{Lu}\\pN]',
    '[a\\-z-]',
    '\\n',
    '[é-ö]',
  ],
);
const refused: Text = fc.constantFrom(
  ...[
    '{',
    ']',
    '}',
    '\\1',
    '(?=a)',
    '\\h',
    '\\Z',
    '[a&&b]',
    '(?<!b)',
    '(?>a)',
    '\\C',
    '[[:alpha:]]',
    '\\p{Cn}',
    '\\B',
    '[[]',
  ],
);
const atom = fc.oneof({ weight: 40, arbitrary: accepted }, { weight: 1, arbitrary: refused });
const count: Text = fc.constantFrom(
  '',
  '',
  '',
  '*',
  '+',
  '?',
  '*?',
  '+?',
  '??',
  '{2}',
  '{0,2}',
  '{1,}',
  '{0}',
  '*+',
  '{500}',
);

const pattern: Text = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.tuple(atom, count).map((parts) => parts.join('')),
    fc.tuple(tie('pattern'), tie('pattern')).map((parts) => parts.join('')),
    fc.tuple(tie('pattern'), tie('pattern')).map((parts) => parts.join('|')),
    fc
      .tuple(fc.constantFrom('(', '(', '(?:', '(?<n>', '(?i:'), tie('pattern'), count)
      .map(([open, inner, times]) => `${open}${inner})${times}`),
  ),
})).pattern;

const subject: Text = fc.string({
  unit: fc.constantFrom(
    ...['a', 'b', 'A', 'é', 'É', '😀', '\n', '\r', ' ', '1', '.', '_', 'Σ', '-', '\u2028', '\u001b'],
  ),
  maxLength: 8,
});

/**
 * Of a repeated group that can match the empty text the two libraries may say differently what it matched last; RE2 changed
 * that between versions. Whether there is a match is the same.
 */
const mayLoopOverNothing = (text: string): boolean => /\)[*+{]/u.test(text) && /[?*|]|\{0/u.test(text);

/** Patterns with Java's own words are compared as they were translated, all others as they were written. */
describe('patterns that are accepted', () => {
  let connection: DuckDBConnection;
  beforeAll(async () => {
    connection = await (await DuckDBInstance.create(':memory:')).connect();
  });
  afterAll(() => connection.closeSync());

  it('are taken by the engine too, which finds the same as RE2 in JavaScript does', async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(pattern, subject, fc.nat(2), async (text, given, group) => {
        const result = readPattern(text, group);
        if ('problem' in result) return;
        taken += 1;
        const sql = 'SELECT regexp_matches($s, $p), regexp_extract_all($s, $g, 1)[1]';
        const values = { s: given, p: result.pattern.text, g: `(?:${result.pattern.text})(?s:.*)` };
        const [row] = (await connection.runAndReadAll(sql, values)).getRowsJS();
        const isOwnWords = /\\[pPue]/.test(text);
        const matcher = RE2JS.compile(isOwnWords ? result.pattern.text : text).matcher(given);
        const isFound = matcher.find();
        if (mayLoopOverNothing(text)) {
          expect(row?.[0]).toBe(isFound);
          return;
        }
        expect(row).toEqual([isFound, isFound ? (matcher.group(isOwnWords ? 1 : group) ?? null) : null]);
      }),
      examples(1200),
    );
    // Most of what is made up must be patterns, or the property says nothing.
    expect(taken).toBeGreaterThan(150);
  });

  it('are taken by the engine when they are as large as may be', async () => {
    const large = fc
      .array(fc.tuple(atom, fc.constantFrom('{3}', '{10}', '{30}', '{100}', '{166}', '{1000}', '')), {
        maxLength: 40,
      })
      .map((parts) => parts.map((part) => part.join('')).join(''));
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(large, fc.constantFrom('', '(?i)', '(?s)'), async (text, flags) => {
        const result = readPattern(flags + text, null);
        if ('problem' in result) return;
        taken += 1;
        await connection.runAndReadAll('SELECT regexp_matches($s, $p)', { s: 'abc', p: result.pattern.text });
      }),
      examples(200),
    );
    expect(taken).toBeGreaterThan(5);
  });
});
