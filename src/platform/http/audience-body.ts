import type { AudienceWire } from '../../wire/audience.wire';
import { audienceNamespaceOf } from '../../wire/namespaces';
import type { ExternalAudience, SegmentDefinition, Tenant } from '../records';
import { segmentDefinitionBody } from './segment-definition-body';
import { segmentsOf } from './segment-references';
import { tenantBody } from './tenant-body';

/** The namespace of what this platform evaluates itself. */
export const ownNamespace = 'AEPSegments';

/** A definition as an audience; `dependents` are the definitions that lean on it. */
export function ruleAudience(
  tenant: Tenant,
  definition: SegmentDefinition,
  dependents: readonly string[],
): AudienceWire {
  const body = segmentDefinitionBody(tenant, definition);
  return {
    ...body,
    ...tenantBody(tenant),
    ...headOf(definition),
    audienceId: definition.id,
    type: 'SegmentDefinition',
    originName: 'REAL_TIME_CUSTOMER_PROFILE',
    namespace: ownNamespace,
    lifecycleState: definition.lifecycleState ?? 'published',
    labels: [...(definition.labels ?? [])],
    dependents: [...dependents],
    dependencies: [...new Set(segmentsOf(definition))],
    definedOn: [
      {
        'meta:resourceType': 'unions',
        'meta:containerId': 'tenant',
        $ref: 'https://ns.adobe.com/xdm/context/profile__union',
      },
    ],
    overridePerformanceWarnings: false,
  };
}

/** An audience that was made elsewhere. */
export function externalAudience(tenant: Tenant, audience: ExternalAudience): AudienceWire {
  const { id, audienceId, name, description, originName, namespace, lifecycleState, datasetId } = audience;
  return {
    id,
    audienceId,
    name,
    ...(description === undefined ? {} : { description }),
    type: 'ExternalAudience',
    originName,
    namespace: audienceNamespaceOf(namespace),
    lifecycleState,
    labels: [...audience.labels],
    ...tenantBody(tenant),
    ...headOf(audience),
    ...(datasetId === undefined ? {} : { datasetId }),
    ...(audience.linkedAudienceRef === undefined
      ? {}
      : { linkedAudienceRef: { ...audience.linkedAudienceRef } }),
  };
}

type Head = 'isSystem' | 'creationTime' | 'createEpoch' | 'updateTime' | 'updateEpoch' | '_etag';

function headOf({
  version,
  createdAt,
  updatedAt,
}: Pick<ExternalAudience, 'version' | 'createdAt' | 'updatedAt'>): Pick<AudienceWire, Head> {
  return {
    isSystem: false,
    creationTime: createdAt,
    createEpoch: Math.floor(createdAt / 1000),
    updateTime: updatedAt,
    updateEpoch: Math.floor(updatedAt / 1000),
    _etag: `"${version}"`,
  };
}
