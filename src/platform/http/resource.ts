import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import type { z } from 'zod';
import { InvalidRequest } from '../../errors/platform-error';
import { idPattern } from '../../wire/common.wire';
import { readBody } from '../../wire/read-body';
import type { Tenant } from '../records';
import { readCaller } from './caller';
import { Query } from './query';
import { Refusal } from './refusal';

/** One request, as a route sees it. */
export interface Call {
  readonly tenant: Tenant;
  readonly requestId: string;
  readonly query: Query;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** A part of the path. @throws Refusal 404 where it cannot be an id, so that it is never looked up. */
  readonly id: (name: string) => string;
  /** Several with commas between, as Catalog takes them. @throws Refusal 404 as `id` does. */
  readonly ids: (name: string) => readonly string[];
  /** The body, checked. @throws InvalidRequest with every fault. */
  readonly body: <Schema extends z.ZodType>(schema: Schema) => z.output<Schema>;
}

/** Answers the body; undefined with status 204 set means none. */
export type Route = (call: Call) => unknown;

export type Routes = Readonly<Partial<Record<'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', Route>>>;

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Adds one path with what each method does there; every other method is answered with 405 and the list of those allowed. */
export function addResource(app: FastifyInstance, path: string, routes: Routes): void {
  const allowed = methods.filter(
    (method) => routes[method] !== undefined || (method === 'HEAD' && routes.GET !== undefined),
  );
  // HEAD first: fastify makes one for each GET unless there is one already.
  for (const method of ['HEAD', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const) {
    const route = routes[method];
    if (route !== undefined)
      app.route({
        method,
        url: path,
        onRequest: (request) => {
          requireContentType(request);
          return Promise.resolve();
        },
        handler: (request, reply) => answer(route, request, reply),
      });
  }
  const refuse = (): never => refuseMethod(allowed);
  const others: HTTPMethods[] = [
    ...methods.filter((method) => !allowed.includes(method)),
    ...(['OPTIONS', 'TRACE'] as const),
  ];
  // Before the body, whose type does not matter to a method that is not there.
  app.route({ method: others, url: path, onRequest: refuse, handler: refuse });
}

/** Missing: 400 of family C wherever it is, as documented. Closing a batch has no body and needs none. */
function requireContentType(request: FastifyRequest): void {
  const { method, headers } = request;
  const hasBodyMethod = method === 'POST' || method === 'PUT' || method === 'PATCH';
  const isClosingBatch =
    method === 'POST' &&
    /^\/data\/foundation\/import\/batches\/[^/]+\/?$/.test(request.url.split('?')[0] ?? '');
  if (!hasBodyMethod || isClosingBatch || headers['content-type'] !== undefined) return;
  throw new Refusal({
    family: 'C',
    status: 400,
    code: 'INVALID_REQUEST',
    message: 'A valid content-type must be specified',
  });
}

async function answer(route: Route, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const body = await route(callOf(request, reply));
  if (reply.sent) return reply;
  return body === undefined ? reply.send() : body;
}

function callOf(request: FastifyRequest, reply: FastifyReply): Call {
  return {
    tenant: readCaller(request),
    requestId: request.id,
    query: new Query(request.query),
    request,
    reply,
    id: (name) => readId(request, name),
    ids: (name) => readIds(request, name),
    body: (schema) => readChecked(schema, request.body),
  };
}

/** The API key of the caller: what Catalog calls the client. */
export function clientOf({ request }: Call): string | undefined {
  const key = request.headers['x-api-key'];
  return typeof key === 'string' ? key : undefined;
}

function readId(request: FastifyRequest, name: string): string {
  const id = (request.params as Readonly<Record<string, string | undefined>>)[name] ?? '';
  return checkId(id);
}

function readIds(request: FastifyRequest, name: string): readonly string[] {
  const ids = (request.params as Readonly<Record<string, string | undefined>>)[name] ?? '';
  return [...new Set(ids.split(',').map(checkId))];
}

function checkId(id: string): string {
  if (idPattern.test(id)) return id;
  throw new Refusal({
    status: 404,
    code: 'RESOURCE_NOT_FOUND',
    message: 'There is nothing with such an id.',
  });
}

function readChecked<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  if (body === undefined || body === null)
    throw new InvalidRequest('The request has no body.', [{ path: '', message: 'must not be empty' }]);
  const reading = readBody(schema, body);
  if (reading.ok) return reading.value;
  throw new InvalidRequest('The body of the request is wrong.', reading.problems);
}

function refuseMethod(allowed: readonly string[]): never {
  const list = allowed.join(', ');
  const message = `This method is not allowed here; allowed are ${list}.`;
  throw new Refusal({ status: 405, code: 'METHOD_NOT_ALLOWED', message, headers: { allow: list } });
}
