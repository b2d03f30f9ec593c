import { checkPql, diagnosticCodes } from '../../../src/pql';
import { functions } from '../../../src/pql/functions/table';
import { builtinSchema } from '../../../src/xdm/builtin-schema';
import { codeBlocksOf, readDocument } from '../../support/markdown';

const document = readDocument('docs/pql.md');

/** The rows that the function table says docs/pql.md has. */
const functionRows = functions
  .filter(({ signature }) => signature !== '')
  .map(({ signature, documentation, check, form }) => {
    const isSupported = check !== null || form === 'operator';
    return [`\`${signature}\``, documentation, isSupported ? 'yes' : 'waits'];
  });

describe('docs/pql.md', () => {
  it('lists the functions of the function table, in its order', () => {
    const section = /## Functions\n([\s\S]*?)\n## /.exec(document)?.[1] ?? '';
    const rows = [...section.matchAll(/^\| (`.*?) +\| (.*?) +\| (\w+) +\|$/gm)].map(([, ...cells]) => cells);
    expect(rows).toEqual(functionRows);
  });

  it('lists every diagnostic and no other', () => {
    const section = document.slice(document.indexOf('## Diagnostics'));
    const codes = [...section.matchAll(/^\| (`[^|]*`) +\|/gm)].flatMap(([, cell = '']) => cell.split(' '));
    expect(codes.map((code) => code.replaceAll('`', '')).sort()).toEqual([...diagnosticCodes].sort());
  });

  it.each(codeBlocksOf('docs/pql.md').filter(({ language }) => language === 'pql'))(
    'shows a rule that is accepted: $code',
    ({ code }) => {
      expect(checkPql(code, { schema: builtinSchema, unknownAttributes: 'error' }).diagnostics).toEqual([]);
    },
  );
});
