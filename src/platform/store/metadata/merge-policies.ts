import type { MergePolicy } from '../../records';
import type { MergePolicyRepository } from '../api/merge-policies';
import type { TenantRegistry } from '../tenants';
import { createDocumentRepository } from './document-repository';
import type { Metadata } from './open-metadata';
import { ofTenant, tenantKey, type TenantKey } from './tenant-key';

/** Merge policies; what holds among all of them, as that one is the default, is kept by changing them together. */
export function createMergePolicyRepository(db: Metadata, tenants: TenantRegistry): MergePolicyRepository {
  const documents = createDocumentRepository<MergePolicy>({ db, tenants, table: 'merge_policy' });
  return {
    ...documents,
    change: async (tenant, edit) => {
      await tenants.ensure(tenant);
      const key = tenantKey(tenant);
      await db.transaction().execute(async (transaction) => {
        const rows = await transaction
          .selectFrom('merge_policy')
          .where(ofTenant(key))
          .orderBy('created_at')
          .orderBy('id')
          .select('body')
          .execute();
        const before = rows.map(({ body }) => JSON.parse(body) as MergePolicy);
        await write(transaction, key, { before, after: edit(before) });
      });
    },
  };
}

interface Change {
  readonly before: readonly MergePolicy[];
  readonly after: readonly MergePolicy[];
}

async function write(db: Metadata, key: TenantKey, { before, after }: Change): Promise<void> {
  for (const { id } of before.filter((policy) => !after.some((other) => other.id === policy.id))) {
    await db.deleteFrom('merge_policy').where(ofTenant(key)).where('id', '=', id).execute();
  }
  for (const policy of after.filter((each) => !before.includes(each))) {
    const { id, name, updatedAt } = policy;
    const values = { name, updated_at: updatedAt, body: JSON.stringify(policy) };
    await db
      .insertInto('merge_policy')
      .values({ ...key, id, created_at: updatedAt, ...values })
      .onConflict((conflict) => conflict.columns(['org_id', 'sandbox', 'id']).doUpdateSet(values))
      .execute();
  }
}
