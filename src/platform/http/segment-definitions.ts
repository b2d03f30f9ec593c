import type { FastifyInstance } from 'fastify';
import { InvalidRequest, ResourceConflict, ResourceNotFound } from '../../errors/platform-error';
import { newSegmentDefinitionBody, segmentDefinitionChangeBody } from '../../wire/segment-definition.request';
import type {
  NewSegmentDefinitionBody,
  SegmentDefinitionChangeBody,
} from '../../wire/segment-definition.request';
import type { SegmentDefinitionListWire, SegmentDefinitionWire } from '../../wire/segment-definition.wire';
import { canStream } from '../../pql';
import type { CheckedRule } from '../../pql';
import type { MergePolicy, SegmentDefinition, Tenant } from '../records';
import { createQueue } from '../store/files/one-at-a-time';
import { answerBulkGet } from './bulk-get';
import { checkRule } from './check-rule';
import type { HttpServices } from './http-services';
import { resolveMergePolicy } from './merge-policies';
import { linkTo } from './next-link';
import { readPage, readSort } from './query';
import { addResource } from './resource';
import type { Call } from './resource';
import { requireProfileSchema } from './schema-reference';
import { segmentDefinitionBody } from './segment-definition-body';
import { checkReferences, refuseWhileNeeded } from './segment-references';

const path = '/data/core/ups/segment/definitions';
const sortFields = {
  creationTime: 'createdAt',
  updateTime: 'updatedAt',
  updateEpoch: 'updatedAt',
  name: 'name',
  id: 'id',
  internalId: 'id',
} as const;

/** `/segment/definitions`. Source: contract §4. */
export function addSegmentDefinitions(app: FastifyInstance, services: HttpServices): void {
  // One write after the other: what a rule leans on must be there, and lead to no circle, until the rule is kept.
  const inTurn = createQueue();
  addResource(app, path, {
    GET: (call) => list(call, services),
    POST: (call) => inTurn(() => create(call, services)),
  });
  addResource(app, `${path}/bulk-get`, {
    POST: (call) =>
      answerBulkGet(call, {
        load: (ids) => services.store.segmentDefinitions.getMany(call.tenant, ids),
        toWire: (definition) => segmentDefinitionBody(call.tenant, definition),
      }),
  });
  addResource(app, `${path}/:id`, {
    GET: async (call) => segmentDefinitionBody(call.tenant, await find(call, services)),
    PATCH: (call) => inTurn(() => change(call, services)),
    DELETE: (call) => inTurn(() => remove(call, services)),
  });
}

async function list({ tenant, query }: Call, { store }: HttpServices): Promise<SegmentDefinitionListWire> {
  const page = readPage(query, { defaultLimit: 100, maxLimit: 100 });
  const order = readSort(query, sortFields);
  const continuous = query.flag('evaluationInfo.continuous.enabled');
  const synchronous = query.flag('evaluationInfo.synchronous.enabled');
  const where = {
    ...(continuous === undefined ? {} : { continuous }),
    ...(synchronous === undefined ? {} : { synchronous }),
  };
  const { items, totalCount } = await store.segmentDefinitions.listWhere(tenant, where, page, order?.sort);
  const end = page.offset + items.length;
  const hasMore = items.length > 0 && end < totalCount;
  return {
    segments: items.map((definition) => segmentDefinitionBody(tenant, definition)),
    page: {
      totalCount,
      totalPages: Math.ceil(totalCount / page.limit),
      sortField: order?.attribute ?? 'creationTime',
      sort: order?.direction ?? 'desc',
      pageSize: items.length,
      limit: page.limit,
    },
    link: hasMore ? { next: linkTo('/segment/definitions', query, { start: end, limit: page.limit }) } : {},
  };
}

async function create(call: Call, services: HttpServices): Promise<SegmentDefinitionWire> {
  const { tenant } = call;
  const body = call.body(newSegmentDefinitionBody);
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
  return answerWithLocation(call, services, definition);
}

async function change(call: Call, services: HttpServices): Promise<SegmentDefinitionWire> {
  const { tenant } = call;
  if (Array.isArray(call.request.body)) {
    throw new InvalidRequest(
      'A segment definition is changed with a plain object, not with JSON Patch: send the fields that change.',
    );
  }
  const before = await find(call, services);
  const changes = call.body(segmentDefinitionChangeBody);
  const body = mergeChange(before, changes);
  const definition: SegmentDefinition = {
    ...before,
    ...(await readDefinition({ services, tenant, body, id: before.id })),
    version: before.version + 1,
    updatedAt: services.surroundings.clock(),
  };
  if (!(await services.store.segmentDefinitions.replace(tenant, definition)))
    throw new ResourceNotFound('segment definition', before.id);
  return answerWithLocation(call, services, definition);
}

/** A shallow merge: a top-level field that is sent takes the place of the old one (quirk M8). */
function mergeChange(
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
  readonly body: NewSegmentDefinitionBody;
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

async function remove(call: Call, { store }: HttpServices): Promise<{ status: boolean; message: string }> {
  const id = call.id('id');
  await refuseWhileNeeded(store.segmentDefinitions, call.tenant, id);
  if (!(await store.segmentDefinitions.delete(call.tenant, id)))
    throw new ResourceNotFound('segment definition', id);
  return { status: true, message: `Segment definition with id '${id}' has been deleted` };
}

async function find(call: Call, { store }: HttpServices): Promise<SegmentDefinition> {
  const id = call.id('id');
  const definition = await store.segmentDefinitions.get(call.tenant, id);
  if (definition === undefined) throw new ResourceNotFound('segment definition', id);
  return definition;
}

function answerWithLocation(
  call: Call,
  { origin }: HttpServices,
  definition: SegmentDefinition,
): SegmentDefinitionWire {
  call.reply.header('x-location', `${origin()}${path}/${definition.id}`);
  return segmentDefinitionBody(call.tenant, definition);
}
