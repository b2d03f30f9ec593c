/** A stretch of the text: `from` inclusive, `to` exclusive, in UTF-16 units. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A place for people: both count from 1, the column in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** What one rule may be at most. Source: docs/pql.md, "Limits". */
export const limits = {
  /** UTF-16 units of text. */
  textUnits: 65_536,
  /** Brackets, calls, filters, `not` and quantifiers within each other. */
  depth: 200,
  /** Variables of one declaration, elements of one chain: each is looked at together with all before it. */
  row: 100,
  /** UTF-16 units of a pql/json tree: one character of text may take dozens there. */
  jsonUnits: 1_048_576,
} as const;

const lineBreak = /\r\n|\n|\r/g;

/** Line and column of an offset. `\n`, `\r` and `\r\n` end a line. */
export function positionAt(text: string, offset: number): Position {
  let line = 1;
  let lineStart = 0;
  for (const match of text.matchAll(lineBreak)) {
    const next = match.index + match[0].length;
    if (next > offset) break;
    line += 1;
    lineStart = next;
  }
  return { line, column: offset - lineStart + 1 };
}

/** The text of one line (from 1), without its line break. */
export function lineAt(text: string, line: number): string {
  return text.split(/\r\n|\n|\r/)[line - 1] ?? '';
}
