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

/** `property=segments~segmentId==X`, `property=properties.scheduleId==X` and `status=X`; all must hold. */
function readFilter(query: Query): SegmentJobFilter {
  if (query.text('snapshot.name') !== undefined)
    throw wrong('snapshot.name', 'is not supported here; filter by property=segments~segmentId==<id>');
  const filter: { -readonly [K in keyof SegmentJobFilter]: SegmentJobFilter[K] } = {};
  const status = query.oneOf('status', statuses);
  if (status !== undefined) filter.status = status;
  for (const property of query.all('property')) {
    const match = /^(segments~segmentId|properties\.scheduleId)==(.+)$/.exec(property);
    const value = match?.[2] ?? '';
    if (match === null || !idPattern.test(value)) {
      throw wrong('property', 'must be segments~segmentId==<id> or properties.scheduleId==<id>');
    }
    if (match[1] === 'segments~segmentId') filter.segmentId = value;
    else filter.scheduleId = value;
  }
  return filter;
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
