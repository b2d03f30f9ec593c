import type { AudienceRunRecord } from '../../src/state/audience-run';

/** A run that has just been asked for. */
export function newRun(parts: Partial<AudienceRunRecord> = {}): AudienceRunRecord {
  return {
    id: '0f0e6d1a-0000-4000-8000-000000000001',
    orgId: 'ADA@AdobeOrg',
    sandbox: 'prod',
    idempotencyKey: null,
    inputDigest: 'digest',
    plan: { segmentIds: ['s1'], datasetBody: null, exportBody: {} },
    status: 'RUNNING',
    step: 'EVALUATE',
    segmentJob: { kind: 'none' },
    dataset: { kind: 'given', id: 'd1' },
    exportJob: { kind: 'none' },
    error: null,
    version: 1,
    createdAt: new Date('2026-01-01T00:00:00Z'),
    updatedAt: new Date('2026-01-01T00:00:00Z'),
    ...parts,
  };
}
