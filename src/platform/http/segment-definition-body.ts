import type { SegmentDefinitionWire } from '../../wire/segment-definition.wire';
import type { SegmentDefinition, Tenant } from '../records';
import { profileInstanceId, tenantBody } from './tenant-body';

/** A segment definition in Adobe's spelling: `…Time` in ms, `…Epoch` in s. */
export function segmentDefinitionBody(tenant: Tenant, definition: SegmentDefinition): SegmentDefinitionWire {
  const { id, name, description, schemaName, expression, mergePolicyId, evaluation, ttlInDays } = definition;
  return {
    id,
    name,
    ...(description === undefined ? {} : { description }),
    schema: { name: schemaName },
    ...(ttlInDays === undefined ? {} : { ttlInDays }),
    expression,
    mergePolicyId,
    evaluationInfo: {
      batch: { enabled: evaluation.batch },
      continuous: { enabled: evaluation.continuous },
      synchronous: { enabled: evaluation.synchronous },
    },
    dataGovernancePolicy: { excludeOptOut: definition.excludeOptOut ?? true },
    profileInstanceId,
    ...tenantBody(tenant),
    creationTime: definition.createdAt,
    updateTime: definition.updatedAt,
    updateEpoch: Math.floor(definition.updatedAt / 1000),
  };
}
