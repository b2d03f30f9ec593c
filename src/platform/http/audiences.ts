import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { InvalidRequest } from '../../errors/platform-error';
import { invariant } from '../../lib/assert';
import { isRecord } from '../../lib/is-record';
import type { ExternalAudienceBody } from '../../wire/audience.request';
import { audiencePatchBody, externalAudienceBody, ruleAudienceBody } from '../../wire/audience.request';
import type { AudienceListWire, AudienceWire } from '../../wire/audience.wire';
import { bulkGetBody } from '../../wire/common.request';
import { readBody } from '../../wire/read-body';
import type { ExternalAudience, Tenant } from '../records';
import { ownNamespace } from './audience-body';
import { allAudiences, findAudience } from './audience-list';
import { patchBody } from './audience-patch';
import type { HttpServices } from './http-services';
import { maxIds, tooManyIds } from './bulk-get';
import { readAudienceList } from './read-audience-list';
import { Refusal } from './refusal';
import { addResource } from './resource';
import type { Call } from './resource';
import { refuseWhileNeeded } from './segment-references';
import { insertDefinition, replaceDefinition } from './write-definition';

const path = '/data/core/ups/audiences';

/** `/audiences`: definitions of ours and audiences from elsewhere, in one form. Source: contract §11. */
export function addAudiences(app: FastifyInstance, services: HttpServices): void {
  const { definitionTurns: inTurn } = services;
  addResource(app, path, {
    GET: (call) => list(call, services),
    POST: (call) => inTurn(() => create(call, services)),
  });
  addResource(app, `${path}/bulk-get`, { POST: (call) => bulkGet(call, services) });
  addResource(app, `${path}/:id`, {
    GET: (call) => find(call, services),
    PATCH: (call) => inTurn(() => patch(call, services)),
    PUT: (call) => inTurn(() => put(call, services)),
    DELETE: (call) => inTurn(() => remove(call, services)),
  });
}

async function list(call: Call, { store }: HttpServices): Promise<AudienceListWire> {
  return readAudienceList(call.query, await allAudiences(store, call.tenant));
}

async function find({ tenant, id }: Call, { store }: HttpServices): Promise<AudienceWire> {
  const audience = await findAudience(store, tenant, id('id'));
  if (audience === undefined) throw notFound(id('id'));
  return audience;
}

async function bulkGet(
  call: Call,
  { store }: HttpServices,
): Promise<{ readonly results: Readonly<Record<string, AudienceWire>> }> {
  const ids = [...new Set(call.body(bulkGetBody))];
  if (ids.length === 0 || ids.length > maxIds) throw tooManyIds();
  const wanted = new Set(ids);
  const found = (await allAudiences(store, call.tenant)).filter(({ id }) => wanted.has(id));
  const missing = ids.filter((id) => !found.some((audience) => audience.id === id));
  if (missing.length > 0) {
    const message = `The audiences ${missing.slice(0, 5).join(', ')} are not found. Use valid ids and try again.`;
    throw new Refusal({ status: 404, code: 'UPAPI-113000-404', message });
  }
  call.reply.code(207);
  return { results: Object.fromEntries(found.map((audience) => [audience.id, audience])) };
}

async function create(call: Call, services: HttpServices): Promise<AudienceWire> {
  const body = jsonOf(call);
  const id = isExternal(body)
    ? (await insertExternal(call, services, body)).id
    : (await insertDefinition(services, call.tenant, readRule(body, ownNamespace))).id;
  call.reply.code(201);
  return written(services, call.tenant, id);
}

async function patch(call: Call, services: HttpServices): Promise<AudienceWire> {
  const before = await find(call, services);
  return write(call, services, { before, body: patchBody({ ...before }, call.body(audiencePatchBody)) });
}

/** Overwrites; only what a body must have and cannot change is taken from what was there. */
async function put(call: Call, services: HttpServices): Promise<AudienceWire> {
  const before = await find(call, services);
  const { audienceId, namespace, originName, type, labels, lifecycleState } = before;
  const kept = { audienceId, namespace, originName, type, labels, lifecycleState };
  return write(call, services, { before, body: { ...kept, ...jsonOf(call) } });
}

interface AudienceToWrite {
  readonly before: AudienceWire;
  readonly body: Readonly<Record<string, unknown>>;
}

async function write(
  { tenant, reply }: Call,
  services: HttpServices,
  { before, body }: AudienceToWrite,
): Promise<AudienceWire> {
  const { store } = services;
  if (isExternal(body) !== isExternal({ ...before }))
    throw invalidAudience('The type of an audience cannot be changed');
  const external = await store.externalAudiences.get(tenant, before.id);
  if (external === undefined) {
    const definition = await store.segmentDefinitions.get(tenant, before.id);
    if (definition === undefined) throw notFound(before.id);
    await replaceDefinition(services, tenant, { before: definition, body: readRule(body, before.namespace) });
  } else {
    const content = contentOf(readExternal(body, before.namespace), external);
    const now = services.surroundings.clock();
    const changed = { ...content, id: external.id, version: external.version + 1 };
    const times = { createdAt: external.createdAt, updatedAt: now };
    if (!(await store.externalAudiences.replace(tenant, { ...changed, ...times }))) throw notFound(before.id);
  }
  reply.code(201);
  return written(services, tenant, before.id);
}

/** As it stands now; it was written in this very turn. */
async function written({ store }: HttpServices, tenant: Tenant, id: string): Promise<AudienceWire> {
  const audience = await findAudience(store, tenant, id);
  invariant(audience !== undefined, 'An audience that was just written is there.');
  return audience;
}

async function remove({ tenant, id, reply }: Call, { store }: HttpServices): Promise<undefined> {
  const audienceId = id('id');
  await refuseWhileNeeded(store.segmentDefinitions, tenant, audienceId);
  const isGone =
    (await store.segmentDefinitions.delete(tenant, audienceId)) ||
    (await store.externalAudiences.delete(tenant, audienceId));
  if (!isGone) throw notFound(audienceId);
  reply.code(204);
}

function jsonOf({ request }: Call): Readonly<Record<string, unknown>> {
  if (isRecord(request.body)) return request.body;
  throw new InvalidRequest('The body of the request is wrong.', [{ path: '', message: 'must be an object' }]);
}

/** By its type, else by its having a rule. */
function isExternal(body: Readonly<Record<string, unknown>>): boolean {
  const type = body['type'];
  return typeof type === 'string' ? type.startsWith('External') : body['expression'] === undefined;
}

function readRule(body: object, namespace: string): z.output<typeof ruleAudienceBody> {
  return readChecked(ruleAudienceBody, body, namespace);
}

function readExternal(body: object, namespace: string | undefined): ExternalAudienceBody {
  return readChecked(externalAudienceBody, body, namespace);
}

/** @param namespace that the audience has already; undefined for a new one. */
function readChecked<Body extends { readonly namespace?: string | undefined }>(
  validator: z.ZodType<Body>,
  body: object,
  namespace: string | undefined,
): Body {
  const reading = readBody(validator, refuseDeleted(body));
  if (!reading.ok) throw new InvalidRequest('The body of the request is wrong.', reading.problems);
  const { value } = reading;
  if (namespace !== undefined && value.namespace !== undefined && value.namespace !== namespace)
    throw invalidAudience('namespace cannot be changed');
  return value;
}

function refuseDeleted(body: object): object {
  const state = 'lifecycleState' in body ? body.lifecycleState : undefined;
  if (typeof state === 'string' && /^deleted?$/i.test(state))
    throw invalidAudience('Cannot set lifecycleState as deleted');
  return body;
}

async function insertExternal(
  { tenant }: Call,
  { store, surroundings }: HttpServices,
  body: object,
): Promise<ExternalAudience> {
  const id = surroundings.ids.uuid();
  const now = surroundings.clock();
  const content = contentOf(readExternal(body, undefined), { audienceId: id });
  const audience = { ...content, id, version: 1, createdAt: now, updatedAt: now };
  await store.externalAudiences.insert(tenant, audience);
  return audience;
}

type Content = Omit<ExternalAudience, 'id' | 'version' | 'createdAt' | 'updatedAt'>;

function contentOf(
  { type: _type, ...body }: ExternalAudienceBody,
  before: Pick<ExternalAudience, 'audienceId'> & Partial<ExternalAudience>,
): Content {
  return {
    ...body,
    audienceId: body.audienceId ?? before.audienceId,
    namespace: body.namespace ?? before.namespace ?? 'CustomerAudienceUpload',
    originName: body.originName ?? before.originName ?? 'CUSTOM_UPLOAD',
    lifecycleState: body.lifecycleState ?? before.lifecycleState ?? 'published',
    labels: body.labels ?? before.labels ?? [],
  };
}

function invalidAudience(what: string): Refusal {
  const message = `There is a problem in audience validation. ${what}`;
  return new Refusal({ status: 400, code: 'UPAPI-113434-400', message });
}

function notFound(id: string): Refusal {
  const message = `The audience entity ${id} is not found. Use a valid entity and try again.`;
  return new Refusal({ status: 404, code: 'UPAPI-113430-404', message });
}
