import type { Column } from '../../../xdm/columns';
import { columnType } from '../engine/column-type';
import { quoteText } from '../engine/sql-text';
import type { Fragment } from '../metadata/profile-catalog';

/** A column of the schema that at least one fragment has values for, under a short name while it is built. */
export interface PresentColumn extends Column {
  readonly short: string;
}

/** A fragment whose rows exist, with the full path of its file. */
export type FragmentFile = Omit<Fragment, 'seq'> & { readonly path: string };

/** A fragment and its age: 0 for the oldest of all. */
export interface AgedFragment extends FragmentFile {
  readonly age: number;
}

/** Most columns of a union schema are never filled; only those that are take part in sorting and merging. */
export function presentColumns(
  columns: readonly Column[],
  fragments: readonly FragmentFile[],
): readonly PresentColumn[] {
  const paths = new Set(fragments.flatMap((fragment) => fragment.columns.map(({ path }) => path)));
  return columns
    .filter(({ path }) => paths.has(path))
    .map((column, index) => ({ ...column, short: `p${index}` }));
}

/** Rows of one fragment come before those of the next; no batch has 2^40 rows. */
const rowsPerFragment = '1099511627776::BIGINT';

/**
 * SELECT of the rows of fragments: `ord` (the greater wins, by the order in which the fragments come), `seen` (ascending
 * by age), `key`, `ids`, `ingested_at` and the present columns in the types that the schema has now.
 */
export function allRowsSql(fragments: readonly AgedFragment[], columns: readonly PresentColumn[]): string {
  return fragments
    .map((fragment, index) => {
      const given = new Map(fragment.columns.map(({ path, column }) => [path, column]));
      const values = columns.map(
        ({ path, type, short }) => `, CAST(${given.get(path) ?? 'NULL'} AS ${columnType(type)}) AS ${short}`,
      );
      return (
        `SELECT ${index} * ${rowsPerFragment} + "#row" AS ord, ${fragment.age} * ${rowsPerFragment} + "#row" AS seen, ` +
        `"#key" AS key, "#ids" AS ids, "#ingested_at" AS ingested_at${values.join('')} ` +
        `FROM read_parquet(${quoteText(fragment.path)})`
      );
    })
    .join('\nUNION ALL\n');
}

/** SELECT of what fragments of deletions name: `key` or `event_id`, and `seen` as that of rows. */
export function deletionsSql(fragments: readonly AgedFragment[]): string {
  return fragments
    .map(
      ({ age, path }) =>
        `SELECT key, event_id, ${age} * ${rowsPerFragment} AS seen FROM read_parquet(${quoteText(path)})`,
    )
    .join('\nUNION ALL\n');
}
