import type { Tenant } from '../../records';
import type { NamedFiles } from '../files/tenant-files';
import type { Metadata } from './open-metadata';
import { ofTenant, tenantKey } from './tenant-key';

/** The files and folders of a tenant that some row names; all others are left over. */
export async function readNamedFiles(db: Metadata, tenant: Tenant): Promise<NamedFiles> {
  const key = tenantKey(tenant);
  const generations = await db.selectFrom('profile_generation').where(ofTenant(key)).select('file').execute();
  const memberships = await db.selectFrom('membership_head').where(ofTenant(key)).select('file').execute();
  const fragments = await db
    .selectFrom('profile_fragment')
    .where(ofTenant(key))
    .select(['file', 'rejects_file'])
    .execute();
  const batches = await db
    .selectFrom('batch')
    .where(ofTenant(key))
    .where('status', 'not in', ['deleted', 'failed', 'aborted', 'abandoned'])
    .select(['id', 'direction', 'status'])
    .execute();
  const named = (files: readonly (string | null)[]): ReadonlySet<string> =>
    new Set(files.filter((file) => file !== null));
  return {
    // A fragment of several files is a folder, named with a pattern behind it.
    fragments: named(fragments.flatMap((row) => [row.file?.split('/')[0] ?? null, row.rejects_file])),
    generations: named(generations.map(({ file }) => file)),
    memberships: named(memberships.map(({ file }) => file)),
    exports: named(batches.filter(isReadable).map(({ id }) => id)),
    uploads: named(batches.filter(isOpen).map(({ id }) => id)),
  };
}

interface BatchKey {
  readonly direction: string;
  readonly status: string;
}

function isReadable({ direction, status }: BatchKey): boolean {
  return direction === 'output' && status === 'success';
}

function isOpen({ direction, status }: BatchKey): boolean {
  return direction === 'input' && status !== 'success';
}
