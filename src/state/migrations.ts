import type { Kysely, Migration, MigrationProvider } from 'kysely';

/**
 * Steps from an empty database to the present tables, in SQL that SQLite and PostgreSQL share. A step that has shipped is
 * never changed: add the next one.
 */
const steps: Readonly<Record<string, Migration>> = {};

export const migrations: MigrationProvider = { getMigrations: () => Promise.resolve({ ...steps }) };

/** Steps that have been made on a database and that this release does not know: a later one has written it. */
export async function findUnknownSteps<Tables>(db: Kysely<Tables>): Promise<readonly string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === 'kysely_migration')) return [];
  const made = await (db as Kysely<unknown> as Kysely<{ kysely_migration: { name: string } }>)
    .selectFrom('kysely_migration')
    .select('name')
    .orderBy('name')
    .execute();
  return made.map(({ name }) => name).filter((name) => !Object.hasOwn(steps, name));
}
