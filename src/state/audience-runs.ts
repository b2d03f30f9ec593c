import type { Insertable, Selectable, Transaction } from 'kysely';
import type { AudienceRunRecord, ProductKind, Tenant } from './audience-run';
import type { StateDatabase } from './open-database';
import type { AudienceRunTable, StateTables } from './tables';

/** A place in the list of runs, newest first. */
export interface RunPosition {
  readonly createdAtMs: number;
  readonly id: string;
}

export interface AudienceRunRepository {
  /**
   * `key-taken`: another run of the tenant has this idempotency key; nothing was written.
   *
   * @param driver the replica that drives it from the start; unless given, nobody is said to.
   */
  insert(run: AudienceRunRecord, driver?: string): Promise<'inserted' | 'key-taken'>;
  find(tenant: Tenant, id: string): Promise<AudienceRunRecord | null>;
  findByKey(tenant: Tenant, idempotencyKey: string): Promise<AudienceRunRecord | null>;
  /** Newest first, behind a position. */
  list(
    tenant: Tenant,
    request: { readonly limit: number; readonly after?: RunPosition },
  ): Promise<readonly AudienceRunRecord[]>;
  count(tenant: Tenant): Promise<number>;
  /**
   * Writes a run over the version before it, and with it that something upstream belongs to it.
   *
   * `stale`: somebody else has changed the run; `taken`: another run has that thing. Nothing was written then.
   */
  save(run: AudienceRunRecord, product?: OwnedProduct): Promise<'saved' | 'stale' | 'taken'>;
  /** Of these upstream ids those that belong to a run already. */
  taken(tenant: Tenant, kind: ProductKind, ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** All that have not ended, of all tenants, oldest first. */
  unfinished(): Promise<readonly AudienceRunRecord[]>;
}

export interface OwnedProduct {
  readonly kind: ProductKind;
  readonly id: string;
}

/** The runs in the gateway's state. */
export function createAudienceRunRepository(db: StateDatabase): AudienceRunRepository {
  const ofTenant = ({ orgId, sandbox }: Tenant) =>
    db.selectFrom('audience_run').selectAll().where('org_id', '=', orgId).where('sandbox', '=', sandbox);
  return {
    insert: async (run, driver) => {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('audience_run')
        .values({ ...toRow(run), ...(driver !== undefined && { driver }) })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      return numInsertedOrUpdatedRows === 1n ? 'inserted' : 'key-taken';
    },
    find: async (tenant, id) => orNull(await ofTenant(tenant).where('id', '=', id).executeTakeFirst()),
    findByKey: async (tenant, key) =>
      orNull(await ofTenant(tenant).where('idempotency_key', '=', key).executeTakeFirst()),
    list: async (tenant, { limit, after }) => {
      const newestFirst = ofTenant(tenant).orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit);
      const rows = await (
        after === undefined
          ? newestFirst
          : newestFirst.where((is) =>
              is.or([
                is('created_at', '<', after.createdAtMs),
                is.and([is('created_at', '=', after.createdAtMs), is('id', '<', after.id)]),
              ]),
            )
      ).execute();
      return rows.map(toRecord);
    },
    count: async ({ orgId, sandbox }) => {
      const { runs } = await db
        .selectFrom('audience_run')
        .select(({ fn }) => fn.countAll<number>().as('runs'))
        .where('org_id', '=', orgId)
        .where('sandbox', '=', sandbox)
        .executeTakeFirstOrThrow();
      return Number(runs);
    },
    save: (run, product) =>
      db
        .transaction()
        .execute((work) => save(work, run, product))
        .catch((error: unknown) => {
          if (error instanceof Unsaved) return error.reason;
          throw error;
        }),
    taken: async ({ orgId, sandbox }, kind, ids) => {
      if (ids.length === 0) return new Set();
      const rows = await db
        .selectFrom('audience_run_product')
        .select('upstream_id')
        .where('org_id', '=', orgId)
        .where('sandbox', '=', sandbox)
        .where('kind', '=', kind)
        .where('upstream_id', 'in', [...ids])
        .execute();
      return new Set(rows.map(({ upstream_id: id }) => id));
    },
    unfinished: async () => {
      const rows = await db
        .selectFrom('audience_run')
        .selectAll()
        .where('status', 'in', ['RUNNING', 'CANCELLING'])
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map(toRecord);
    },
  };
}

async function save(
  work: Transaction<StateTables>,
  run: AudienceRunRecord,
  product: OwnedProduct | undefined,
): Promise<'saved'> {
  const { id, version, ...changed } = toRow(run);
  if (product !== undefined) {
    const { numInsertedOrUpdatedRows } = await work
      .insertInto('audience_run_product')
      .values({
        org_id: run.orgId,
        sandbox: run.sandbox,
        kind: product.kind,
        upstream_id: product.id,
        run_id: id,
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    // A write whose answer was lost is done once more: then it is this run that has it.
    if (numInsertedOrUpdatedRows !== 1n && !(await isOwned(work, run, product))) throw new Unsaved('taken');
  }
  const { numUpdatedRows } = await work
    .updateTable('audience_run')
    .set({ ...changed, version })
    .where('id', '=', id)
    .where('version', '=', version - 1)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw new Unsaved('stale');
  return 'saved';
}

async function isOwned(
  work: Transaction<StateTables>,
  { id, orgId, sandbox }: AudienceRunRecord,
  product: OwnedProduct,
): Promise<boolean> {
  const owner = await work
    .selectFrom('audience_run_product')
    .select('run_id')
    .where('org_id', '=', orgId)
    .where('sandbox', '=', sandbox)
    .where('kind', '=', product.kind)
    .where('upstream_id', '=', product.id)
    .executeTakeFirst();
  return owner?.run_id === id;
}

/** Thrown so that the transaction leaves nothing behind. */
class Unsaved extends Error {
  constructor(readonly reason: 'stale' | 'taken') {
    super(reason);
  }
}

type Columns =
  'id' | 'orgId' | 'sandbox' | 'idempotencyKey' | 'status' | 'version' | 'createdAt' | 'updatedAt';

function toRow(run: AudienceRunRecord): Omit<Insertable<AudienceRunTable>, 'driver' | 'beat' | 'wait'> {
  const { id, orgId, sandbox, idempotencyKey, status, version, createdAt, updatedAt, ...rest } = run;
  const body: Omit<AudienceRunRecord, Columns> = rest;
  return {
    id,
    org_id: orgId,
    sandbox,
    idempotency_key: idempotencyKey,
    status,
    version,
    created_at: createdAt.getTime(),
    updated_at: updatedAt.getTime(),
    body: JSON.stringify(body),
  };
}

/** A row as the run that it is. */
export function toRecord(row: Selectable<AudienceRunTable>): AudienceRunRecord {
  return {
    ...(JSON.parse(row.body) as Omit<AudienceRunRecord, Columns>),
    id: row.id,
    orgId: row.org_id,
    sandbox: row.sandbox,
    idempotencyKey: row.idempotency_key,
    status: row.status as AudienceRunRecord['status'],
    version: Number(row.version),
    createdAt: new Date(Number(row.created_at)),
    updatedAt: new Date(Number(row.updated_at)),
  };
}

function orNull(row: Selectable<AudienceRunTable> | undefined): AudienceRunRecord | null {
  return row === undefined ? null : toRecord(row);
}
