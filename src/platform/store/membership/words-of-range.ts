import type { NumberPage } from '../engine/number-pages';

/** A word is two of them: of its lower bits and of its higher ones. */
export const halvesPerWord = 2;

/**
 * Some words of the people of a range, each half in an array by a person's place in the range; who is not spoken of has
 * zeros.
 */
export interface WordsOfRange {
  readonly people: number;
  readonly halves: readonly Uint32Array[];
}

export function noWords({
  people,
  words,
}: {
  readonly people: number;
  readonly words: number;
}): WordsOfRange {
  return {
    people,
    halves: Array.from({ length: words * halvesPerWord }, () => new Uint32Array(people)),
  };
}

/** SQL of the place of a person in the range from `$from`. */
export const placeSql = `("#pid" - $from)::UINTEGER`;

/** SQL of both halves of a word as UINTEGERs. */
export function halvesSql(word: string): string {
  return `(${word} & 4294967295)::UINTEGER, (${word} >> 32)::UINTEGER`;
}

/** Takes pages in of places, and of halves from the given one on; of one who comes twice, all bits. */
export async function addHalves(
  { halves }: WordsOfRange,
  firstHalf: number,
  pages: AsyncIterable<NumberPage>,
): Promise<void> {
  for await (const { rowCount, columns } of pages) {
    const [places, ...values] = columns;
    for (const [index, column] of values.entries()) {
      const half = halves[firstHalf + index];
      if (half === undefined || places === undefined) continue;
      for (let row = 0; row < rowCount; row += 1) {
        const place = places.getItem(row) ?? 0;
        half[place] = (half[place] ?? 0) | (column.getItem(row) ?? 0);
      }
    }
  }
}

/** The places of the people of whom some word differs. */
export function differingPlaces(one: WordsOfRange, other: WordsOfRange): Uint32Array {
  const differs = new Uint8Array(one.people);
  let count = 0;
  for (const [index, half] of one.halves.entries()) {
    const otherHalf = other.halves[index] ?? half;
    for (let place = 0; place < one.people; place += 1) {
      if (half[place] === otherHalf[place] || differs[place] === 1) continue;
      differs[place] = 1;
      count += 1;
    }
  }
  const places = new Uint32Array(count);
  let next = 0;
  for (let place = 0; next < count; place += 1) if (differs[place] === 1) places[next++] = place;
  return places;
}
