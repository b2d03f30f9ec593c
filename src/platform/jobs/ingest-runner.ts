import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SegmentationError } from '../../errors/segmentation-error';
import type { Batch, BatchStatus, Tenant } from '../records';
import type { PlatformStore } from '../store/platform-store';
import type { Surroundings } from './surroundings';

export interface IngestRunnerOptions {
  readonly store: PlatformStore;
  readonly surroundings: Surroundings;
}

export interface Ingest {
  readonly tenant: Tenant;
  readonly batch: Batch;
  readonly entity: 'profile' | 'event';
}

/**
 * Takes closed batches in, in the background: one at a time per tenant, in the order in which they were closed.
 * A batch that a dead process left `staging` is taken in again from its uploaded files.
 */
export class IngestRunner {
  readonly #options: IngestRunnerOptions;
  readonly #closing = new AbortController();
  readonly #dropping = new Map<string, AbortController>();
  readonly #lastOfTenant = new Map<string, Promise<void>>();
  readonly #rowsRead = new Map<string, number>();

  constructor(options: IngestRunnerOptions) {
    this.#options = options;
  }

  /** Marks the batch `staging` and begins; resolves when that is written down, not when the rows are in. */
  async begin(ingest: Ingest): Promise<void> {
    const batch = await this.#setStatus(ingest, 'staging');
    this.resume({ ...ingest, batch });
  }

  /** Goes on with a batch that is `staging` already. */
  resume(ingest: Ingest): void {
    const key = JSON.stringify(ingest.tenant);
    const before = this.#lastOfTenant.get(key) ?? Promise.resolve();
    const dropping = this.#dropping.get(key) ?? new AbortController();
    this.#dropping.set(key, dropping);
    const signal = AbortSignal.any([this.#closing.signal, dropping.signal]);
    const work = before.then(() => this.#run(ingest, signal));
    this.#lastOfTenant.set(key, work);
    void work.then(() => {
      if (this.#lastOfTenant.get(key) !== work) return;
      this.#lastOfTenant.delete(key);
      this.#dropping.delete(key);
    });
  }

  /** Rows read so far of a batch that is being taken in. */
  rowsRead(batchId: string): number | undefined {
    return this.#rowsRead.get(batchId);
  }

  /** Stops what is being taken in for a tenant and gives up what waits; its batches stay `staging`. */
  async drop(tenant: Tenant): Promise<void> {
    const key = JSON.stringify(tenant);
    this.#dropping.get(key)?.abort(new Error('The batches of the sandbox are given up.'));
    await this.#lastOfTenant.get(key);
  }

  /** Resolves when nothing is being taken in. */
  async idle(): Promise<void> {
    while (this.#lastOfTenant.size > 0) await Promise.all(this.#lastOfTenant.values());
  }

  /** Stops at once; batches that were not finished stay `staging`. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('The platform is closing.'));
    await this.idle();
  }

  async #run(ingest: Ingest, signal: AbortSignal): Promise<void> {
    const { tenant, batch, entity } = ingest;
    const { store, surroundings } = this.#options;
    if (signal.aborted) return;
    this.#rowsRead.set(batch.id, 0);
    try {
      const original = await findSameContent(store, tenant, batch);
      if (original !== undefined) {
        await this.#endAsDuplicate(ingest, original);
        return;
      }
      const data = await store.profileData(tenant);
      const report = await data.ingest({
        batch,
        entity,
        files: await filesIn(await data.uploadFolder(batch.id)),
        at: surroundings.clock(),
        onProgress: ({ done }) => void this.#rowsRead.set(batch.id, done),
        signal,
      });
      surroundings.log.info(
        { batchId: batch.id, accepted: report.accepted, rejected: report.rejected },
        'a batch was taken in',
      );
    } catch (error) {
      if (!signal.aborted) await this.#fail(ingest, error);
    } finally {
      this.#rowsRead.delete(batch.id);
    }
  }

  /** The batch ends well and changes nothing: its content came with another one at the same time. */
  async #endAsDuplicate({ tenant, batch }: Ingest, original: Batch): Promise<void> {
    const { store, surroundings } = this.#options;
    const now = surroundings.clock();
    const description = `The same content came at the same time as batch ${original.id}: nothing was changed.`;
    await store.batches.replace(tenant, {
      ...batch,
      status: 'success',
      revision: (batch.revision ?? 0) + 1,
      duplicateOf: original.id,
      errors: [{ code: 'duplicate-content', description, rows: [] }],
      updatedAt: now,
      completedAt: now,
    });
    await rm(await (await store.profileData(tenant)).uploadFolder(batch.id), {
      recursive: true,
      force: true,
    });
    surroundings.log.info({ batchId: batch.id, originalId: original.id }, 'a batch was there already');
  }

  async #fail(ingest: Ingest, error: unknown): Promise<void> {
    const isKnown = error instanceof SegmentationError;
    this.#options.surroundings.log.error(
      { err: error, batchId: ingest.batch.id },
      'a batch could not be taken in',
    );
    const description = isKnown
      ? error.message
      : 'The batch could not be taken in for a reason inside the platform. Its log has the details.';
    const code = isKnown ? error.code : 'INTERNAL_ERROR';
    await this.#setStatus(ingest, 'failed', [{ code, description, rows: [] }]).catch((fault: unknown) => {
      this.#options.surroundings.log.error(
        { err: fault, batchId: ingest.batch.id },
        'the failure of a batch could not be written down',
      );
    });
  }

  async #setStatus(
    { tenant, batch }: Ingest,
    status: BatchStatus,
    errors: Batch['errors'] = batch.errors,
  ): Promise<Batch> {
    const now = this.#options.surroundings.clock();
    const changed: Batch = {
      ...batch,
      status,
      errors,
      revision: (batch.revision ?? 0) + 1,
      updatedAt: now,
      ...(status === 'failed' ? { completedAt: now } : {}),
    };
    await this.#options.store.batches.replace(tenant, changed);
    return changed;
  }
}

const chunk = 200;

/**
 * A batch of the same content in the same dataset that was taken in after this one was opened: whoever opened this one
 * could not know of it. The same content in a later batch comes in anew, as at Adobe.
 */
async function findSameContent(
  store: PlatformStore,
  tenant: Tenant,
  { id, datasetId, contentHash, createdAt }: Batch,
): Promise<Batch | undefined> {
  if (contentHash === undefined) return undefined;
  for (let offset = 0; ; offset += chunk) {
    const { items } = await store.batches.listByDataset(
      tenant,
      datasetId,
      { offset, limit: chunk },
      { field: 'updatedAt', direction: 'desc' },
    );
    const found = items.find(
      (other) =>
        other.id !== id &&
        other.status === 'success' &&
        other.contentHash === contentHash &&
        other.duplicateOf === undefined &&
        (other.completedAt ?? 0) >= createdAt,
    );
    const isPast = (items.at(-1)?.updatedAt ?? 0) < createdAt;
    if (found !== undefined || isPast || items.length < chunk) return found;
  }
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => !name.startsWith('.'))
    .sort()
    .map((name) => join(folder, name));
}
