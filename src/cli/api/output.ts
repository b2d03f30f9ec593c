import Table from 'cli-table3';
import type { Call, Column, Row } from './verb';
import { valueAt } from './verb';

type Sink = Pick<Call, 'format' | 'stdout'>;

/** Prints a list: a table with a head, a JSON array, or a line of JSON for each. */
export function printRows({ format, stdout }: Sink, columns: readonly Column[], rows: readonly Row[]): void {
  switch (format) {
    case 'json':
      stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
      return;
    case 'jsonl':
      for (const row of rows) stdout.write(`${JSON.stringify(row)}\n`);
      return;
    case 'table':
      if (rows.length > 0)
        stdout.write(
          tableOf([columns.map(({ title }) => title), ...rows.map((row) => cellsOf(columns, row))]),
        );
  }
}

/** Prints one record: a line for each column that has a value, or JSON. */
export function printRow({ format, stdout }: Sink, columns: readonly Column[], row: Row): void {
  if (format !== 'table') {
    stdout.write(`${JSON.stringify(row, null, format === 'json' ? 2 : undefined)}\n`);
    return;
  }
  const lines = columns
    .map((column) => [column.title, cellOf(column, row)])
    .filter(([, text]) => text !== '');
  stdout.write(tableOf(lines));
}

const bare = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
  ].map((name) => [name, name === 'middle' ? '  ' : '']),
);

/** Columns by spaces alone, so that other programs can cut them. */
function tableOf(lines: readonly (readonly string[])[]): string {
  const table = new Table({
    chars: bare,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...lines.map((line) => [...line]));
  const text = table.toString();
  return `${text.replaceAll(/ +$/gm, '')}\n`;
}

function cellsOf(columns: readonly Column[], row: Row): string[] {
  return columns.map((column) => cellOf(column, row));
}

function cellOf({ path, as }: Column, row: Row): string {
  const value = valueAt(row, path);
  if (value === undefined || value === null) return '';
  if (as === 'percent' && typeof value === 'number') return `${Math.floor(value * 100)} %`;
  return oneLine(textOf(value));
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(',');
  return JSON.stringify(value);
}

/** What others wrote could move the cursor or colour the terminal. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
}
