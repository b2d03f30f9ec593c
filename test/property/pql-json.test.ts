import { examples, fc } from '../support/fast-check';
import { formatDiagnostic, parsePql, parsePqlJson, printPql, toPqlJson } from '../../src/pql';
import { stripSpans } from '../fixtures/pql/strip-spans';
import { foreignJson, query } from './pql-arbitraries';

describe('text and tree', () => {
  it('are inverse: the tree of any rule is read as an equal rule', () => {
    fc.assert(
      fc.property(query, (tree) => {
        const text = printPql(tree);
        const json = JSON.stringify(toPqlJson(tree));
        const { query: again, text: words, diagnostics } = parsePqlJson(json);
        expect(diagnostics.map((one) => formatDiagnostic(json, one))).toEqual([]);
        expect(words).toBe(text);
        expect(stripSpans(again)).toEqual(stripSpans(parsePql(text).query));
      }),
      examples(600),
    );
  });

  it('give the same tree the second time', () => {
    fc.assert(
      fc.property(query, (tree) => {
        const json = toPqlJson(tree);
        const { query: again } = parsePqlJson(json);
        expect(again && toPqlJson(again)).toEqual(json);
      }),
      examples(400),
    );
  });
});

describe('any JSON', () => {
  it('is answered, never a crash; what is read has words that are read as the same', () => {
    let read = 0;
    fc.assert(
      fc.property(foreignJson, (json) => {
        const { query: rule, text, diagnostics } = parsePqlJson(json);
        expect(rule === null).toBe(diagnostics.length > 0);
        if (rule === null || text === null) return;
        read += 1;
        const json2 = toPqlJson(rule);
        const again = parsePqlJson(json2);
        expect(again.text).toBe(text);
        expect(again.query && toPqlJson(again.query)).toEqual(json2);
      }),
      examples(600),
    );
    expect(read).toBeGreaterThan(80);
  });
});
