import { Migrator } from 'kysely';
import type { Kysely, Migration } from 'kysely';

/**
 * Steps from an empty database to the present tables, in SQL that SQLite and PostgreSQL share. A step that has shipped is
 * never changed: add the next one.
 */
const steps: Readonly<Record<string, Migration>> = {
  '0001-audience-runs': { up: createAudienceRuns },
  '0002-external-audiences': { up: createExternalAudiences },
  '0003-run-drivers': { up: addRunDrivers },
};

/** Where the steps that were made are written down; PostgreSQL may hold tables of others beside ours. */
export interface StepTables {
  readonly migrationTableName: string;
  readonly migrationLockTableName: string;
}

/**
 * Makes the steps that are missing; several processes may ask for it at once.
 *
 * @returns names of steps that this release does not know: a later one has made them, and nothing was changed.
 * @throws whatever the database says.
 */
export async function bringUpToDate<Tables>(
  db: Kysely<Tables>,
  tables: StepTables,
): Promise<readonly string[]> {
  const made = await findMadeSteps(db, tables.migrationTableName);
  const unknown = made.filter((name) => !Object.hasOwn(steps, name));
  if (unknown.length > 0 || made.length === Object.keys(steps).length) return unknown;
  const provider = { getMigrations: () => Promise.resolve({ ...steps }) };
  const { error } = await new Migrator({ db, provider, ...tables }).migrateToLatest();
  if (error !== undefined)
    throw error instanceof Error ? error : new Error('A step failed', { cause: error });
  return [];
}

async function findMadeSteps<Tables>(db: Kysely<Tables>, table: string): Promise<readonly string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === table)) return [];
  const made = await (db as Kysely<unknown> as Kysely<Record<string, { name: string }>>)
    .selectFrom(table)
    .select('name')
    .orderBy('name')
    .execute();
  return made.map(({ name }) => name);
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

/**
 * Who drives a run, where several replicas may: see ADR 0017. `beat` rises with each sign of life of the driver and with
 * each change of driver; `wait` is what the run rests for.
 */
async function addRunDrivers(db: Kysely<unknown>): Promise<void> {
  // SQLite adds one column at a time.
  await db.schema.alterTable('audience_run').addColumn('driver', 'text').execute();
  await db.schema
    .alterTable('audience_run')
    .addColumn('beat', 'bigint', (column) => column.notNull().defaultTo(0))
    .execute();
  await db.schema.alterTable('audience_run').addColumn('wait', 'text').execute();
}
