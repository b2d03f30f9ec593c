import type {
  ExportJob,
  Schedule,
  SegmentDefinition,
  SegmentJob,
  Tenant,
} from '../../../../src/platform/records';

export const acme: Tenant = { orgId: 'ACME@AdobeOrg', sandbox: 'prod' };
export const other: Tenant = { orgId: 'OTHER@AdobeOrg', sandbox: 'prod' };

export function segmentJob(changes: Partial<SegmentJob> & { readonly id: string }): SegmentJob {
  return {
    status: 'NEW',
    progress: 0,
    errors: [],
    requestId: `request-${changes.id}`,
    createdAt: 1_000,
    updatedAt: 1_000,
    source: 'api',
    allSegments: false,
    segments: [],
    schemaName: '_xdm.context.profile',
    ...changes,
  };
}

export function exportJob(changes: Partial<ExportJob>): Omit<ExportJob, 'id'> {
  return {
    status: 'NEW',
    progress: 0,
    errors: [],
    requestId: 'request-export',
    createdAt: 1_000,
    updatedAt: 1_000,
    batches: [],
    request: {
      fields: [],
      segments: [],
      emptyProfiles: false,
      datasetId: 'abc',
      segmentPerBatch: false,
      evaluateFirst: false,
      schemaName: '_xdm.context.profile',
    },
    ...changes,
  };
}

export function definition(changes: Partial<SegmentDefinition> & { readonly id: string }): SegmentDefinition {
  return {
    name: changes.id,
    schemaName: '_xdm.context.profile',
    expression: { type: 'PQL', format: 'pql/text', value: 'person.name.firstName = "Ada"' },
    mergePolicyId: 'policy',
    evaluation: { batch: true, continuous: false, synchronous: false },
    version: 1,
    createdAt: 1_000,
    updatedAt: 1_000,
    ...changes,
  };
}

export function schedule(
  changes: Partial<Schedule> & { readonly id: string; readonly firedUntil: number },
): Schedule {
  return {
    name: changes.id,
    type: 'batch_segmentation',
    segments: ['*'],
    cron: '0 0 1 * * ?',
    state: 'active',
    createdAt: 1_000,
    updatedAt: 1_000,
    ...changes,
  };
}
