import { rm } from 'node:fs/promises';
import type { Batch, Tenant } from '../records';
import type { PlatformStore } from '../store/platform-store';
import type { Surroundings } from './surroundings';

const chunk = 200;
const hourMs = 3_600_000;

/** How long a batch may wait for its next file, unless told otherwise. */
export const defaultUploadAgeMs = 24 * hourMs;

/**
 * Ends, as `abandoned`, every batch that waits for files since `ageMs` and longer: whoever opened it was killed, or has
 * forgotten it. What was uploaded is removed. To be called at the start, while nothing is being uploaded.
 */
export async function abandonUploads(
  store: PlatformStore,
  { ageMs, surroundings }: { readonly ageMs: number; readonly surroundings: Surroundings },
): Promise<void> {
  const now = surroundings.clock();
  for (const tenant of await store.tenants()) {
    for (const batch of await waitingSince(store, tenant, now - ageMs)) {
      const description = `No file came for ${hoursOf(now - batch.updatedAt)} hours. Open a new batch.`;
      await store.batches.replace(tenant, {
        ...batch,
        status: 'abandoned',
        revision: (batch.revision ?? 0) + 1,
        errors: [...batch.errors, { code: 'abandoned', description, rows: [] }],
        updatedAt: now,
        completedAt: now,
      });
      const folder = await (await store.profileData(tenant)).uploadFolder(batch.id);
      await rm(folder, { recursive: true, force: true });
      surroundings.log.warn({ batchId: batch.id }, 'a batch was abandoned');
    }
  }
}

function hoursOf(ms: number): string {
  return String(Math.round(ms / hourMs));
}

/** All of them before the first is ended: that changes its place in the list. */
async function waitingSince(store: PlatformStore, tenant: Tenant, latest: number): Promise<readonly Batch[]> {
  const waiting: Batch[] = [];
  for (let offset = 0; ; offset += chunk) {
    const { items } = await store.batches.list(
      tenant,
      { offset, limit: chunk },
      { field: 'updatedAt', direction: 'asc' },
    );
    waiting.push(
      ...items.filter(
        ({ status, direction, updatedAt }) =>
          status === 'loading' && direction === 'input' && updatedAt <= latest,
      ),
    );
    if (items.length < chunk || (items.at(-1)?.updatedAt ?? 0) > latest) return waiting;
  }
}
