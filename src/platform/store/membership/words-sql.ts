import { bitsPerWord } from './membership-file';

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
