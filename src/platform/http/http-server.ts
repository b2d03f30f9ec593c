import fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { addAdmin } from './admin';
import { addAudienceTemplates } from './audience-templates';
import { addAudiences } from './audiences';
import { addBatchFiles } from './batch-files';
import { addBatches } from './batches';
import { readCaller } from './caller';
import { addConversion } from './conversion';
import { addDatasetFiles } from './dataset-files';
import { addDatasetPreview } from './dataset-preview';
import { addDatasets } from './datasets';
import { addExportJobs } from './export-jobs';
import { addFields } from './fields';
import { addHealth, isHealthPath } from './health';
import type { HttpServices } from './http-services';
import { addBatchOpening, addBatchUploads } from './ingestion';
import { addMergePolicies } from './merge-policies';
import { refuseAsPlanned } from './planned-answer';
import { addPreviews } from './previews';
import { toProblem } from './problem';
import { addProfileEntities } from './profile-entities';
import { Refusal } from './refusal';
import { addRejectedRows } from './rejected-rows';
import { addReset, resetPath } from './reset';
import { addSampleStatus } from './sample-status';
import { addSchedules } from './schedules';
import { addSearch } from './search';
import { addSegmentDefinitions } from './segment-definitions';
import { addSegmentJobs } from './segment-jobs';
import { addTokenEndpoint, isTokenPath } from './token-endpoint';

const bodyLimitBytes = 10 * 1024 * 1024;
/** Catalog takes a hundred ids with commas between, of 64 characters at most. */
const maxPathPartLength = 6500;
const requestIdPattern = /^[A-Za-z0-9._:-]{1,128}$/;

const resources = [
  addHealth,
  addTokenEndpoint,
  addSegmentDefinitions,
  addConversion,
  addSegmentJobs,
  addExportJobs,
  addSchedules,
  addMergePolicies,
  addPreviews,
  addProfileEntities,
  addAudiences,
  addSearch,
  addSampleStatus,
  addAudienceTemplates,
  addDatasets,
  addDatasetFiles,
  addDatasetPreview,
  addBatches,
  addBatchFiles,
  addRejectedRows,
  addBatchOpening,
  addBatchUploads,
  addFields,
  addReset,
];

/** The REST side of the platform; it listens nowhere yet. */
export function createHttpServer(services: HttpServices): FastifyInstance {
  const { ids } = services.surroundings;
  const app = fastify({
    logger: false,
    bodyLimit: bodyLimitBytes,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: maxPathPartLength },
    // An upload lasts as long as it lasts; only the headers must come soon.
    requestTimeout: 0,
    http: { headersTimeout: 10_000 },
    genReqId: (request) => {
      const sent = request.headers['x-request-id'];
      return typeof sent === 'string' && requestIdPattern.test(sent) ? sent : ids.uuid();
    },
    frameworkErrors: (error, request, reply) => void answerProblem(services, { error, request, reply }),
  });
  readJsonBodies(app);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    if (isHealthPath(pathOf(request)) || isTokenPath(pathOf(request))) return;
    const tenant = readCaller(request, services.tokens);
    refuseAsPlanned(services.trials, tenant, request);
    if (pathOf(request) !== resetPath) services.gate.enter(tenant, reply.raw);
  });
  app.setErrorHandler((error, request, reply) => answerProblem(services, { error, request, reply }));
  app.setNotFoundHandler(() => {
    throw new Refusal({ status: 404, code: 'RESOURCE_NOT_FOUND', message: 'There is nothing at this path.' });
  });
  for (const addTo of resources) addTo(app, services);
  if (services.isAdminOpen) addAdmin(app, services);
  return app;
}

/**
 * One parser for JSON and JSON Patch; an empty body under a JSON content type is no body (S0 sends DELETE so, quirk N38).
 * Postman calls JSON `text/plain` where its collection names no type, as Adobe's does for half of its requests.
 */
function readJsonBodies(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    ['application/json', 'application/json-patch+json', 'application/merge-patch+json', 'text/plain'],
    { parseAs: 'string' },
    (request, body, done) => {
      if (body === '') done(null, undefined);
      else
        void parseJson(request, body as string, (error, value) => {
          if (error === null) done(null, value);
          else done(Object.assign(new Error('invalid JSON'), { code: 'FST_ERR_CTP_INVALID_JSON_BODY' }));
        });
    },
  );
}

interface FailedRequest {
  readonly error: unknown;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

function answerProblem(
  { surroundings: { log } }: HttpServices,
  { error, request, reply }: FailedRequest,
): FastifyReply {
  const path = pathOf(request);
  const problem = toProblem(error, { path, requestId: request.id });
  if (problem.isOurs)
    log.error({ err: error, requestId: request.id, method: request.method }, 'a request failed');
  // What is left of an upload that broke off would stand before the next request on this connection.
  if (request.raw.destroyed && !request.raw.complete) reply.header('connection', 'close');
  return reply.code(problem.status).headers(problem.headers).type('application/json').send(problem.body);
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?')[0] ?? '';
}
