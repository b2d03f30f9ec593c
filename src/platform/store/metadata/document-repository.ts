import { sql, type Kysely } from 'kysely';
import type { Tenant } from '../../records';
import type { ChangeableRepository, Listed, Page, Sort, SortOrder } from '../api/repository';
import type { TenantRegistry } from '../tenants';
import type { Metadata } from './open-metadata';
import type { DocumentTable } from './tables';

/** The nouns that are one table of documents; their key columns are alike, so one implementation serves them. */
export type DocumentTableName =
  | 'segment_definition'
  | 'external_audience'
  | 'schedule'
  | 'audience_template'
  | 'merge_policy'
  | 'dataset'
  | 'batch';

type DocumentTables = Readonly<Record<string, DocumentTable>>;

interface Document {
  readonly id: string;
  readonly name?: string;
  readonly createdAt?: number;
  readonly updatedAt: number;
}

export interface DocumentRepositoryOptions<T> {
  readonly db: Metadata;
  readonly tenants: TenantRegistry;
  readonly table: DocumentTableName;
  /** Further key columns of this noun. */
  readonly columns?: (record: T) => Readonly<Record<string, string | number>>;
}

/** A repository that can also list by equal values of its further key columns. */
export interface DocumentRepository<T> extends ChangeableRepository<T, string> {
  listBy(request: ListRequest): Promise<Listed<T>>;
}

interface ListRequest {
  readonly tenant: Tenant;
  readonly where: Readonly<Record<string, string | number>>;
  readonly page: Page;
  readonly sort?: SortOrder | undefined;
}

/** Makes the repository of one noun. Every statement names the tenant. */
export function createDocumentRepository<T extends Document>(
  options: DocumentRepositoryOptions<T>,
): DocumentRepository<T> {
  const { table, tenants } = options;
  // The tables of documents share the columns that are used here; Kysely would want each named by itself.
  const db = options.db as unknown as Kysely<DocumentTables>;
  const keysOf = (record: T): Omit<DocumentTable, 'org_id' | 'sandbox' | 'created_at'> => ({
    id: record.id,
    name: record.name ?? '',
    updated_at: record.updatedAt,
    body: JSON.stringify(record),
    ...options.columns?.(record),
  });
  const ofTenant = (tenant: Tenant) =>
    db.selectFrom(table).where('org_id', '=', tenant.orgId).where('sandbox', '=', tenant.sandbox);
  // A read makes no tenant, or each name that anybody asks with would stay for ever. Only the merge policy that every
  // tenant starts with is written at its first read, because its id must stay the same from then on.
  const ensureForRead = async (tenant: Tenant): Promise<void> => {
    if (table === 'merge_policy') await tenants.ensure(tenant);
  };
  const read = (row: { readonly body: string }): T => JSON.parse(row.body) as T;
  const listBy = async ({ tenant, where, page, sort }: ListRequest): Promise<Listed<T>> => {
    await ensureForRead(tenant);
    let query = ofTenant(tenant);
    for (const [column, value] of Object.entries(where)) query = query.where(sql.ref(column), '=', value);
    const { total } = await query
      .select((count) => count.fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow();
    const items = await query
      .select('body')
      .orderBy(orderSql(sortKeys(sort)))
      .limit(page.limit)
      .offset(page.offset)
      .execute();
    return { items: items.map(read), totalCount: Number(total) };
  };

  return {
    listBy,
    list: (tenant, page, sort) => listBy({ tenant, where: {}, page, sort }),
    get: async (tenant, id) => {
      await ensureForRead(tenant);
      const row = await ofTenant(tenant).where('id', '=', id).select('body').executeTakeFirst();
      return row === undefined ? undefined : read(row);
    },
    getMany: async (tenant, ids) => {
      await ensureForRead(tenant);
      if (ids.length === 0) return [];
      const rows = await ofTenant(tenant).where('id', 'in', asList(ids)).select('body').execute();
      return rows.map(read);
    },
    insert: async (tenant, record) => {
      await tenants.ensure(tenant);
      const key = {
        org_id: tenant.orgId,
        sandbox: tenant.sandbox,
        created_at: record.createdAt ?? record.updatedAt,
      };
      await db
        .insertInto(table)
        .values({ ...key, ...keysOf(record) })
        .execute();
    },
    replace: async (tenant, record) => {
      const { numUpdatedRows } = await db
        .updateTable(table)
        .set(keysOf(record))
        .where('org_id', '=', tenant.orgId)
        .where('sandbox', '=', tenant.sandbox)
        .where('id', '=', record.id)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    change: (tenant, id, edit) =>
      db.transaction().execute(async (transaction) => {
        const row = await transaction
          .selectFrom(table)
          .where('org_id', '=', tenant.orgId)
          .where('sandbox', '=', tenant.sandbox)
          .where('id', '=', id)
          .select('body')
          .executeTakeFirst();
        if (row === undefined) return undefined;
        const changed = edit(read(row));
        await transaction
          .updateTable(table)
          .set(keysOf(changed))
          .where('org_id', '=', tenant.orgId)
          .where('sandbox', '=', tenant.sandbox)
          .where('id', '=', id)
          .execute();
        return changed;
      }),
    delete: async (tenant, id) => {
      const { numDeletedRows } = await db
        .deleteFrom(table)
        .where('org_id', '=', tenant.orgId)
        .where('sandbox', '=', tenant.sandbox)
        .where('id', '=', id)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
  };
}

/** The ids as one bound parameter: a list of 1,500 must not meet the limit on the number of parameters. */
export function asList(ids: readonly (string | number)[]): ReturnType<typeof sql<string>> {
  return sql<string>`(select value from json_each(${JSON.stringify(ids)}))`;
}

const sortColumns = { createdAt: 'created_at', updatedAt: 'updated_at', name: 'name', id: 'id' } as const;

/** The keys of an order, newest first where none is given; the id makes it a whole one, in the direction of the first key. */
export function sortKeys(order: SortOrder | undefined): readonly Sort[] {
  const keys: readonly Sort[] =
    order === undefined ? [{ field: 'createdAt', direction: 'desc' }] : 'field' in order ? [order] : order;
  const direction = keys[0]?.direction ?? 'desc';
  return keys.some(({ field }) => field === 'id') ? keys : [...keys, { field: 'id', direction }];
}

/** What stands after ORDER BY. */
export function orderSql(keys: readonly Sort[]): ReturnType<typeof sql> {
  const parts = keys.map(
    ({ field, direction }) =>
      sql`${sql.ref(sortColumns[field])} ${sql.raw(direction === 'asc' ? 'asc' : 'desc')}`,
  );
  return sql.join(parts);
}
