import { sql, type RawBuilder, type SqlBool } from 'kysely';
import type { Tenant } from '../../records';

/** The columns by which every row belongs to one tenant. */
export interface TenantKey {
  readonly org_id: string;
  readonly sandbox: string;
}

/** A tenant as the two columns that every table begins with. */
export function tenantKey({ orgId, sandbox }: Tenant): TenantKey {
  return { org_id: orgId, sandbox };
}

/** The condition that keeps tenants apart: `where(ofTenant(key))`, for any table. */
export function ofTenant(key: TenantKey): RawBuilder<SqlBool> {
  return sql<SqlBool>`(org_id = ${key.org_id} and sandbox = ${key.sandbox})`;
}
