import { examples, fc } from '../support/fast-check';
import { checkPql, formatDiagnostic, parsePqlJson, printPql, toPqlJson } from '../../src/pql';
import { builtinSchema } from '../../src/xdm/builtin-schema';
import { publishedExamples } from '../fixtures/pql/published-examples';
import { query } from './pql-arbitraries';

const longestText = 65_536;
const longestMs = 1_000;

/** Checks a text, and holds the answer to what every answer must keep. */
function answer(text: string): ReturnType<typeof checkPql> {
  // Of the processor: what else a busy machine does meanwhile says nothing about the check.
  const started = process.cpuUsage();
  const result = checkPql(text, { schema: builtinSchema, unknownAttributes: 'error' });
  expect(process.cpuUsage(started).user / 1000).toBeLessThan(longestMs);
  expect(result.rule === null).toBe(result.diagnostics.some(({ severity }) => severity === 'ERROR'));
  for (const one of result.diagnostics) {
    expect(one.to).toBeGreaterThanOrEqual(one.from);
    expect(one.to).toBeLessThanOrEqual(text.length);
    expect(one.message.length).toBeLessThan(1_000);
    expect(formatDiagnostic(text, one)).toContain('^');
  }
  return result;
}

const pieces = [
  ...[
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '()',
    '[]',
    ')(',
    '"',
    '""',
    "'",
    '“',
    '`',
    '\\',
    '"\\',
    '^',
    '^.',
    '.',
    ',',
  ],
  ...[
    'not ',
    'not(',
    '!',
    '-',
    '- ',
    '--',
    '=',
    '= ',
    '<',
    '=>',
    '(a)=>',
    '(a,',
    'a,',
    'a ',
    'a.',
    'a(',
    'a[',
    '^a[',
  ],
  ...[
    'a=',
    'a and ',
    'a or(',
    'a in(',
    'a in [',
    'a + ',
    'a+(',
    'a occurs ',
    'a between ',
    'a is ',
    'a not in ',
  ],
  ...[
    'let a=',
    'let a = 1 in ',
    'select a from ',
    'exists a from b where ',
    'sum a over ',
    'sum(',
    'if(',
    'chain(',
  ],
  ...[
    'chain(a,b,[c:WHAT(',
    '$',
    '$1.',
    '#',
    '/*',
    '//',
    '1.',
    '1e',
    '🙂',
    '\ud800',
    '\0',
    '\r\n',
    '{"a":',
    'AND ',
    'NOT ',
  ],
  ...['a.b(c) contains ', 'x from ', 'occurs last 3 days ', '%', '<>', 'a <> b && '],
];

describe('64 KB of one thing', () => {
  it.each(pieces)('%j again and again is answered within a second', (piece) => {
    const text = piece.repeat(Math.ceil(longestText / piece.length)).slice(0, longestText);
    answer(text);
    const half = Math.floor(longestText / 2 / piece.length);
    answer(`${piece.repeat(half)}a${')'.repeat(longestText - half * piece.length - 1)}`);
  });

  it('and one more is refused with the limit', () => {
    const [fault] = answer(' '.repeat(longestText + 1)).diagnostics;
    expect(fault).toMatchObject({
      code: 'text-too-long',
      message: expect.stringContaining('65536') as string,
    });
  });
});

describe('valid rules, changed', () => {
  const rule = fc.oneof(
    fc.constantFrom(...publishedExamples.map(([, text]) => text)),
    query.map((tree) => printPql(tree)),
  );
  const change = fc.record({
    at: fc.nat(400),
    taken: fc.nat(6),
    put: fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary', maxLength: 3 })),
  });

  it('are answered within a second, never a crash', () => {
    fc.assert(
      fc.property(rule, fc.array(change, { minLength: 1, maxLength: 4 }), (text, changes) => {
        answer(
          changes.reduce((changed, { at, taken, put }) => {
            const from = at % (changed.length + 1);
            return changed.slice(0, from) + put + changed.slice(from + taken);
          }, text),
        );
      }),
      examples(400),
    );
  });

  it('are answered as trees: one member of one node taken for another value', () => {
    fc.assert(
      fc.property(query, fc.nat(), fc.jsonValue(), (tree, place, put) => {
        const json = JSON.stringify(toPqlJson(tree));
        let seen = 0;
        const members = json.split(':').length;
        const changed: unknown = JSON.parse(json, (_key, value: unknown) => {
          seen += 1;
          return seen === place % members ? put : value;
        });
        const { query: read, text, diagnostics } = parsePqlJson(changed);
        expect(read === null).toBe(diagnostics.length > 0);
        if (text !== null) answer(text);
      }),
      examples(400),
    );
  });
});
