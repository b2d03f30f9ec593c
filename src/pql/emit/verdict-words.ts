import { chunksOf } from '../../lib/chunks-of';

/** So many rules share one number. */
export const rulesPerWord = 64;

/**
 * SQL of the UBIGINT whose bits say which of these conditions are TRUE, the first one its lowest; at most 64.
 *
 * Bytes come first: the engine works on narrow integers several at a time.
 */
export function verdictWordSql(conditions: readonly string[]): string {
  const bytes = chunksOf(conditions, 8).map((bits, index) => {
    const byte = bits.map(
      (bit, place) => `CASE WHEN ${bit} THEN ${1 << place}::UTINYINT ELSE 0::UTINYINT END`,
    );
    return `((${byte.join(' | ')})::UBIGINT << ${index * 8})`;
  });
  return bytes.join(' | ');
}
