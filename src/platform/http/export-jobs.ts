import type { FastifyInstance } from 'fastify';
import { ResourceNotFound } from '../../errors/platform-error';
import { newExportJobBody } from '../../wire/export-job.request';
import type { ExportJobListWire, ExportJobWire } from '../../wire/export-job.wire';
import { exportJobHandle } from '../jobs/job-handle';
import { statuses } from '../jobs/job-state';
import type { IdSource } from '../jobs/surroundings';
import type { ExportJob, ExportRequest, ExportSegment } from '../records';
import type { ExportJobFilter } from '../store/api/export-jobs';
import type { Page } from '../store/api/repository';
import { exportJobBody } from './export-job-body';
import type { HttpServices } from './http-services';
import { newExportRequest } from './new-export-request';
import { linkTo } from './next-link';
import type { Query } from './query';
import type { MembershipDialect } from './profile-entity-body';
import { readPage, readSort, wrong } from './query';
import { readClientToken } from './client-token';
import { addResource, clientOf } from './resource';
import type { Call } from './resource';

const path = '/data/core/ups/export/jobs';
const sortFields = {
  creationTime: 'createdAt',
  createdTime: 'createdAt',
  updateTime: 'updatedAt',
  id: 'id',
} as const;

/** `/export/jobs`, in both flavours. Source: contract §6. */
export function addExportJobs(app: FastifyInstance, services: HttpServices): void {
  addResource(app, path, { GET: (call) => list(call, services), POST: (call) => create(call, services) });
  addResource(app, `${path}/:id`, {
    GET: async (call) => exportJobBody(call.tenant, await find(call, services)),
    DELETE: (call) => cancel(call, services),
  });
}

async function list({ tenant, query }: Call, { store }: HttpServices): Promise<ExportJobListWire> {
  const { page, olderThan } = readPlace(query);
  const order = readSort(query, sortFields);
  if (order !== undefined && olderThan !== undefined)
    throw wrong('sort', 'does not go with a cursor in offset');
  const status = query.oneOf('status', statuses);
  const filter = {
    ...(status === undefined ? {} : { status }),
    ...(olderThan === undefined ? {} : { olderThan }),
  };
  const { items, totalCount } = await store.exportJobs.list(tenant, filter, page, order?.sort);
  const end = page.offset + items.length;
  const hasMore = items.length > 0 && end < totalCount;
  const cursor = cursorOf(items.at(-1));
  const offset = order === undefined ? cursor : end;
  return {
    records: items.map((job) => exportJobBody(tenant, job)),
    page: {
      sortField: order?.attribute ?? 'createdTime',
      sort: order?.direction ?? 'desc',
      pageOffset: cursor,
      pageSize: items.length,
    },
    link: { next: hasMore ? linkTo('/export/jobs/', query, { limit: page.limit, offset }) : '' },
  };
}

/** `offset` wins over `page` and `start` (quirk P4); it is a number or `<creationTime>_<id>` (quirk P2). */
function readPlace(query: Query): {
  readonly page: Page;
  readonly olderThan?: NonNullable<ExportJobFilter['olderThan']>;
} {
  const page = readPage(query, { defaultLimit: 100, maxLimit: 1000 });
  const offset = query.text('offset');
  if (offset === undefined) return { page };
  const match = /^(\d{1,15})(?:_(\d{1,15}))?$/.exec(offset);
  if (match === null) throw wrong('offset', 'must be a number or <creationTime>_<id>');
  const first = Number(match[1]);
  if (match[2] === undefined) return { page: { ...page, offset: first } };
  return { page: { ...page, offset: 0 }, olderThan: { createdAt: first, id: Number(match[2]) } };
}

function cursorOf(job: ExportJob | undefined): string {
  return job === undefined ? '' : `${job.createdAt}_${job.id}`;
}

async function create(
  call: Call,
  { store, runner, surroundings, origin, membershipDialect }: HttpServices,
): Promise<ExportJobWire> {
  const { tenant, requestId } = call;
  const request = inDialect(
    await newExportRequest(store, tenant, call.body(newExportJobBody)),
    membershipDialect,
  );
  const now = surroundings.clock();
  const job = await store.exportJobs.insert(tenant, {
    status: 'NEW',
    progress: 0,
    errors: [],
    requestId,
    clientToken: readClientToken(call.request),
    createdBy: clientOf(call),
    createdAt: now,
    updatedAt: now,
    request,
    batches: newBatches(request, surroundings.ids),
  });
  runner.wake();
  call.reply.header('x-location', `${origin()}${path}/${job.id}`);
  return exportJobBody(tenant, job);
}

/** Where answers know no `existing`, who asks for `realized` means both. */
function inDialect(request: ExportRequest, dialect: MembershipDialect): ExportRequest {
  if (dialect === 'three') return request;
  const segments = request.segments.map((segment): ExportSegment => {
    const isShort = segment.statuses.includes('realized') && !segment.statuses.includes('existing');
    return isShort ? { ...segment, statuses: [...segment.statuses, 'existing'] } : segment;
  });
  return { ...request, segments };
}

/** The batches that the export will fill; Catalog shows them once it has. */
function newBatches({ segmentPerBatch, segments }: ExportRequest, ids: IdSource): ExportJob['batches'] {
  if (!segmentPerBatch) return [{ batchId: ids.hex24() }];
  return segments.map((segment) => ({ batchId: ids.hex24(), segment }));
}

/** Answers at once; the effect follows. A terminal job stays as it is. */
async function cancel(call: Call, services: HttpServices): Promise<undefined> {
  const job = await find(call, services);
  await services.runner.cancel(
    exportJobHandle({ store: services.store, work: services.work, tenant: call.tenant }, job),
  );
  call.reply.code(204);
}

async function find(call: Call, { store }: HttpServices): Promise<ExportJob> {
  const id = call.id('id');
  const job = /^\d{1,15}$/.test(id) ? await store.exportJobs.get(call.tenant, Number(id)) : undefined;
  if (job === undefined) throw new ResourceNotFound('export job', id);
  return job;
}
