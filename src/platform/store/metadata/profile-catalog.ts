import { ResourceConflict } from '../../../errors/platform-error';
import type { Selectable } from 'kysely';
import type { FieldDefinition, XdmType } from '../../../xdm/union-schema';
import type { Batch, Tenant } from '../../records';
import { batchColumns } from './batches';
import type { Metadata } from './open-metadata';
import type { FragmentTable } from './tables';
import { ofTenant, tenantKey, type TenantKey } from './tenant-key';

/** What the metadata say of one tenant's profile data: the rows that make files valid. */
export interface ProfileCatalog {
  fields(): Promise<readonly KeptField[]>;
  addFields(fields: readonly KeptField[]): Promise<void>;
  fragments(): Promise<readonly Fragment[]>;
  fragmentOf(batchId: string): Promise<Fragment | undefined>;
  /** The current generation and memberships, as they stand together. */
  current(): Promise<CurrentData>;
  /** All that an ingest changes, at once. @throws ResourceConflict when the batch is not open any more. */
  commitIngest(commit: IngestCommit): Promise<void>;
}

export interface KeptField extends FieldDefinition {
  readonly origin: 'import' | 'operator';
}

export interface FragmentColumn {
  readonly column: string;
  readonly path: string;
  readonly type: XdmType;
}

/** The typed rows of one batch. */
export interface Fragment {
  /** The greater is the newer. */
  readonly seq: number;
  readonly batchId: string;
  readonly entity: 'profile' | 'event';
  readonly file: string | undefined;
  readonly rejectsFile: string | undefined;
  readonly columns: readonly FragmentColumn[];
}

export interface CurrentData {
  readonly generation: Generation | undefined;
  /** Segment id -> file. */
  readonly memberships: ReadonlyMap<string, string>;
}

export interface Generation {
  readonly number: number;
  readonly file: string;
  readonly profiles: number;
  readonly events: number;
}

export interface IngestCommit {
  readonly batch: Batch;
  readonly fragment: Omit<Fragment, 'seq'>;
  readonly fields: readonly KeptField[];
  /** Undefined when no row was good: all stays as it is. */
  readonly generation: Generation | undefined;
  /** The file that holds all memberships for that generation; undefined when there are none. */
  readonly membershipFile: string | undefined;
}

/** Batches that may still take rows in. */
const openStatuses: readonly string[] = ['loading', 'loaded', 'staging'];

/** What the metadata know of one tenant's profile data; `now` is in epoch milliseconds. */
export function createProfileCatalog(db: Metadata, tenant: Tenant, now: () => number): ProfileCatalog {
  const key = tenantKey(tenant);
  const fragments = (from: Metadata) => from.selectFrom('profile_fragment').where(ofTenant(key)).selectAll();
  return {
    fields: async () => {
      const rows = await db
        .selectFrom('profile_field')
        .where(ofTenant(key))
        .selectAll()
        .orderBy('seq')
        .execute();
      return rows.map((row) => ({
        entity: row.entity as 'profile' | 'event',
        path: row.path,
        type: JSON.parse(row.type) as XdmType,
        origin: row.origin as 'import' | 'operator',
      }));
    },
    addFields: (fields) => db.transaction().execute((transaction) => writeFields(transaction, key, fields)),
    fragments: async () => (await fragments(db).orderBy('seq').execute()).map(toFragment),
    fragmentOf: async (batchId) => {
      const row = await fragments(db).where('batch_id', '=', batchId).executeTakeFirst();
      return row === undefined ? undefined : toFragment(row);
    },
    current: () => db.transaction().execute((transaction) => readCurrent(transaction, key)),
    commitIngest: (commit) =>
      db.transaction().execute(async (transaction) => {
        await closeBatch(transaction, key, commit.batch);
        const { fragment, generation } = commit;
        await transaction
          .deleteFrom('profile_fragment')
          .where(ofTenant(key))
          .where('batch_id', '=', fragment.batchId)
          .execute();
        await transaction
          .insertInto('profile_fragment')
          .values({
            ...key,
            batch_id: fragment.batchId,
            entity: fragment.entity,
            file: fragment.file ?? null,
            rejects_file: fragment.rejectsFile ?? null,
            columns: JSON.stringify(fragment.columns),
            created_at: now(),
          })
          .execute();
        await writeFields(transaction, key, commit.fields);
        if (generation === undefined) return;
        const values = { ...generation, created_at: now() };
        await transaction
          .insertInto('profile_generation')
          .values({ ...key, ...values })
          .onConflict((conflict) => conflict.columns(['org_id', 'sandbox']).doUpdateSet(values))
          .execute();
        if (commit.membershipFile === undefined) return;
        await transaction
          .updateTable('membership_head')
          .set({ file: commit.membershipFile })
          .where(ofTenant(key))
          .execute();
      }),
  };
}

type FragmentRow = Selectable<FragmentTable>;

function toFragment(row: FragmentRow): Fragment {
  return {
    seq: row.seq,
    batchId: row.batch_id,
    entity: row.entity as 'profile' | 'event',
    file: row.file ?? undefined,
    rejectsFile: row.rejects_file ?? undefined,
    columns: JSON.parse(row.columns) as FragmentColumn[],
  };
}

async function readCurrent(db: Metadata, key: TenantKey): Promise<CurrentData> {
  const row = await db.selectFrom('profile_generation').where(ofTenant(key)).selectAll().executeTakeFirst();
  const heads = await db.selectFrom('membership_head').where(ofTenant(key)).selectAll().execute();
  return {
    generation:
      row === undefined
        ? undefined
        : { number: row.number, file: row.file, profiles: row.profiles, events: row.events },
    memberships: new Map(heads.map((head) => [head.segment_id, head.file])),
  };
}

async function writeFields(db: Metadata, key: TenantKey, fields: readonly KeptField[]): Promise<void> {
  for (const { entity, path, type, origin } of fields) {
    await db
      .insertInto('profile_field')
      .values({ ...key, entity, path, type: JSON.stringify(type), origin })
      .onConflict((conflict) =>
        conflict
          .columns(['org_id', 'sandbox', 'entity', 'path'])
          .doUpdateSet({ type: JSON.stringify(type), origin }),
      )
      .execute();
  }
}

async function closeBatch(db: Metadata, key: TenantKey, batch: Batch): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable('batch')
    .set({ ...batchColumns(batch), updated_at: batch.updatedAt, body: JSON.stringify(batch) })
    .where(ofTenant(key))
    .where('id', '=', batch.id)
    .where('status', 'in', openStatuses)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw new ResourceConflict(`The batch ${batch.id} is not open for rows.`);
}
