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

/** Both halves of one of the words. */
export function halvesOf({ halves }: WordsOfRange, word: number): readonly Uint32Array[] {
  return halves.slice(word * halvesPerWord, (word + 1) * halvesPerWord);
}

/** The places of the people of whom a word differs, given in halves. */
export function differingPlaces(
  [low = none, high = none]: readonly Uint32Array[],
  [otherLow = none, otherHigh = none]: readonly Uint32Array[],
): Uint32Array {
  const places: number[] = [];
  for (let place = 0; place < low.length; place += 1)
    if (low[place] !== otherLow[place] || high[place] !== otherHigh[place]) places.push(place);
  return Uint32Array.from(places);
}

const none = new Uint32Array(0);
