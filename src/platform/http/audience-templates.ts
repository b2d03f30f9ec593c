import type { FastifyInstance } from 'fastify';
import { InvalidRequest, ResourceNotFound } from '../../errors/platform-error';
import { maskCredential, restoreCredential } from '../../templates/mask-credential';
import { audienceTemplateBody, isModelB } from '../../wire/audience-template.request';
import type { AudienceTemplateBody } from '../../wire/audience-template.request';
import type { AudienceTemplateWire } from '../../wire/audience-template.wire';
import type { AudienceTemplate } from '../records';
import type { HttpServices } from './http-services';
import { readPage } from './query';
import { addResource } from './resource';
import type { Call } from './resource';

/** The alpha path speaks model A; under the current one the same resource stands until model B is there (quirk N36). */
const paths = [
  '/data/core/activation/authoring/v1/audience-templates',
  '/data/core/activation/authoring/audience-templates',
] as const;

/** `/audience-templates`, model A. Source: contract §16. */
export function addAudienceTemplates(app: FastifyInstance, services: HttpServices): void {
  for (const path of paths) {
    addResource(app, path, { GET: (call) => list(call, services), POST: (call) => create(call, services) });
    addResource(app, `${path}/:id`, {
      GET: async (call) => templateBody(await find(call, services)),
      PUT: (call) => replace(call, services),
      DELETE: (call) => remove(call, services),
    });
  }
}

/** A bare array; Adobe has no paging here, so all unless asked for a part. */
async function list({ tenant, query }: Call, { store }: HttpServices): Promise<AudienceTemplateWire[]> {
  const page = readPage(query, { defaultLimit: 1000, maxLimit: 1000 });
  return (await store.audienceTemplates.list(tenant, page)).items.map(templateBody);
}

async function create(call: Call, { store, surroundings }: HttpServices): Promise<AudienceTemplateWire> {
  const now = surroundings.clock();
  const template: AudienceTemplate = {
    id: surroundings.ids.uuid(),
    body: readTemplate(call),
    createdAt: now,
    updatedAt: now,
  };
  await store.audienceTemplates.insert(call.tenant, template);
  return templateBody(template);
}

async function replace(call: Call, services: HttpServices): Promise<AudienceTemplateWire> {
  const before = await find(call, services);
  const sent = readTemplate(call);
  const body = keepMaskedSecrets(sent, before);
  const template: AudienceTemplate = { ...before, body, updatedAt: services.surroundings.clock() };
  if (!(await services.store.audienceTemplates.replace(call.tenant, template)))
    throw new ResourceNotFound('audience template', before.id);
  return templateBody(template);
}

function keepMaskedSecrets(
  sent: AudienceTemplate['body'],
  before: AudienceTemplate,
): AudienceTemplate['body'] {
  const { credential } = sent as AudienceTemplateBody;
  if (credential === undefined) return sent;
  const stored = (before.body as AudienceTemplateBody).credential ?? {};
  return { ...sent, credential: restoreCredential(credential, stored) };
}

function readTemplate(call: Call): AudienceTemplate['body'] {
  if (isModelB(call.request.body)) {
    throw new InvalidRequest(
      'This is a template of the current Destination SDK (url, httpMethod, requestBody, …). Here templates have the fields of the alpha: host, uri, method, headers as a map, body or params, schemaMap, errorSchemaMap.',
    );
  }
  const {
    instanceId: _id,
    createdDate: _created,
    lastModifiedDate: _modified,
    ...body
  } = call.body(audienceTemplateBody);
  return body;
}

/** The template as it may be shown: literal secrets masked. */
function templateBody({ id, body, createdAt, updatedAt }: AudienceTemplate): AudienceTemplateWire {
  const { credential, ...rest } = body as AudienceTemplateBody;
  return {
    instanceId: id,
    createdDate: isoMicroseconds(createdAt),
    lastModifiedDate: isoMicroseconds(updatedAt),
    ...(rest as Omit<AudienceTemplateWire, 'instanceId'>),
    ...(credential === undefined ? {} : { credential: maskCredential(credential) }),
  };
}

function isoMicroseconds(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('Z', '000Z');
}

async function remove(call: Call, { store }: HttpServices): Promise<undefined> {
  const id = call.id('id');
  if (!(await store.audienceTemplates.delete(call.tenant, id)))
    throw new ResourceNotFound('audience template', id);
}

async function find(call: Call, { store }: HttpServices): Promise<AudienceTemplate> {
  const id = call.id('id');
  const template = await store.audienceTemplates.get(call.tenant, id);
  if (template === undefined) throw new ResourceNotFound('audience template', id);
  return template;
}
