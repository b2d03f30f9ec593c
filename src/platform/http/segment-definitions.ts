import type { FastifyInstance } from 'fastify';
import { InvalidRequest, ResourceNotFound } from '../../errors/platform-error';
import { newSegmentDefinitionBody, segmentDefinitionChangeBody } from '../../wire/segment-definition.request';
import type { SegmentDefinitionListWire, SegmentDefinitionWire } from '../../wire/segment-definition.wire';
import type { SegmentDefinition } from '../records';
import { answerBulkGet } from './bulk-get';
import type { HttpServices } from './http-services';
import { linkTo } from './next-link';
import { readPage, readSort } from './query';
import { addResource } from './resource';
import type { Call } from './resource';
import { segmentDefinitionBody } from './segment-definition-body';
import { refuseWhileNeeded } from './segment-references';
import { insertDefinition, mergeChange, replaceDefinition } from './write-definition';

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
  const { definitionTurns: inTurn } = services;
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
  const body = call.body(newSegmentDefinitionBody);
  return answerWithLocation(call, services, await insertDefinition(services, call.tenant, body));
}

async function change(call: Call, services: HttpServices): Promise<SegmentDefinitionWire> {
  if (Array.isArray(call.request.body)) {
    throw new InvalidRequest(
      'A segment definition is changed with a plain object, not with JSON Patch: send the fields that change.',
    );
  }
  const before = await find(call, services);
  const body = mergeChange(before, call.body(segmentDefinitionChangeBody));
  return answerWithLocation(call, services, await replaceDefinition(services, call.tenant, { before, body }));
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
