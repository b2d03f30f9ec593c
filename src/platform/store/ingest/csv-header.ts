import { maxDepth, type Sketch } from './sketch';

/** The columns of a CSV file as the fields of its rows. */
export interface CsvHeader {
  readonly columnCount: number;
  /** What each row may hold. */
  readonly sketch: Sketch;
  /** The row as JSON; an absent cell is left out. */
  toJson(cells: readonly (string | undefined)[]): string;
}

/** A place in the shape of a row: a column, or an object or list of such. */
type Place =
  { readonly column: number } | { readonly fields: Map<string | number, Place>; readonly isList: boolean };

/**
 * Reads the names of columns as XDM paths: `person.name.firstName`, `_acme.tags[0]`, `identityMap.Email[0].id`.
 * `identityMap.Email` is short for that last one.
 * @returns `fault`, in words that follow a colon, where no row could be understood.
 */
export function columnsOfHeader(
  names: readonly (string | undefined)[],
): CsvHeader | { readonly fault: string } {
  const root: Place = { fields: new Map(), isList: false };
  const seen = new Set<string>();
  for (const [column, given] of names.entries()) {
    // Classic Mac files would be one long first line, and without any row.
    if (given !== undefined && /\r(?!\n)/u.test(given))
      return { fault: 'its first line holds a carriage return: lines end in LF or CR LF, not in CR alone' };
    const name = given?.trim() ?? `column ${column + 1}`;
    if (seen.has(name)) return { fault: `two columns are called "${name}"` };
    seen.add(name);
    const steps = stepsOf(name);
    if (steps === undefined)
      return { fault: `"${name.slice(0, 100)}" is no path of names, with dots between them` };
    const clash = put(root, steps, column);
    if (clash)
      return { fault: `"${name}" and another column are about one field, as a value and as an object` };
  }
  if (![...seen].some((name) => identityStart.test(name))) {
    return {
      fault:
        'no column is an identity. Name one identityMap.Email, say, with the code of its namespace behind the dot',
    };
  }
  return {
    columnCount: names.length,
    sketch: sketchOf(root),
    toJson: (cells) => jsonOf(root, cells) ?? '{}',
  };
}

const identityStart = /^(?:identityMap\.|identities\[|endUserIDs\._experience\.)/u;

/** Names and list places; undefined where the text is no path. */
function stepsOf(path: string): readonly (string | number)[] | undefined {
  const steps: (string | number)[] = [];
  for (const name of path.split('.')) {
    const match = /^([^[\]]+)((?:\[\d{1,3}\])*)$/u.exec(name);
    if (match === null) return undefined;
    steps.push(match[1] ?? '');
    for (const [, place] of (match[2] ?? '').matchAll(/\[(\d+)\]/gu)) steps.push(Number(place));
  }
  if (steps.length > maxDepth - 2) return undefined;
  return steps[0] === 'identityMap' && steps.length === 2 ? [...steps, 0, 'id'] : steps;
}

/** @returns true where the column cannot stand there. */
function put(root: Place, steps: readonly (string | number)[], column: number): boolean {
  let place = root;
  for (const [index, step] of steps.entries()) {
    if ('column' in place || place.isList !== (typeof step === 'number')) return true;
    const isLast = index === steps.length - 1;
    const known = place.fields.get(step);
    if (isLast && known !== undefined) return true;
    const next: Place =
      known ?? (isLast ? { column } : { fields: new Map(), isList: typeof steps[index + 1] === 'number' });
    place.fields.set(step, next);
    place = next;
  }
  return false;
}

function sketchOf(place: Place): Sketch {
  if ('column' in place) return 'text';
  const fields = [...place.fields].map(([name, field]) => [String(name), sketchOf(field)] as const);
  if (!place.isList) return Object.fromEntries(fields);
  const items = new Map(fields.map(([, item]) => [JSON.stringify(item), item]));
  return [...items.values()];
}

/** Undefined where every cell is absent. Texts are written as texts: what they are is decided column by column. */
function jsonOf(place: Place, cells: readonly (string | undefined)[]): string | undefined {
  if ('column' in place) {
    const cell = cells[place.column];
    return cell === undefined ? undefined : JSON.stringify(cell);
  }
  const parts: string[] = [];
  for (const [name, field] of place.fields) {
    const value = jsonOf(field, cells);
    if (value === undefined) continue;
    parts.push(place.isList ? value : `${JSON.stringify(name)}:${value}`);
  }
  if (parts.length === 0) return undefined;
  return place.isList ? `[${parts.join(',')}]` : `{${parts.join(',')}}`;
}
