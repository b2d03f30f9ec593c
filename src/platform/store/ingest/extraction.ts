import { quoteIdentifier } from '../../../xdm/columns';
import type { XdmType } from '../../../xdm/union-schema';
import { uncheckedType } from '../engine/column-type';
import { quoteText } from '../engine/sql-text';
import { goodLines } from './load-lines';

/** One leaf to be read out of the rows, and the short name that its column has from then on. */
export interface ExtractedColumn {
  readonly column: string;
  readonly path: string;
  readonly type: XdmType;
}

/** SELECT of `"row"`, `text` and the columns in their unchecked types, one line of `raw` each. */
export function extractionSql(columns: readonly ExtractedColumn[]): string {
  const groups = withoutClashes(columns);
  const parsed = groups.map(
    (group, index) => `, json_transform(text, ${quoteText(JSON.stringify(structureOf(group)))}) AS t${index}`,
  );
  const leaves = groups.flatMap((group, index) =>
    group.map(({ path, column }) => {
      const steps = path.split('.').map((name) => `.${quoteIdentifier(name)}`);
      return `, t${index}${steps.join('')} AS ${column}`;
    }),
  );
  return `SELECT "row", text${leaves.join('')} FROM (SELECT rowid AS "row", text${parsed.join('')} ${goodLines})`;
}

interface Structure {
  [field: string]: Structure | string;
}

function structureOf(columns: readonly ExtractedColumn[]): Structure {
  const root: Structure = {};
  for (const { path, type } of columns) {
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
    parent[last] = uncheckedType(type);
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
