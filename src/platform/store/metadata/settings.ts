import type { Metadata } from './open-metadata';

/**
 * The value that was kept first under a name, for the whole platform; `make` is asked where there is none yet.
 * Of two who make one at once, one wins and both get it.
 */
export async function keepSetting(db: Metadata, name: string, make: () => string): Promise<string> {
  const read = async (): Promise<string | undefined> =>
    (await db.selectFrom('setting').where('name', '=', name).select('value').executeTakeFirst())?.value;
  const kept = await read();
  if (kept !== undefined) return kept;
  const made = make();
  await db
    .insertInto('setting')
    .values({ name, value: made })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  return (await read()) ?? made;
}
