import { quoteIdentifier } from '../../../xdm/columns';
import type { XdmType } from '../../../xdm/union-schema';
import type { UncheckedValue } from '../engine/checked-value';
import { uncheckedType, type Reading } from '../engine/column-type';
import { quoteText } from '../engine/sql-text';
import type { LeafToRead } from './known-leaf';

/** One leaf to be read out of the rows, and the short name that its column has from then on. */
export interface ExtractedColumn extends LeafToRead {
  readonly column: string;
}

/** SELECT of `"row"`, `text` and the columns in their unchecked types, one row of `part` each. */
export function extractionSql(columns: readonly ExtractedColumn[]): string {
  const spelled = columns.filter(({ isSpelled }) => isSpelled === true);
  const groups = [
    ...withoutClashes(columns.filter((column) => !spelled.includes(column))),
    ...withoutClashes(spelled),
  ];
  const source =
    spelled.length === 0
      ? 'SELECT "row", text FROM part'
      : 'SELECT part."row", part.text, respelled.text AS respelled FROM part LEFT JOIN respelled USING ("row")';
  const textOf = ([first]: readonly ExtractedColumn[]): string =>
    first?.isSpelled === true ? 'coalesce(respelled, text)' : 'text';
  const parsed = groups.map(
    (group, index) =>
      `, json_transform(${textOf(group)}, ${quoteText(JSON.stringify(structureOf(group)))}) AS t${index}`,
  );
  const leaves = groups.flatMap((group, index) =>
    group.map(({ path, column }) => {
      const steps = path.split('.').map((name) => `.${quoteIdentifier(name)}`);
      return `, t${index}${steps.join('')} AS ${column}`;
    }),
  );
  return `SELECT "row", text${leaves.join('')} FROM (SELECT "row", text${parsed.join('')} FROM (${source}))`;
}

/** How a column is read out of the JSON: as text while its type is open. */
export function uncheckedColumn({ column, type, candidates, reading }: ExtractedColumn): UncheckedValue {
  if (candidates !== undefined) return { expression: column, type: string, reading: 'value' };
  return { expression: column, type, reading: reading ?? 'value' };
}

const string: XdmType = { kind: 'string' };

function engineType(column: ExtractedColumn): string {
  const { type, reading }: { type: XdmType; reading: Reading } = uncheckedColumn(column);
  return uncheckedType(type, reading);
}

interface Structure {
  [field: string]: Structure | string;
}

function structureOf(columns: readonly ExtractedColumn[]): Structure {
  const root: Structure = {};
  for (const column of columns) {
    const { path } = column;
    const names = path.split('.');
    const last = names.pop() ?? '';
    let parent = root;
    for (const name of names) {
      // `constructor` is a name like any other; every object has one by inheritance.
      const next = (Object.hasOwn(parent, name) ? parent[name] : undefined) ?? {};
      if (typeof next === 'string') throw new Error(`The field ${path} leads through a leaf.`);
      parent[name] = next;
      parent = next;
    }
    parent[last] = engineType(column);
  }
  return root;
}

/**
 * Parts the columns so that no group has two names, at one place, that differ in case alone: `person.birthDate` and
 * `person.birthdate` are two fields of XDM, but the engine's structs would take them for one.
 */
function withoutClashes(columns: readonly ExtractedColumn[]): readonly (readonly ExtractedColumn[])[] {
  const groups: { columns: ExtractedColumn[]; spelling: Map<string, string> }[] = [];
  for (const column of columns) {
    const prefixes = column.path.split('.').map((_, index, names) => names.slice(0, index + 1).join('.'));
    const fits = (spelling: ReadonlyMap<string, string>): boolean =>
      prefixes.every((prefix) => (spelling.get(prefix.toLowerCase()) ?? prefix) === prefix);
    let group = groups.find(({ spelling }) => fits(spelling));
    if (group === undefined) groups.push((group = { columns: [], spelling: new Map() }));
    group.columns.push(column);
    for (const prefix of prefixes) group.spelling.set(prefix.toLowerCase(), prefix);
  }
  return groups.map((group) => group.columns);
}
