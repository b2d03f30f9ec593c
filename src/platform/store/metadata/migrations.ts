import { sql, type CreateTableBuilder, type Kysely, type Migration, type MigrationProvider } from 'kysely';

/** Steps from an empty file to the present tables. A step that has shipped is never changed: add the next one. */
const steps: Readonly<Record<string, Migration>> = {
  '0001-first-tables': { up: createFirstTables },
  '0002-merge-rules': { up: addMergeRules },
  '0003-memberships-as-words': { up: forgetMembershipRows },
  '0004-settings-and-external-audiences': { up: addSettingsAndAudiences },
  '0005-namespace-sets': { up: rebuildGenerations },
  '0006-client-tokens': { up: addClientTokens },
};

export const migrations: MigrationProvider = { getMigrations: () => Promise.resolve({ ...steps }) };

async function createFirstTables(db: Kysely<unknown>): Promise<void> {
  await tenantTable(db, 'tenant')
    .addColumn('created_at', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('tenant_pk', ['org_id', 'sandbox'])
    .execute();
  await createDocumentTables(db);
  await createJobTables(db);
  await createProfileTables(db);
}

function tenantTable(db: Kysely<unknown>, name: string): CreateTableBuilder<string, 'org_id' | 'sandbox'> {
  return db.schema
    .createTable(name)
    .addColumn('org_id', 'text', (column) => column.notNull())
    .addColumn('sandbox', 'text', (column) => column.notNull());
}

async function createDocumentTables(db: Kysely<unknown>): Promise<void> {
  for (const name of [
    'segment_definition',
    'schedule',
    'audience_template',
    'merge_policy',
    'dataset',
    'batch',
  ]) {
    let table = tenantTable(db, name)
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('created_at', 'integer', (column) => column.notNull())
      .addColumn('updated_at', 'integer', (column) => column.notNull())
      .addColumn('body', 'text', (column) => column.notNull());
    if (name === 'segment_definition') {
      table = table
        .addColumn('continuous', 'integer', (column) => column.notNull())
        .addColumn('synchronous', 'integer', (column) => column.notNull())
        .addUniqueConstraint('segment_definition_name', ['org_id', 'sandbox', 'name']);
    }
    if (name === 'batch') {
      table = table
        .addColumn('dataset_id', 'text', (column) => column.notNull())
        .addColumn('direction', 'text', (column) => column.notNull())
        .addColumn('status', 'text', (column) => column.notNull());
    }
    await table.addPrimaryKeyConstraint(`${name}_pk`, ['org_id', 'sandbox', 'id']).execute();
    await createIndex(db, name, ['org_id', 'sandbox', 'created_at', 'id']);
  }
  await createIndex(db, 'batch', ['org_id', 'sandbox', 'dataset_id', 'created_at']);
}

async function createJobTables(db: Kysely<unknown>): Promise<void> {
  for (const name of ['segment_job', 'export_job']) {
    let table = tenantTable(db, name)
      .addColumn('id', name === 'export_job' ? 'integer' : 'text', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('progress', 'real', (column) => column.notNull())
      .addColumn('created_at', 'integer', (column) => column.notNull())
      .addColumn('updated_at', 'integer', (column) => column.notNull())
      .addColumn('body', 'text', (column) => column.notNull());
    if (name === 'segment_job') {
      table = table.addColumn('schedule_id', 'text').addColumn('scheduled_for', 'integer');
    }
    await table.addPrimaryKeyConstraint(`${name}_pk`, ['org_id', 'sandbox', 'id']).execute();
    await createIndex(db, name, ['org_id', 'sandbox', 'created_at', 'id']);
    await createIndex(db, name, ['status', 'created_at']);
  }
  await db.schema
    .createIndex('segment_job_due_time')
    .on('segment_job')
    .columns(['org_id', 'sandbox', 'schedule_id', 'scheduled_for'])
    .unique()
    .where(sql.ref('schedule_id'), 'is not', null)
    .execute();
  await tenantTable(db, 'segment_of_job')
    .addColumn('job_id', 'text', (column) => column.notNull())
    .addColumn('segment_id', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('segment_of_job_pk', ['org_id', 'sandbox', 'segment_id', 'job_id'])
    .execute();
  await tenantTable(db, 'sequence')
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('value', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('sequence_pk', ['org_id', 'sandbox', 'name'])
    .execute();
}

async function createProfileTables(db: Kysely<unknown>): Promise<void> {
  await tenantTable(db, 'profile_field')
    .addColumn('seq', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('entity', 'text', (column) => column.notNull())
    .addColumn('path', 'text', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('origin', 'text', (column) => column.notNull())
    .addUniqueConstraint('profile_field_path', ['org_id', 'sandbox', 'entity', 'path'])
    .execute();
  await tenantTable(db, 'profile_fragment')
    .addColumn('seq', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('batch_id', 'text', (column) => column.notNull())
    .addColumn('entity', 'text', (column) => column.notNull())
    .addColumn('file', 'text')
    .addColumn('rejects_file', 'text')
    .addColumn('columns', 'text', (column) => column.notNull())
    .addColumn('created_at', 'integer', (column) => column.notNull())
    .addUniqueConstraint('profile_fragment_batch', ['org_id', 'sandbox', 'batch_id'])
    .execute();
  await tenantTable(db, 'profile_generation')
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('file', 'text', (column) => column.notNull())
    .addColumn('profiles', 'integer', (column) => column.notNull())
    .addColumn('events', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('profile_generation_pk', ['org_id', 'sandbox'])
    .execute();
  await tenantTable(db, 'membership_head')
    .addColumn('segment_id', 'text', (column) => column.notNull())
    .addColumn('file', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('membership_head_pk', ['org_id', 'sandbox', 'segment_id'])
    .execute();
}

/** The key of the only rule that there was before. */
const firstRule = '["none","timestampOrdered"]';

/** A generation for each merge rule; the dataset of each fragment. */
async function addMergeRules(db: Kysely<unknown>): Promise<void> {
  const old = db as Kysely<Record<string, Record<string, unknown>>>;
  await db.schema
    .alterTable('profile_fragment')
    .addColumn('dataset_id', 'text', (column) => column.notNull().defaultTo(''))
    .execute();
  await sql`
    UPDATE profile_fragment SET dataset_id = coalesce((
      SELECT batch.dataset_id FROM batch WHERE batch.id = profile_fragment.batch_id
        AND batch.org_id = profile_fragment.org_id AND batch.sandbox = profile_fragment.sandbox), '')`.execute(
    db,
  );
  await db.schema
    .alterTable('membership_head')
    .addColumn('merge_rule', 'text', (column) => column.notNull().defaultTo(firstRule))
    .execute();
  // The primary key changes, which SQLite does only by a new table.
  await db.schema.alterTable('profile_generation').renameTo('former_generation').execute();
  await tenantTable(db, 'profile_generation')
    .addColumn('merge_rule', 'text', (column) => column.notNull())
    .addColumn('data_version', 'integer', (column) => column.notNull())
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('file', 'text', (column) => column.notNull())
    .addColumn('profiles', 'integer', (column) => column.notNull())
    .addColumn('events', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('profile_generation_of_rule_pk', ['org_id', 'sandbox', 'merge_rule'])
    .execute();
  // Version 0: none of them has the tables of this release, so each is built anew when it is first needed.
  await old
    .insertInto('profile_generation')
    .columns([...generationColumns, 'merge_rule', 'data_version'])
    .expression(
      old
        .selectFrom('former_generation')
        .select(generationColumns)
        .select([sql.lit(firstRule).as('merge_rule'), sql.lit(0).as('data_version')]),
    )
    .execute();
  await db.schema.dropTable('former_generation').execute();
}

const generationColumns = ['org_id', 'sandbox', 'number', 'file', 'profiles', 'events', 'created_at'];

/** Files of memberships are laid out differently from here on (ADR 0010); the next job of each segment makes them anew. */
async function forgetMembershipRows(db: Kysely<unknown>): Promise<void> {
  await (db as Kysely<{ membership_head: object }>).deleteFrom('membership_head').execute();
}

async function addSettingsAndAudiences(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('setting')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .execute();
  await tenantTable(db, 'external_audience')
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('created_at', 'integer', (column) => column.notNull())
    .addColumn('updated_at', 'integer', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('external_audience_pk', ['org_id', 'sandbox', 'id'])
    .execute();
  await createIndex(db, 'external_audience', ['org_id', 'sandbox', 'created_at', 'id']);
}

/** Generations hold further tables from here on: version 0 has each of them built anew when it is first needed. */
async function rebuildGenerations(db: Kysely<unknown>): Promise<void> {
  await (db as Kysely<{ profile_generation: { data_version: number } }>)
    .updateTable('profile_generation')
    .set({ data_version: 0 })
    .execute();
}

/** A client's token names one job of a tenant and kind. */
async function addClientTokens(db: Kysely<unknown>): Promise<void> {
  for (const table of ['segment_job', 'export_job']) {
    await sql`
      CREATE UNIQUE INDEX ${sql.ref(`${table}_client_token`)}
      ON ${sql.table(table)} (org_id, sandbox, json_extract(body, '$.clientToken'))
      WHERE json_extract(body, '$.clientToken') IS NOT NULL`.execute(db);
  }
}

async function createIndex(db: Kysely<unknown>, table: string, columns: string[]): Promise<void> {
  await db.schema
    .createIndex(`${table}_by_${columns.slice(-2).join('_')}`)
    .on(table)
    .columns(columns)
    .execute();
}
