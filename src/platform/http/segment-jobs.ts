import type { FastifyInstance } from 'fastify';
import { ResourceNotFound } from '../../errors/platform-error';
import { idPattern } from '../../wire/common.wire';
import { newSegmentJobBody } from '../../wire/segment-job.request';
import type { SegmentJobListWire, SegmentJobWire } from '../../wire/segment-job.wire';
import { segmentJobHandle } from '../jobs/job-handle';
import { statuses } from '../jobs/job-state';
import type { SegmentSelection } from '../jobs/new-segment-job';
import { newSegmentJob, selectDefinitions } from '../jobs/new-segment-job';
import type { SegmentJob } from '../records';
import type { SegmentJobFilter } from '../store/platform-store';
import { answerBulkGet } from './bulk-get';
import type { HttpServices } from './http-services';
import { childrenPage } from './next-link';
import type { Query } from './query';
import { readPage, readSort, wrong } from './query';
import { addResource } from './resource';
import type { Call } from './resource';
import { requireProfileSchema } from './schema-reference';
import { segmentJobBody } from './segment-job-body';

const path = '/data/core/ups/segment/jobs';
const sortFields = {
  creationTime: 'createdAt',
  updateTime: 'updatedAt',
  updateEpoch: 'updatedAt',
  id: 'id',
} as const;

/** `/segment/jobs`. Source: contract §5. */
export function addSegmentJobs(app: FastifyInstance, services: HttpServices): void {
  const { store } = services;
  addResource(app, path, { GET: (call) => list(call, services), POST: (call) => create(call, services) });
  addResource(app, `${path}/bulk-get`, {
    POST: (call) =>
      answerBulkGet(call, {
        load: (ids) => store.segmentJobs.getMany(call.tenant, ids),
        toWire: (job) => segmentJobBody(call.tenant, job),
      }),
  });
  addResource(app, `${path}/:id`, {
    GET: async (call) => segmentJobBody(call.tenant, await find(call, services)),
    DELETE: (call) => cancel(call, services),
  });
}

async function list({ tenant, query }: Call, { store }: HttpServices): Promise<SegmentJobListWire> {
  const page = readPage(query, { defaultLimit: 100, maxLimit: 100 });
  const sort = readSort(query, sortFields)?.sort;
  const jobs = await store.segmentJobs.list(tenant, readFilter(query), page, sort);
  return childrenPage(jobs, {
    page,
    query,
    path: '/segment/jobs',
    toWire: (job) => segmentJobBody(tenant, job),
  });
}

const sources = ['api', 'scheduler'] as const;

/** `status=X` and `property=<name>==<value>`, as often as there are names; all must hold. */
function readFilter(query: Query): SegmentJobFilter {
  if (query.text('snapshot.name') !== undefined)
    throw wrong('snapshot.name', 'is not supported here; filter by property=segments~segmentId==<id>');
  const filter: { -readonly [K in keyof SegmentJobFilter]: SegmentJobFilter[K] } = {};
  const status = query.oneOf('status', statuses);
  if (status !== undefined) filter.status = status;
  for (const property of query.all('property')) {
    const further = readProperty(property);
    // To let the last one win would answer with too much.
    if (Object.keys(further).some((name) => name in filter)) throw wrong('property', 'must name each once');
    Object.assign(filter, further);
  }
  return filter;
}

function readProperty(property: string): SegmentJobFilter {
  const [name, value = ''] = property.split(/==(.*)/su);
  const status = statuses.find((known) => known === value);
  const source = sources.find((known) => known === value);
  if (name === 'status' && status !== undefined) return { status };
  if (name === 'source' && source !== undefined) return { source };
  if (name === 'segments~segmentId' && value === '*') return { allSegments: true };
  if (name === 'segments~segmentId' && idPattern.test(value)) return { segmentId: value };
  if (name === 'properties.scheduleId' && idPattern.test(value)) return { scheduleId: value };
  throw wrong(
    'property',
    `must be segments~segmentId==<id or *>, properties.scheduleId==<id>, status==<one of ${statuses.join(', ')}> or source==<one of ${sources.join(', ')}>`,
  );
}

async function create(call: Call, { store, runner, surroundings }: HttpServices): Promise<SegmentJobWire> {
  const { tenant, requestId } = call;
  const body = call.body(newSegmentJobBody);
  if ('schema' in body) requireProfileSchema(body.schema);
  const ids = body.segments.map(({ segmentId }) => segmentId);
  const selection: SegmentSelection = ids[0] === '*' ? { kind: 'all' } : { kind: 'ids', ids };
  const definitions = await selectDefinitions(store, tenant, selection);
  const job = newSegmentJob({
    id: surroundings.ids.uuid(),
    at: surroundings.clock(),
    selection,
    definitions,
    requestId,
  });
  await store.segmentJobs.insert(tenant, job);
  runner.wake();
  return segmentJobBody(tenant, job);
}

/** Answers at once; the effect follows. A terminal job stays as it is. */
async function cancel(call: Call, services: HttpServices): Promise<undefined> {
  const job = await find(call, services);
  await services.runner.cancel(
    segmentJobHandle({ store: services.store, work: services.work, tenant: call.tenant }, job),
  );
  call.reply.code(204);
}

async function find(call: Call, { store }: HttpServices): Promise<SegmentJob> {
  const id = call.id('id');
  const job = await store.segmentJobs.get(call.tenant, id);
  if (job === undefined) throw new ResourceNotFound('segment job', id);
  return job;
}
