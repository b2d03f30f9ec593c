import type { Tenant } from '../records';
import { Refusal } from './refusal';

/**
 * Keeps uploads to a batch and its closing apart: any number of uploads, or one closing. Both first look at the batch and
 * then act on it, and between the two the other must not slip in.
 */
export class BatchGate {
  readonly #uploads = new Map<string, number>();
  readonly #closing = new Set<string>();

  /** @throws Refusal 409 while the batch is being closed. */
  async whileUploading<T>(tenant: Tenant, batchId: string, work: () => Promise<T>): Promise<T> {
    const key = keyOf(tenant, batchId);
    if (this.#closing.has(key)) throw refusal(`Batch ${batchId} is being closed.`);
    this.#uploads.set(key, (this.#uploads.get(key) ?? 0) + 1);
    try {
      return await work();
    } finally {
      const left = (this.#uploads.get(key) ?? 1) - 1;
      if (left === 0) this.#uploads.delete(key);
      else this.#uploads.set(key, left);
    }
  }

  /** @throws Refusal 409 while a file is being uploaded or another request closes the batch. */
  async whileClosing<T>(tenant: Tenant, batchId: string, work: () => Promise<T>): Promise<T> {
    const key = keyOf(tenant, batchId);
    if (this.#uploads.has(key)) throw refusal(`A file of batch ${batchId} is still being uploaded.`);
    if (this.#closing.has(key)) throw refusal(`Batch ${batchId} is being closed.`);
    this.#closing.add(key);
    try {
      return await work();
    } finally {
      this.#closing.delete(key);
    }
  }
}

function keyOf({ orgId, sandbox }: Tenant, batchId: string): string {
  return `${orgId} ${sandbox} ${batchId}`;
}

function refusal(message: string): Refusal {
  return new Refusal({ status: 409, code: 'RESOURCE_CONFLICT', message });
}
