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
import type { Listed, Page } from '../store/api/repository';
import type { SegmentJobFilter } from '../store/api/segment-jobs';
import { answerBulkGet } from './bulk-get';
import { collectListed } from './collect-page';
import type { HttpServices } from './http-services';
import { childrenPage } from './next-link';
import { propertyFilter, readPropertyFilter } from './property-filter';
import type { PropertyFilter } from './property-filter';
import type { Query } from './query';
import { readPage, readSort, wrong } from './query';
import { readClientToken } from './client-token';
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
        toWire: (job) => segmentJobBody(call.tenant, job, services.membershipDialect),
      }),
  });
  addResource(app, `${path}/:id`, {
    GET: async (call) => segmentJobBody(call.tenant, await find(call, services), services.membershipDialect),
    DELETE: (call) => cancel(call, services),
  });
}

async function list(
  { tenant, query }: Call,
  { store, membershipDialect }: HttpServices,
): Promise<SegmentJobListWire> {
  const page = readPage(query, { defaultLimit: 100, maxLimit: 100 });
  const sort = readSort(query, sortFields)?.sort;
  const { filter, tests } = readFilter(query);
  const toWire = (job: SegmentJob): SegmentJobWire => segmentJobBody(tenant, job, membershipDialect);
  const from = (place: Page): Promise<Listed<SegmentJob>> =>
    store.segmentJobs.list(tenant, filter, place, sort);
  const fits = (job: SegmentJob): boolean => tests.every((test) => test(toWire(job)));
  const jobs = tests.length === 0 ? await from(page) : await collectListed(from, { page, fits });
  return childrenPage(jobs, { page, query, path: '/segment/jobs', toWire });
}

const sources = ['api', 'scheduler'] as const;

interface JobsAskedFor {
  /** What the store looks for. */
  readonly filter: SegmentJobFilter;
  /** What is looked for in the answers themselves. */
  readonly tests: readonly PropertyFilter[];
}

/** `status=X`, `snapshot.name=X` and `property=<path>==<value>`, as often as there are paths; all must hold. */
function readFilter(query: Query): JobsAskedFor {
  const filter: { -readonly [K in keyof SegmentJobFilter]: SegmentJobFilter[K] } = {};
  const tests: PropertyFilter[] = [];
  const status = query.oneOf('status', statuses);
  if (status !== undefined) filter.status = status;
  const snapshot = query.text('snapshot.name');
  if (snapshot !== undefined) tests.push(propertyFilter('segments~snapshot.name', snapshot));
  for (const property of query.all('property')) {
    const further = readKnownProperty(property);
    if (further === undefined) {
      tests.push(readPropertyFilter(property, attributes));
      continue;
    }
    // To let the last one win would answer with too much.
    if (Object.keys(further).some((name) => name in filter)) throw wrong('property', 'must name each once');
    Object.assign(filter, further);
  }
  return { filter, tests };
}

/** Those by which a path of `property` may begin. */
const attributes = [
  ...['id', 'imsOrgId', 'sandbox', 'profileInstanceId', 'source', 'status', 'batchId', 'computeJobId'],
  ...['computeGatewayJobId', 'schema', 'segments', 'metrics', 'errors', 'requestId', 'properties'],
  ...['creationTime', 'updateTime', 'updateEpoch'],
];

/** What the store can look for by itself; undefined for the rest. */
function readKnownProperty(property: string): SegmentJobFilter | undefined {
  const [name, value = ''] = property.split(/==(.*)/su);
  const status = statuses.find((known) => known === value);
  const source = sources.find((known) => known === value);
  if (name === 'status' && status === undefined)
    throw wrong('property', `must be status==<one of ${statuses.join(', ')}>`);
  if (name === 'status' && status !== undefined) return { status };
  if (name === 'source' && source !== undefined) return { source };
  if (name === 'segments~segmentId' && value === '*') return { allSegments: true };
  if (name === 'segments~segmentId' && idPattern.test(value)) return { segmentId: value };
  if (name === 'properties.scheduleId' && idPattern.test(value)) return { scheduleId: value };
  return undefined;
}

async function create(
  call: Call,
  { store, runner, surroundings, membershipDialect }: HttpServices,
): Promise<SegmentJobWire> {
  const { tenant, requestId } = call;
  const body = call.body(newSegmentJobBody);
  if ('schema' in body && body.schema !== undefined) requireProfileSchema(body.schema);
  const ids = body.segments.map(({ segmentId }) => segmentId);
  const selection: SegmentSelection = ids[0] === '*' ? { kind: 'all' } : { kind: 'ids', ids };
  const definitions = await selectDefinitions(store, tenant, selection);
  const snapshots = new Map(body.segments.map(({ segmentId, snapshot }) => [segmentId, snapshot]));
  const bare = newSegmentJob({
    id: surroundings.ids.uuid(),
    at: surroundings.clock(),
    selection,
    definitions,
    requestId,
  });
  const segments = bare.segments.map((segment) => {
    const snapshot = snapshots.get(segment.segmentId);
    return snapshot === undefined ? segment : { ...segment, snapshot };
  });
  const clientToken = readClientToken(call.request);
  const job = { ...bare, segments, ...(clientToken === undefined ? {} : { clientToken }) };
  if (!(await store.segmentJobs.insert(tenant, job)) && clientToken !== undefined) {
    const former = await store.segmentJobs.byClientToken(tenant, clientToken);
    if (former !== undefined) return segmentJobBody(tenant, former, membershipDialect);
  }
  runner.wake();
  return segmentJobBody(tenant, job, membershipDialect);
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
