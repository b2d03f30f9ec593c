/**
 * SQL of the TIMESTAMP that a text of ISO 8601 is, without a zone in UTC; null where it is none, or where its offset leads out
 * of the years 1 to 9999, which are all that can be written down.
 *
 * @param text SQL of the text, whose first ten characters are the day.
 * @param readable SQL of the same in a form that the engine reads.
 */
export function instantSql(text: string, readable = text): string {
  const time = `TRY_CAST(TRY_CAST(${readable} AS TIMESTAMPTZ) AS TIMESTAMP)`;
  // Only on a first or last day does the offset lead out of them.
  return `CASE WHEN ${text} BETWEEN '0001-01-02' AND '9999-12-31' OR year(${time}) BETWEEN 1 AND 9999 THEN ${time} END`;
}
