import type { Kysely, Migration, MigrationProvider } from 'kysely';

/**
 * Steps from an empty database to the present tables, in SQL that SQLite and PostgreSQL share. A step that has shipped is
 * never changed: add the next one.
 */
const steps: Readonly<Record<string, Migration>> = {
  '0001-audience-runs': { up: createAudienceRuns },
  '0002-external-audiences': { up: createExternalAudiences },
};

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

async function createAudienceRuns(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('audience_run')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('org_id', 'text', (column) => column.notNull())
    .addColumn('sandbox', 'text', (column) => column.notNull())
    .addColumn('idempotency_key', 'text')
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    // NULLs differ from each other here, in both engines: runs without a key do not meet.
    .addUniqueConstraint('audience_run_key', ['org_id', 'sandbox', 'idempotency_key'])
    .execute();
  await db.schema
    .createIndex('audience_run_by_age')
    .on('audience_run')
    .columns(['org_id', 'sandbox', 'created_at', 'id'])
    .execute();
  await db.schema.createIndex('audience_run_by_status').on('audience_run').column('status').execute();
  await db.schema
    .createTable('audience_run_product')
    .addColumn('org_id', 'text', (column) => column.notNull())
    .addColumn('sandbox', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('upstream_id', 'text', (column) => column.notNull())
    .addColumn('run_id', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('audience_run_product_pk', ['org_id', 'sandbox', 'kind', 'upstream_id'])
    .execute();
}

async function createExternalAudiences(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('external_audience')
    .addColumn('org_id', 'text', (column) => column.notNull())
    .addColumn('sandbox', 'text', (column) => column.notNull())
    .addColumn('template_id', 'text', (column) => column.notNull())
    .addColumn('segment_id', 'text', (column) => column.notNull())
    .addColumn('phase', 'text', (column) => column.notNull())
    .addColumn('external_id', 'text')
    .addColumn('changed_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('external_audience_pk', ['org_id', 'sandbox', 'template_id', 'segment_id'])
    .execute();
}
