import { ResourceConflict, ResourceNotFound } from '../../errors/platform-error';
import { canStream } from '../../pql';
import type { CheckedRule } from '../../pql';
import type {
  NewSegmentDefinitionBody,
  SegmentDefinitionChangeBody,
} from '../../wire/segment-definition.request';
import type { MergePolicy, SegmentDefinition, Tenant } from '../records';
import { checkRule } from './check-rule';
import type { HttpServices } from './http-services';
import { resolveMergePolicy } from './merge-policies';
import { requireProfileSchema } from './schema-reference';
import { checkReferences } from './segment-references';

/** What is said of a definition; the last two by audiences alone. */
export interface DefinitionContent extends NewSegmentDefinitionBody {
  readonly labels?: readonly string[] | undefined;
  readonly lifecycleState?: SegmentDefinition['lifecycleState'];
}

/**
 * Keeps a new definition. To be called in the turn of definitions (`definitionTurns`): what a rule leans on must be there,
 * and lead to no circle, until the rule is kept.
 * @throws Refusal 400 for a rule, ResourceConflict for a name that is taken, InvalidRequest
 */
export async function insertDefinition(
  services: HttpServices,
  tenant: Tenant,
  body: DefinitionContent,
): Promise<SegmentDefinition> {
  const now = services.surroundings.clock();
  const id = services.surroundings.ids.uuid();
  const definition: SegmentDefinition = {
    id,
    version: 1,
    createdAt: now,
    updatedAt: now,
    ...(await readDefinition({ services, tenant, body, id })),
  };
  await services.store.segmentDefinitions.insert(tenant, definition);
  return definition;
}

export interface DefinitionChange {
  readonly before: SegmentDefinition;
  readonly body: DefinitionContent;
}

/** The same for one that is there, in the same turn; what the body does not say stays. */
export async function replaceDefinition(
  services: HttpServices,
  tenant: Tenant,
  { before, body }: DefinitionChange,
): Promise<SegmentDefinition> {
  const definition: SegmentDefinition = {
    ...before,
    ...(await readDefinition({ services, tenant, body, id: before.id })),
    version: before.version + 1,
    updatedAt: services.surroundings.clock(),
  };
  if (!(await services.store.segmentDefinitions.replace(tenant, definition)))
    throw new ResourceNotFound('segment definition', before.id);
  return definition;
}

/** A shallow merge: a top-level field that is sent takes the place of the old one (quirk M8). */
export function mergeChange(
  before: SegmentDefinition,
  changes: SegmentDefinitionChangeBody,
): NewSegmentDefinitionBody {
  const { batch, continuous, synchronous } = before.evaluation;
  return {
    name: changes.name ?? before.name,
    description: changes.description ?? before.description,
    schema: changes.schema ?? { name: before.schemaName },
    expression: changes.expression ?? (before.expression as NewSegmentDefinitionBody['expression']),
    mergePolicyId: changes.mergePolicyId ?? before.mergePolicyId,
    evaluationInfo: changes.evaluationInfo ?? {
      batch: { enabled: batch },
      continuous: { enabled: continuous },
      synchronous: { enabled: synchronous },
    },
    dataGovernancePolicy: changes.dataGovernancePolicy ?? { excludeOptOut: before.excludeOptOut ?? true },
    ttlInDays: changes.ttlInDays ?? before.ttlInDays,
  };
}

interface DefinitionToRead {
  readonly services: HttpServices;
  readonly tenant: Tenant;
  readonly body: DefinitionContent;
  /** Of the definition that is made or changed. */
  readonly id: string;
}

type ReadDefinition = Omit<SegmentDefinition, 'id' | 'version' | 'createdAt' | 'updatedAt'>;

async function readDefinition({ services, tenant, body, id }: DefinitionToRead): Promise<ReadDefinition> {
  const { store } = services;
  const schemaName = requireProfileSchema(body.schema);
  const rule = checkRule(await (await store.profileData(tenant)).schema(), body.expression);
  await checkReferences(store.segmentDefinitions, { tenant, id, name: body.name, rule });
  const namesake = await store.segmentDefinitions.findByName(tenant, body.name);
  if (namesake !== undefined && namesake.id !== id) {
    throw new ResourceConflict(
      `A segment definition named "${body.name}" already exists: ${namesake.id}. Choose another name, or change that one.`,
    );
  }
  const mergePolicy = await resolveMergePolicy(store, tenant, body.mergePolicyId);
  const ttlInDays = body.ttlInDays === 0 ? undefined : body.ttlInDays;
  return {
    name: body.name,
    description: body.description,
    schemaName,
    expression: body.expression,
    mergePolicyId: mergePolicy.id,
    evaluation: evaluationOf(body, { rule, mergePolicy }),
    ...(body.dataGovernancePolicy === undefined ? {} : body.dataGovernancePolicy),
    ...(ttlInDays === undefined ? {} : { ttlInDays }),
    ...(body.labels === undefined ? {} : { labels: body.labels }),
    ...(body.lifecycleState === undefined ? {} : { lifecycleState: body.lifecycleState }),
  };
}

/**
 * What was asked for, as far as the rule allows it: one that cannot be evaluated as data come in, or on the edge, is
 * evaluated in batch. The edge also wants a merge policy that is active there. Source: contract §4.2.
 */
function evaluationOf(
  { evaluationInfo: { batch, continuous, synchronous } = {} }: NewSegmentDefinitionBody,
  { rule, mergePolicy }: { readonly rule: CheckedRule; readonly mergePolicy: MergePolicy },
): SegmentDefinition['evaluation'] {
  const asked = { continuous: continuous?.enabled ?? false, synchronous: synchronous?.enabled ?? false };
  const fits = canStream(rule);
  const got = {
    continuous: asked.continuous && fits,
    synchronous: asked.synchronous && fits && mergePolicy.isActiveOnEdge,
  };
  const isReduced = asked.continuous !== got.continuous || asked.synchronous !== got.synchronous;
  return { batch: (isReduced && !got.continuous && !got.synchronous) || (batch?.enabled ?? true), ...got };
}
