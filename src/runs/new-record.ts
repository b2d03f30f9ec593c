import type { AudienceRunRecord } from '../state/audience-run';
import type { StartRequest } from './audience-runs';

/** A run that is about to be started. */
export function newRecord(
  { caller, idempotencyKey, inputDigest, plan, datasetId }: StartRequest,
  { id, now }: { readonly id: string; readonly now: Date },
): AudienceRunRecord {
  return {
    id,
    orgId: caller.orgId,
    sandbox: caller.sandbox,
    idempotencyKey,
    inputDigest,
    plan,
    status: 'RUNNING',
    step: 'EVALUATE',
    segmentJob: { kind: 'none' },
    dataset: datasetId === null ? { kind: 'none' } : { kind: 'given', id: datasetId },
    exportJob: { kind: 'none' },
    error: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}
