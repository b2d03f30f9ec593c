import type { Kysely } from 'kysely';
import type { Tenant } from '../../records';
import type { Metadata } from './open-metadata';

type AnyTable = Readonly<Record<string, { readonly org_id: string; readonly sandbox: string }>>;

/**
 * Removes every row of a tenant but the one that says that there is such a tenant, at once or not at all. Every table with
 * the columns of a tenant is meant, so that one that is added later cannot be forgotten.
 * @param begin writes what every tenant starts with.
 * @returns how many rows went, by the table's name; empty ones are left out.
 */
export async function emptyTenant(
  db: Metadata,
  { orgId, sandbox }: Tenant,
  begin: (transaction: Metadata) => Promise<void>,
): Promise<Readonly<Record<string, number>>> {
  const tables = (await db.introspection.getTables())
    .filter(({ name, columns }) => name !== 'tenant' && columns.some((column) => column.name === 'org_id'))
    .map(({ name }) => name);
  return db.transaction().execute(async (transaction) => {
    const removed: Record<string, number> = {};
    for (const name of tables) {
      const { numDeletedRows } = await (transaction as unknown as Kysely<AnyTable>)
        .deleteFrom(name)
        .where('org_id', '=', orgId)
        .where('sandbox', '=', sandbox)
        .executeTakeFirst();
      if (numDeletedRows > 0n) removed[name] = Number(numDeletedRows);
    }
    await begin(transaction);
    return removed;
  });
}
