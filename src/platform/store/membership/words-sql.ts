import { chunksOf } from '../../../lib/chunks-of';
import { bitsPerWord } from './membership-file';

/** SQL of the word whose bits are these booleans, none of them null; at most 64. */
export function wordOfSql(booleans: readonly string[]): string {
  // Bytes first: the engine works on narrow integers several at a time.
  const bytes = chunksOf(booleans, 8).map((bits, index) => {
    const byte = bits.map(
      (bit, place) => `CASE WHEN ${bit} THEN ${1 << place}::UTINYINT ELSE 0::UTINYINT END`,
    );
    return `((${byte.join(' | ')})::UBIGINT << ${index * 8})`;
  });
  return bytes.join(' | ');
}

/**
 * Three counters share one number while bits are summed, 21 binary digits each; that takes a third of the sums, and
 * BIGINT is summed much faster than UBIGINT.
 */
const laneBits = 21;
const lanes = Math.floor(bitsPerWord / laneBits);
const firstOfLanes = `${Array.from({ length: lanes }, (_, lane) => 1n << BigInt(lane * laneBits)).reduce((a, b) => a | b)}::UBIGINT`;
const lastBit = lanes * laneBits;

/** So many rows may be counted at once, or one counter would run into the next. */
export const mostRowsToCount = 2 ** laneBits - 1;

/** SQL of an aggregate: the list of 64 counts, how many rows have each bit of the word set. */
export function bitCountsSql(word: string): string {
  const sums = Array.from(
    { length: laneBits },
    (_, bit) => `sum(((${word} >> ${bit}) & ${firstOfLanes})::BIGINT)`,
  );
  const counts = Array.from({ length: lastBit }, (_, bit) => {
    const sum = `${sums[bit % laneBits] ?? ''}::BIGINT`;
    return `((${sum} >> ${Math.floor(bit / laneBits) * laneBits}) & ${mostRowsToCount})`;
  });
  return `[${counts.join(', ')}, sum((${word} >> ${lastBit})::BIGINT)]::INTEGER[]`;
}
