import { ResourceConflict } from '../../../errors/platform-error';
import type { Selectable } from 'kysely';
import type { FieldDefinition, XdmType } from '../../../xdm/union-schema';
import type { Batch, MergeRule, Tenant } from '../../records';
import { batchColumns } from './batches';
import { asList } from './document-repository';
import type { Metadata } from './open-metadata';
import type { FieldTable, FragmentTable, GenerationTable } from './tables';
import { findStrays, policyRules, type Stray, type StrayFilter } from './stray-memberships';
import { ofTenant, tenantKey, type TenantKey } from './tenant-key';

/** What the metadata say of one tenant's profile data: the rows that make files valid. */
export interface ProfileCatalog {
  fields(): Promise<readonly KeptField[]>;
  addFields(fields: readonly KeptField[]): Promise<void>;
  fragments(): Promise<readonly Fragment[]>;
  /** The datasets whose records were taken in, in the order of their ids. */
  recordDatasets(): Promise<readonly string[]>;
  fragmentOf(batchId: string): Promise<Fragment | undefined>;
  /** Adds a file of what is to be left out of all that is older; it counts as the newest fragment. */
  addDeletion(file: string): Promise<void>;
  /** The rule of the default merge policy, as it stands now. */
  defaultRule(): Promise<MergeRule>;
  /** `seq` of the newest fragment that has rows; 0 where there is none. */
  dataVersion(): Promise<number>;
  /** The same beside that of the current generation of a merge rule; undefined where there is none. */
  versions(ruleKey: string): Promise<{ readonly newest: number; readonly built: number | undefined }>;
  /** The current generation of a merge rule and the memberships that go with it, as they stand together. */
  current(ruleKey: string): Promise<CurrentData>;
  /** Memberships that stand with the people of another rule. */
  strays(filter: StrayFilter): Promise<readonly Stray[]>;
  /** All that an ingest changes, at once. @throws ResourceConflict when the batch is not open any more. */
  commitIngest(commit: IngestCommit): Promise<void>;
  /** Makes a generation, and memberships that were carried over to it, current at once. */
  commitGeneration(commit: GenerationCommit): Promise<void>;
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
  readonly datasetId: string;
  /** A `deletion` names rows of older fragments by `key` or `event_id`. */
  readonly entity: 'profile' | 'event' | 'deletion';
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
  /** `seq` of the newest fragment in it. */
  readonly dataVersion: number;
  readonly profiles: number;
  readonly events: number;
}

export interface IngestCommit {
  readonly batch: Batch;
  readonly fragment: Omit<Fragment, 'seq' | 'datasetId'>;
  readonly fields: readonly KeptField[];
  /** Undefined when no row was good: all stays as it is. Its data version is that of the fragment. */
  readonly generation: NewGeneration | undefined;
}

/** A generation that becomes current, with the memberships that were carried over to it. */
export interface NewGeneration {
  readonly ruleKey: string;
  readonly generation: Omit<Generation, 'dataVersion'>;
  /** Segment id -> file. */
  readonly memberships: ReadonlyMap<string, string>;
}

export interface GenerationCommit {
  readonly ruleKey: string;
  /** Undefined where it stays as it is. */
  readonly generation: Generation | undefined;
  /** Segment id -> file. */
  readonly memberships: ReadonlyMap<string, string>;
}

/** Batches that may still take rows in. */
const openStatuses: readonly string[] = ['loading', 'loaded', 'staging'];

/** What the metadata know of one tenant's profile data; `now` is in epoch milliseconds. */
export function createProfileCatalog(db: Metadata, tenant: Tenant, now: () => number): ProfileCatalog {
  const key = tenantKey(tenant);
  const known = createKnownFields();
  const fragments = (from: Metadata) => from.selectFrom('profile_fragment').where(ofTenant(key)).selectAll();
  return {
    fields: async () => {
      const rows = await db
        .selectFrom('profile_field')
        .where(ofTenant(key))
        .selectAll()
        .orderBy('seq')
        .execute();
      return known(rows);
    },
    addFields: (fields) => db.transaction().execute((transaction) => writeFields(transaction, key, fields)),
    fragments: async () => (await fragments(db).orderBy('seq').execute()).map(toFragment),
    recordDatasets: async () => {
      const rows = await db
        .selectFrom('profile_fragment')
        .where(ofTenant(key))
        .where('entity', '=', 'profile')
        .select('dataset_id')
        .distinct()
        .orderBy('dataset_id')
        .execute();
      return rows.map((row) => row.dataset_id);
    },
    fragmentOf: async (batchId) => {
      const row = await fragments(db).where('batch_id', '=', batchId).executeTakeFirst();
      return row === undefined ? undefined : toFragment(row);
    },
    addDeletion: async (file) => {
      await db
        .insertInto('profile_fragment')
        .values({
          ...key,
          batch_id: file,
          entity: 'deletion',
          file,
          rejects_file: null,
          columns: '[]',
          created_at: now(),
        })
        .execute();
    },
    defaultRule: async () => (await policyRules(db, key)).standard,
    dataVersion: () => newestVersion(db, key),
    versions: (ruleKey) => readVersions(db, key, ruleKey),
    current: (ruleKey) => readCurrent(db, key, ruleKey),
    strays: (filter) => findStrays(db, key, filter),
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
            dataset_id: commit.batch.datasetId,
            entity: fragment.entity,
            file: fragment.file ?? null,
            rejects_file: fragment.rejectsFile ?? null,
            columns: JSON.stringify(fragment.columns),
            created_at: now(),
          })
          .execute();
        await writeFields(transaction, key, commit.fields);
        if (generation === undefined) return;
        const dataVersion = await newestVersion(transaction, key);
        await writeGeneration(transaction, key, {
          ...generation,
          generation: { ...generation.generation, dataVersion },
          now: now(),
        });
      }),
    commitGeneration: (commit) =>
      db.transaction().execute((transaction) => writeGeneration(transaction, key, { ...commit, now: now() })),
  };
}

type FieldRow = Pick<Selectable<FieldTable>, 'entity' | 'path' | 'type' | 'origin'>;

/** Turns rows into fields; as long as they say the same, into the same list, so that what follows of it is found out once. */
function createKnownFields(): (rows: readonly FieldRow[]) => readonly KeptField[] {
  let said = '';
  let fields: readonly KeptField[] = [];
  return (rows) => {
    const saying = JSON.stringify(rows.map(({ entity, path, type, origin }) => [entity, path, type, origin]));
    if (saying === said) return fields;
    fields = rows.map((row) => ({
      entity: row.entity as 'profile' | 'event',
      path: row.path,
      type: JSON.parse(row.type) as XdmType,
      origin: row.origin as 'import' | 'operator',
    }));
    said = saying;
    return fields;
  };
}

type FragmentRow = Selectable<FragmentTable>;

function toFragment(row: FragmentRow): Fragment {
  return {
    seq: row.seq,
    batchId: row.batch_id,
    datasetId: row.dataset_id,
    entity: row.entity as Fragment['entity'],
    file: row.file ?? undefined,
    rejectsFile: row.rejects_file ?? undefined,
    columns: JSON.parse(row.columns) as FragmentColumn[],
  };
}

async function newestVersion(db: Metadata, key: TenantKey): Promise<number> {
  const row = await newestFragment(db, key).executeTakeFirst();
  return Number(row?.newest ?? 0);
}

const newestFragment = (db: Metadata, key: TenantKey) =>
  db
    .selectFrom('profile_fragment')
    .where(ofTenant(key))
    .where('file', 'is not', null)
    .select(({ fn }) => fn.max('seq').as('newest'));

async function readVersions(
  db: Metadata,
  key: TenantKey,
  ruleKey: string,
): Promise<{ readonly newest: number; readonly built: number | undefined }> {
  const built = db
    .selectFrom('profile_generation')
    .where(ofTenant(key))
    .where('merge_rule', '=', ruleKey)
    .select('data_version');
  const row = await db
    .selectNoFrom([newestFragment(db, key).as('newest'), built.as('built')])
    .executeTakeFirst();
  return { newest: Number(row?.newest ?? 0), built: row?.built ?? undefined };
}

/** In one statement: it sees both tables at one moment, and every lookup asks it. */
async function readCurrent(db: Metadata, key: TenantKey, ruleKey: string): Promise<CurrentData> {
  const rows = await db
    .selectFrom('profile_generation')
    .where(ofTenant(key))
    .where('merge_rule', '=', ruleKey)
    .select((row) => [
      'number',
      'file',
      'profiles',
      'events',
      'data_version',
      row.lit(null).$castTo<string | null>().as('segment_id'),
    ])
    .unionAll(
      db
        .selectFrom('membership_head')
        .where(ofTenant(key))
        .where('merge_rule', '=', ruleKey)
        .select((row) => [
          row.lit(0).$castTo<number>().as('number'),
          'file',
          row.lit(0).$castTo<number>().as('profiles'),
          row.lit(0).$castTo<number>().as('events'),
          row.lit(0).$castTo<number>().as('data_version'),
          'segment_id',
        ]),
    )
    .execute();
  const generation = rows.find((row) => row.segment_id === null);
  return {
    generation: generation === undefined ? undefined : toGeneration(generation),
    memberships: new Map(
      rows.flatMap(({ segment_id: id, file }) => (id === null ? [] : [[id, file] as const])),
    ),
  };
}

type GenerationRow = Omit<Selectable<GenerationTable>, keyof TenantKey | 'merge_rule' | 'created_at'>;

function toGeneration({ data_version: dataVersion, ...row }: GenerationRow): Generation {
  const { number, file, profiles, events } = row;
  return { number, file, profiles, events, dataVersion };
}

/**
 * Makes a generation current, if there is one, and memberships stand with it; a segment that was deleted meanwhile stays
 * so. A generation of another rule that is stale now and that no membership stands with is forgotten.
 */
async function writeGeneration(
  db: Metadata,
  key: TenantKey,
  { ruleKey, generation, memberships, now }: GenerationCommit & { readonly now: number },
): Promise<void> {
  if (generation !== undefined) {
    const { number, file, profiles, events } = generation;
    const values = { number, file, profiles, events, data_version: generation.dataVersion, created_at: now };
    await db
      .insertInto('profile_generation')
      .values({ ...key, merge_rule: ruleKey, ...values })
      .onConflict((conflict) => conflict.columns(['org_id', 'sandbox', 'merge_rule']).doUpdateSet(values))
      .execute();
  }
  for (const file of new Set(memberships.values())) {
    const segmentIds = [...memberships].filter(([, other]) => other === file).map(([id]) => id);
    await db
      .updateTable('membership_head')
      .set({ file, merge_rule: ruleKey })
      .where(ofTenant(key))
      .where('segment_id', 'in', asList(segmentIds))
      .execute();
  }
  await db
    .deleteFrom('profile_generation')
    .where(ofTenant(key))
    .where('data_version', '<', await newestVersion(db, key))
    .where('merge_rule', 'not in', (rules) =>
      rules.selectFrom('membership_head').where(ofTenant(key)).select('merge_rule'),
    )
    .execute();
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
