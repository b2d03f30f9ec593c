/**
 * Quotes a text as an SQL literal, for the places where the engine takes no bound parameter: file names and the
 * structure that JSON is read into. The engine knows no escape but the doubled quote.
 */
export function quoteText(text: string): string {
  // DuckDB would end the literal at a zero byte.
  if (text.includes('\0')) throw new Error('An SQL literal cannot hold a zero byte.');
  return `'${text.replaceAll("'", "''")}'`;
}

/** An epoch in milliseconds as a TIMESTAMP; `parameter` is the name of a bound one. */
export function timestampOf(parameter: string): string {
  return `epoch_ms(CAST($${parameter} AS BIGINT))`;
}
