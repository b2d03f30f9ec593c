import type { Engine } from '../engine/engine';
import { placeSql } from './words-of-range';

/** People of a range who have identities in the same namespaces. */
export interface PeopleOfSet {
  /** The number of the set of namespaces. */
  readonly set: number;
  /** Their places in the range. */
  readonly places: Uint32Array;
}

/** The people of a range: most have the same set of namespaces, and only the others need be told apart. */
export interface PeopleBySet {
  readonly common: number;
  readonly others: readonly PeopleOfSet[];
}

export interface RangeOfPeople {
  readonly from: number;
  readonly to: number;
}

/** The set of namespaces that most people have, after `createDataViews`; 0 where there is nobody. */
export async function readCommonSet(engine: Engine): Promise<number> {
  const sql = `SELECT "set" FROM owner GROUP BY "set" ORDER BY count(*) DESC, "set" LIMIT 1`;
  const [row] = await engine.rows(sql);
  return Number(row?.['set'] ?? 0);
}

/** Reads who of a range has which set of namespaces but the common one, after `createDataViews`. */
export async function readPeopleBySet(
  engine: Engine,
  { range: { from, to }, common }: { readonly range: RangeOfPeople; readonly common: number },
): Promise<PeopleBySet> {
  const placesOf = new Map<number, number[]>();
  const sql = `SELECT ${placeSql}, "set"::UINTEGER FROM owner WHERE "#pid" >= $from AND "#pid" < $to AND "set" <> $common`;
  for await (const { rowCount, columns } of engine.numbers(sql, { from, to, common })) {
    const [places, sets] = columns;
    for (let row = 0; row < rowCount; row += 1) {
      const set = sets?.getItem(row) ?? 0;
      const own = placesOf.get(set);
      if (own === undefined) placesOf.set(set, [places?.getItem(row) ?? 0]);
      else own.push(places?.getItem(row) ?? 0);
    }
  }
  const others = [...placesOf].map(([set, places]) => ({ set, places: Uint32Array.from(places) }));
  return { common, others };
}
