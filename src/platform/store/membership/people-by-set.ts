import type { Engine } from '../engine/engine';
import { placeSql } from './words-of-range';

/** The people of a range who have identities in the same namespaces. */
export interface PeopleOfSet {
  /** The number of the set of namespaces. */
  readonly set: number;
  /** Their places in the range. */
  readonly places: Uint32Array;
}

export interface RangeOfPeople {
  readonly from: number;
  readonly to: number;
}

/** Reads who of a range has which set of namespaces, after `createDataViews`. */
export async function readPeopleBySet(
  engine: Engine,
  { from, to }: RangeOfPeople,
): Promise<readonly PeopleOfSet[]> {
  const setOf = new Uint32Array(to - from);
  const sizes: number[] = [];
  const sql = `SELECT ${placeSql}, "set"::UINTEGER FROM owner WHERE "#pid" >= $from AND "#pid" < $to`;
  for await (const { rowCount, columns } of engine.numbers(sql, { from, to })) {
    const [places, sets] = columns;
    for (let row = 0; row < rowCount; row += 1) setOf[places?.getItem(row) ?? 0] = sets?.getItem(row) ?? 0;
  }
  for (const set of setOf) sizes[set] = (sizes[set] ?? 0) + 1;
  const placesOf = sizes.map((size) => new Uint32Array(size));
  const filled = sizes.map(() => 0);
  for (let place = 0; place < setOf.length; place += 1) {
    const set = setOf[place] ?? 0;
    const at = filled[set] ?? 0;
    const places = placesOf[set];
    if (places !== undefined) places[at] = place;
    filled[set] = at + 1;
  }
  return placesOf.flatMap((places, set) => ({ set, places }));
}
