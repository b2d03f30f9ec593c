import { fieldOf } from '../../../xdm/find-field';
import type { XdmType } from '../../../xdm/union-schema';
import type { Engine } from '../engine/engine';
import type { FoundField } from './found-type';
import { endOfNumber, endOfString, isNumeric, kindOfNumber } from './shape-hash';
import { isItems, type Sketch } from './sketch';

/**
 * Numbers that become texts keep the spelling of the file, `1.50` and not `1.5`. The engine reads each number of JSON as
 * a value and writes it anew, so the rows in question are written over first, with their fractions as texts.
 */

/** True where a field of texts holds fractions, in some row and at any depth. */
export function hasSpelling(field: FoundField, type: XdmType): boolean {
  switch (type.kind) {
    case 'string':
      return field.scalars.has('number');
    case 'array':
      return field.items !== undefined && hasSpelling(field.items, type.items);
    case 'map':
      return [...field.fields.values()].some((value) => hasSpelling(value, type.values));
    case 'object':
      return [...field.fields].some(([name, inner]) => {
        const known = fieldOf(type, name);
        return known !== undefined && hasSpelling(inner, known);
      });
    default:
      return false;
  }
}

/** True where a row of this shape has a fraction at one of these paths, at any depth. */
export function hasFraction(sketch: Sketch, paths: readonly string[]): boolean {
  return paths.some((path) => {
    let place: Sketch | undefined = sketch;
    for (const name of path.split('.')) {
      if (place === undefined || place === null || typeof place === 'string' || isItems(place)) return false;
      place = Object.hasOwn(place, name) ? place[name] : undefined;
    }
    return place !== undefined && holdsFraction(place);
  });
}

function holdsFraction(sketch: Sketch): boolean {
  if (sketch === null || typeof sketch === 'string') return sketch === 'number';
  return (isItems(sketch) ? sketch : Object.values(sketch)).some(holdsFraction);
}

const quote = 0x22;

/** The same JSON with every number that has a fraction or an exponent as a text. */
export function quoteFractions(text: string): string {
  const bytes = Buffer.from(text);
  const pieces: string[] = [];
  let from = 0;
  for (let at = 0; at < bytes.length;) {
    const byte = bytes[at] ?? 0;
    if (byte === quote) at = endOfString(bytes, at + 1, bytes.length) + 1;
    else if (isNumeric(byte)) {
      const end = endOfNumber(bytes, at, bytes.length);
      if (kindOfNumber(bytes, at, end) === 'number') {
        pieces.push(bytes.toString('utf8', from, at), `"${bytes.toString('latin1', at, end)}"`);
        from = end;
      }
      at = end;
    } else at += 1;
  }
  return pieces.join('') + bytes.toString('utf8', from);
}

const rowsAtOnce = 20_000;

/**
 * Fills the table `respelled` with those rows of `part` that have one of these shapes.
 * @param shapes of rows whose fractions are read as texts; 0 stands for rows whose shape is not remembered.
 */
export async function respell(engine: Engine, shapes: readonly number[]): Promise<void> {
  await engine.run('CREATE OR REPLACE TABLE respelled ("row" BIGINT, text VARCHAR)');
  for (let last = -1, count = rowsAtOnce; shapes.length > 0 && count === rowsAtOnce;) {
    const rows = await engine.rows(
      `SELECT "row", text FROM part WHERE "row" > $last AND shape IN (SELECT unnest(from_json($shapes, '["INTEGER"]')))
       ORDER BY "row" LIMIT ${rowsAtOnce}`,
      { last, shapes: JSON.stringify(shapes) },
    );
    const written = rows.map((row) => ({
      row: Number(row['row']),
      text: quoteFractions(String(row['text'])),
    }));
    await engine.run(
      `INSERT INTO respelled SELECT unnest(from_json($rows, '[{"row":"BIGINT","text":"VARCHAR"}]'), recursive := true)`,
      { rows: JSON.stringify(written) },
    );
    count = rows.length;
    last = written.at(-1)?.row ?? last;
  }
}
