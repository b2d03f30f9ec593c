import { readdir, rm } from 'node:fs/promises';
import type { Batch, Tenant } from '../records';
import { nameOfPartUpload } from '../store/files/part-upload';
import type { PlatformStore } from '../store/platform-store';
import type { Surroundings } from './surroundings';

const chunk = 200;
const hourMs = 3_600_000;

/** How long a batch may wait for its next file, unless told otherwise. */
export const defaultUploadAgeMs = 24 * hourMs;

/**
 * Ends, as `abandoned`, every batch that waits for files since `ageMs` and longer: whoever opened it was killed, or has
 * forgotten it; and every batch whose upload the end of an earlier process broke off. What was uploaded is removed. To be
 * called at the start, before anything can be uploaded.
 */
export async function abandonUploads(
  store: PlatformStore,
  { ageMs, surroundings }: { readonly ageMs: number; readonly surroundings: Surroundings },
): Promise<void> {
  const now = surroundings.clock();
  for (const tenant of await store.tenants()) {
    for (const batch of await waiting(store, tenant)) {
      const folder = await (await store.profileData(tenant)).uploadFolder(batch.id);
      const description = await reasonToEnd(batch, { folder, ageMs, now });
      if (description === undefined) continue;
      await store.batches.replace(tenant, {
        ...batch,
        status: 'abandoned',
        revision: (batch.revision ?? 0) + 1,
        errors: [...batch.errors, { code: 'abandoned', description, rows: [] }],
        updatedAt: now,
        completedAt: now,
      });
      await rm(folder, { recursive: true, force: true });
      surroundings.log.warn({ batchId: batch.id }, 'a batch was abandoned');
    }
  }
}

interface Waiting {
  readonly folder: string;
  readonly ageMs: number;
  readonly now: number;
}

/** Undefined where the batch may go on waiting. */
async function reasonToEnd(
  { updatedAt }: Batch,
  { folder, ageMs, now }: Waiting,
): Promise<string | undefined> {
  const [broken] = (await readdir(folder)).flatMap((entry) => nameOfPartUpload(entry) ?? []);
  if (broken !== undefined)
    return `The upload of ${broken} was broken off when the platform stopped. Import it again, in a new batch.`;
  return updatedAt > now - ageMs
    ? undefined
    : `No file came for ${hoursOf(now - updatedAt)} hours. Open a new batch.`;
}

function hoursOf(ms: number): string {
  return String(Math.round(ms / hourMs));
}

/** All of them before the first is ended: that changes its place in the list. */
async function waiting(store: PlatformStore, tenant: Tenant): Promise<readonly Batch[]> {
  const found: Batch[] = [];
  for (let offset = 0; ; offset += chunk) {
    const { items } = await store.batches.list(
      tenant,
      { offset, limit: chunk },
      { field: 'updatedAt', direction: 'asc' },
    );
    found.push(...items.filter(({ status, direction }) => status === 'loading' && direction === 'input'));
    if (items.length < chunk) return found;
  }
}
