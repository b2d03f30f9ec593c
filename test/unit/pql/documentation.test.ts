import { checkPql, compileRules, diagnosticCodes } from '../../../src/pql';
import { functions } from '../../../src/pql/functions/table';
import { builtinSchema } from '../../../src/xdm/builtin-schema';
import { exampleNow, examplePerson, exampleSegments } from '../../fixtures/pql/example-person';
import { checkedRule } from '../../support/checked-rule';
import { codeBlocksOf, readDocument } from '../../support/markdown';
import { PeopleDatabase } from '../../support/people-database';

const document = readDocument('docs/pql.md');

/** The rows that the function table says docs/pql.md has. */
const functionRows = functions
  .filter(({ signature }) => signature !== '')
  .map(({ signature, documentation }) => [`\`${signature}\``, documentation]);

/** The rows that it has: signature, answer, example. */
const rows = [
  ...(/## Functions\n([\s\S]*?)\n## /.exec(document)?.[1] ?? '').matchAll(
    /^\| (`.*?`) +\| (.*?) +\| `(.*)` +\|$/gm,
  ),
].map(([, ...cells]) => cells);

describe('docs/pql.md', () => {
  it('lists the functions of the function table, in its order', () => {
    expect(rows.map(([signature, answer]) => [signature, answer])).toEqual(functionRows);
  });

  it('shows of each function an example that is true of one person and of nobody unknown', async () => {
    const segments = new Map(Object.entries(exampleSegments).map(([id, text]) => [id, checkedRule(text)]));
    const pass = compileRules(
      rows.map(([, , example = '']) => checkedRule(example)),
      { now: exampleNow, schema: builtinSchema, segments },
    );
    const database = await PeopleDatabase.create([examplePerson, { name: 'nobody' }]);
    const matches = await database.matches(pass);
    database.close();
    expect(matches.map((people, at) => [rows[at]?.[2], people])).toEqual(
      rows.map(([, , example]) => [example, ['ada']]),
    );
  });

  it('shows the function itself in its example', () => {
    const missing = rows.filter(([signature = '', , example = '']) => {
      const name = /(\w+)(?:\(| \w+`$)/.exec(signature)?.[1] ?? '';
      return !example.includes(name);
    });
    expect(missing).toEqual([]);
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
