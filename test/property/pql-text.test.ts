import { examples, fc } from '../support/fast-check';
import { checkPql, formatDiagnostic, parsePql, printPql } from '../../src/pql';
import { builtinSchema } from '../../src/xdm/builtin-schema';
import { stripSpans } from '../fixtures/pql/strip-spans';
import { query, scrambledText } from './pql-arbitraries';

describe('reading and printing', () => {
  it('are inverse: the printed form of any tree is read as an equal tree', () => {
    fc.assert(
      fc.property(query, (tree) => {
        const printed = printPql(tree);
        const { query: again, diagnostics } = parsePql(printed);
        expect(diagnostics.map((one) => formatDiagnostic(printed, one))).toEqual([]);
        expect(stripSpans(again)).toEqual(stripSpans(tree));
      }),
      examples(400),
    );
  });

  it('printing is the same the second time', () => {
    fc.assert(
      fc.property(query, (tree) => {
        const { query: again } = parsePql(printPql(tree));
        expect(again && printPql(again)).toBe(printPql(tree));
      }),
    );
  });
});

describe('any text', () => {
  const withinText = (text: string): void => {
    for (const mode of ['error', 'allow'] as const) {
      const { rule, diagnostics } = checkPql(text, { schema: builtinSchema, unknownAttributes: mode });
      expect(rule === null).toBe(diagnostics.some(({ severity }) => severity === 'ERROR'));
      for (const one of diagnostics) {
        expect(one.from).toBeGreaterThanOrEqual(0);
        expect(one.to).toBeLessThanOrEqual(text.length);
        expect(one.to).toBeGreaterThanOrEqual(one.from);
        expect(formatDiagnostic(text, one)).toContain('^');
      }
    }
  };

  it('is answered, never a crash: characters in no order', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), withinText), examples(250));
  });

  it('is answered, never a crash: words of the language in no order', () => {
    fc.assert(fc.property(scrambledText, withinText), examples(400));
  });

  it('is answered, never a crash: any tree of the grammar', () => {
    fc.assert(
      fc.property(query, (tree) => withinText(printPql(tree))),
      examples(400),
    );
  });
});
