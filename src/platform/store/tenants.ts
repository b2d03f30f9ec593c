import type { MergePolicy, Tenant } from '../records';
import type { Metadata } from './metadata/open-metadata';

export interface TenantRegistry {
  /** Writes the tenant down on its first use, with what every tenant starts with. Cheap afterwards. */
  ensure(tenant: Tenant): Promise<void>;
  all(): Promise<readonly Tenant[]>;
  /** Writes what every tenant starts with, for one that has nothing any more. */
  begin(db: Metadata, tenant: Tenant): Promise<void>;
}

interface TenantRegistryOptions {
  readonly db: Metadata;
  readonly now: () => number;
  readonly newId: () => string;
}

/** Knows which tenants there are. */
export function createTenantRegistry({ db, now, newId }: TenantRegistryOptions): TenantRegistry {
  const known = new Map<string, Promise<void>>();
  const register = async (tenant: Tenant): Promise<void> => {
    const key = { org_id: tenant.orgId, sandbox: tenant.sandbox };
    await db.transaction().execute(async (transaction) => {
      const inserted = await transaction
        .insertInto('tenant')
        .values({ ...key, created_at: now() })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (inserted.numInsertedOrUpdatedRows !== 1n) return;
      await begin(transaction, tenant);
    });
  };
  const begin = async (transaction: Metadata, tenant: Tenant): Promise<void> => {
    const policy = defaultMergePolicy(newId(), now());
    await transaction
      .insertInto('merge_policy')
      .values({
        org_id: tenant.orgId,
        sandbox: tenant.sandbox,
        id: policy.id,
        name: policy.name,
        created_at: policy.updatedAt,
        updated_at: policy.updatedAt,
        body: JSON.stringify(policy),
      })
      .execute();
  };

  return {
    begin,
    ensure: (tenant) => {
      const key = JSON.stringify([tenant.orgId, tenant.sandbox]);
      const running = known.get(key) ?? register(tenant);
      known.set(key, running);
      // A failed first attempt must not stand for ever.
      running.catch(() => known.delete(key));
      return running;
    },
    all: async () => {
      const rows = await db
        .selectFrom('tenant')
        .select(['org_id', 'sandbox'])
        .orderBy('created_at')
        .execute();
      return rows.map((row) => ({ orgId: row.org_id, sandbox: row.sandbox }));
    },
  };
}

/** Records of one primary identity join, the newest wins leaf by leaf, and nothing else is stitched. */
function defaultMergePolicy(id: string, at: number): MergePolicy {
  return {
    id,
    name: 'default',
    schemaName: '_xdm.context.profile',
    identityGraph: 'none',
    attributeMerge: { type: 'timestampOrdered' },
    isActiveOnEdge: false,
    isDefault: true,
    version: 1,
    updatedAt: at,
  };
}
