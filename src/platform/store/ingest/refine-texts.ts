import type { XdmType } from '../../../xdm/union-schema';
import { checkedValue } from '../engine/checked-value';
import type { Engine } from '../engine/engine';
import type { ExtractedColumn } from './extraction';

/**
 * JSON has no times: a text field that data brought is taken for a date-time or a date when every value of the batch is
 * one. Fields that the schema knew stay what they are.
 */
export async function refineTexts(
  engine: Engine,
  columns: readonly ExtractedColumn[],
  newPaths: ReadonlySet<string>,
): Promise<readonly ExtractedColumn[]> {
  const texts = columns.filter(({ path, type }) => type.kind === 'string' && newPaths.has(path));
  if (texts.length === 0) return columns;
  const tests = texts.map(
    ({ column }, index) => `
      bool_and(${column} IS NULL OR (${column} LIKE '____-__-__T__:__%' AND ${isA(column, { kind: 'datetime' })})) AS times${index},
      bool_and(${column} IS NULL OR (${column} LIKE '____-__-__' AND ${isA(column, { kind: 'date' })})) AS dates${index},
      count(${column}) > 0 AS given${index}`,
  );
  const [row = {}] = await engine.rows(
    `SELECT ${tests.join(', ')} FROM extracted WHERE "row" NOT IN (SELECT "row" FROM rejected)`,
  );
  const refined = new Map<ExtractedColumn, XdmType>();
  for (const [index, column] of texts.entries()) {
    if (row[`given${index}`] !== true) continue;
    if (row[`times${index}`] === true) refined.set(column, { kind: 'datetime' });
    else if (row[`dates${index}`] === true) refined.set(column, { kind: 'date' });
  }
  return columns.map((column) => ({ ...column, type: refined.get(column) ?? column.type }));
}

function isA(column: string, type: XdmType): string {
  return `${checkedValue(column, type)} IS NOT NULL`;
}
