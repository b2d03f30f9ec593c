import { createHash } from 'node:crypto';
import type { Tenant } from '../records';

/** One of the computations that Adobe's answers name beside a job; here they are the job itself, so its id makes theirs. */
export interface Computation {
  readonly tenant: Tenant;
  readonly kind: string;
  readonly id: string;
  readonly what: string;
}

/** The id of a computation, the same in each answer. */
export function computeUuid({ tenant, kind, id, what }: Computation): string {
  return uuidOf([tenant.orgId, tenant.sandbox, kind, id, what]);
}

/** The number of a computation, the same in each answer; it fits 31 bits. */
export function computeNumber({ tenant, kind, id, what }: Computation): number {
  return digest([tenant.orgId, tenant.sandbox, kind, id, what]).readUInt32BE() >>> 1;
}

/** A UUID that is always the same for the same parts. */
export function uuidOf(parts: readonly string[]): string {
  const hex = digest(parts).toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

function digest(parts: readonly string[]): Buffer {
  return createHash('sha256').update(JSON.stringify(parts)).digest();
}
