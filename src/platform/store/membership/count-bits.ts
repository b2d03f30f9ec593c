/** Whole numbers of 32 bits, as the engine hands them on: half a word. */
const bitsPerHalf = 32;

/** No more than 2^30 numbers are counted. */
const mostLevels = 30;

/**
 * How many of the numbers have each of 32 bits set, the lowest first. All bits are counted at once: a level holds one
 * binary digit of every count, and takes two numbers in before it hands one on, so that a number meets two levels on
 * average.
 */
export function countBits(numbers: Uint32Array): readonly number[] {
  const sums = new Int32Array(mostLevels);
  const waiting = new Int32Array(mostLevels);
  for (let added = 0; added < numbers.length; added += 1) {
    let carry = numbers[added] ?? 0;
    let level = 0;
    for (let rest = added; (rest & 1) === 1; rest >>>= 1) {
      const sum = sums[level] ?? 0;
      const other = waiting[level] ?? 0;
      const either = sum ^ other;
      sums[level] = either ^ carry;
      carry = (sum & other) | (either & carry);
      level += 1;
    }
    waiting[level] = carry;
  }
  const digits = Array.from({ length: mostLevels }, (_, level) => {
    const isWaiting = ((numbers.length >>> level) & 1) === 1;
    return [sums[level] ?? 0, isWaiting ? (waiting[level] ?? 0) : 0];
  });
  return Array.from({ length: bitsPerHalf }, (_, bit) =>
    digits.reduce((count, [sum = 0, other = 0], level) => {
      return count + 2 ** level * (((sum >>> bit) & 1) + ((other >>> bit) & 1));
    }, 0),
  );
}
