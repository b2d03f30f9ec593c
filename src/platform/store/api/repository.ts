import type { Tenant } from '../../records';

export interface Page {
  readonly offset: number;
  readonly limit: number;
}

export interface Sort {
  /** A property of the record: createdAt, updatedAt, name or id. Others are refused by the caller before. */
  readonly field: 'createdAt' | 'updatedAt' | 'name' | 'id';
  readonly direction: 'asc' | 'desc';
}

/** One key, or several of which the later ones decide between what is equal by the earlier. */
export type SortOrder = Sort | readonly Sort[];

export interface Listed<T> {
  readonly items: readonly T[];
  readonly totalCount: number;
}

/** Newest first unless sorted otherwise; ties by id. */
export interface Repository<T, Id> {
  list(tenant: Tenant, page: Page, sort?: SortOrder): Promise<Listed<T>>;
  get(tenant: Tenant, id: Id): Promise<T | undefined>;
  /** Found ones only, in any order. */
  getMany(tenant: Tenant, ids: readonly Id[]): Promise<readonly T[]>;
  insert(tenant: Tenant, record: T): Promise<void>;
  /** Overwrites the record with this id; false where there is none. */
  replace(tenant: Tenant, record: T): Promise<boolean>;
  delete(tenant: Tenant, id: Id): Promise<boolean>;
}

export interface ChangeableRepository<T, Id> extends Repository<T, Id> {
  /**
   * Writes what `edit` makes of the record; nothing else is written in between, and nothing at all where it throws.
   * @returns the new record; undefined where there is none with this id.
   */
  change(tenant: Tenant, id: Id, edit: (record: T) => T): Promise<T | undefined>;
}
