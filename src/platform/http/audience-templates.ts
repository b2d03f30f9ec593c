import type { FastifyInstance } from 'fastify';
import { InvalidRequest, ResourceNotFound } from '../../errors/platform-error';
import { checkDepth, checkTemplate } from '../../templates/check';
import { mapsBeyondB, verbsBeyondA } from '../../templates/convert';
import type { TemplateDiagnostic } from '../../templates/diagnostic';
import type { Dialect, Written } from '../../templates/documents';
import { dialectOf } from '../../templates/documents';
import { restoreSecrets } from '../../templates/restore';
import { inDialect, showInDialect } from '../../templates/show';
import { audienceTemplateBody, currentAudienceTemplateBody } from '../../wire/audience-template.request';
import type { AnyAudienceTemplateWire } from '../../wire/audience-template.wire';
import type { AudienceTemplate } from '../records';
import { audienceTemplateAnswer, writtenTemplate } from './audience-template-body';
import type { HttpServices } from './http-services';
import { readPage } from './query';
import { addResource } from './resource';
import type { Call } from './resource';

/** The alpha's path speaks model A, today's speaks B (quirk N36). A template is kept once, as it was written. */
const paths = {
  A: '/data/core/activation/authoring/v1/audience-templates',
  B: '/data/core/activation/authoring/audience-templates',
} as const;

/** One of the two paths, with what its routes lean on. */
interface Door {
  readonly dialect: Dialect;
  readonly services: HttpServices;
}

/** `/audience-templates` in both models. Source: contract §16. */
export function addAudienceTemplates(app: FastifyInstance, services: HttpServices): void {
  for (const dialect of ['A', 'B'] as const) {
    const door = { dialect, services };
    addResource(app, paths[dialect], { GET: (call) => list(call, door), POST: (call) => create(call, door) });
    addResource(app, `${paths[dialect]}/:id`, {
      GET: async (call) => audienceTemplateAnswer(await find(call, services), dialect),
      PUT: (call) => replace(call, door),
      DELETE: (call) => remove(call, services),
    });
  }
}

/** A bare array; Adobe has no paging here, so all unless asked for a part. */
async function list(
  { tenant, query }: Call,
  { dialect, services }: Door,
): Promise<AnyAudienceTemplateWire[]> {
  const page = readPage(query, { defaultLimit: 1000, maxLimit: 1000 });
  const { items } = await services.store.audienceTemplates.list(tenant, page);
  return items.map((template) => audienceTemplateAnswer(template, dialect));
}

async function create(call: Call, { dialect, services }: Door): Promise<AnyAudienceTemplateWire> {
  const { store, surroundings } = services;
  const written = accept(readTemplate(call, dialect), undefined);
  const now = surroundings.clock();
  const template: AudienceTemplate = {
    id: surroundings.ids.uuid(),
    dialect,
    body: { ...written.document },
    createdAt: now,
    updatedAt: now,
  };
  await store.audienceTemplates.insert(call.tenant, template);
  return audienceTemplateAnswer(template, dialect);
}

async function replace(call: Call, { dialect, services }: Door): Promise<AnyAudienceTemplateWire> {
  const before = await find(call, services);
  const stored = writtenTemplate(before);
  if (dialect === 'A') requireNothingBeyondA(stored);
  else requireNothingBeyondB(stored);
  const written = accept(readTemplate(call, dialect), stored);
  const template: AudienceTemplate = {
    ...before,
    dialect,
    body: { ...written.document },
    updatedAt: services.surroundings.clock(),
  };
  if (!(await services.store.audienceTemplates.replace(call.tenant, template)))
    throw new ResourceNotFound('audience template', before.id);
  return audienceTemplateAnswer(template, dialect);
}

/** What this path cannot show it cannot replace either: it would be lost in silence. */
function requireNothingBeyondA(stored: Written): void {
  const beyond = verbsBeyondA(stored);
  if (beyond.length === 0) return;
  throw new InvalidRequest(
    `The template has operations that the alpha model has no name for: ${beyond.join(', ')}. Replace it under ${paths.B}.`,
  );
}

/** The same the other way round. */
function requireNothingBeyondB(stored: Written): void {
  const beyond = mapsBeyondB(stored);
  if (beyond.length === 0) return;
  throw new InvalidRequest(
    `The template was written in the alpha model, with maps that today’s has no place for: ${beyond.join(', ')}. Replace it under ${paths.A}.`,
  );
}

/**
 * A template as it can be kept: with its secrets in the places of their masks, and nothing wrong with it.
 * @throws InvalidRequest with every fault and its place.
 */
function accept<T extends Written>(sent: T, stored: Written | undefined): T {
  refuse(checkDepth(sent.document));
  const { document, diagnostics } = restoreSecrets({
    sent,
    stored: stored && inDialect(stored, sent.dialect).document,
    shown: stored && showInDialect(stored, sent.dialect),
  });
  const written = { ...sent, document };
  refuse([...checkTemplate(written), ...diagnostics]);
  return written;
}

function refuse(diagnostics: readonly TemplateDiagnostic[]): void {
  if (diagnostics.length === 0) return;
  const faults = diagnostics.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new InvalidRequest('The audience template is wrong.', faults);
}

function readTemplate(call: Call, dialect: Dialect): Written {
  const { body } = call.request;
  if (dialect === 'A') {
    if (dialectOf(body) === 'B') throw otherModel('today’s Destination SDK (url, httpMethod, …)', 'B');
    const {
      instanceId: _id,
      createdDate: _made,
      lastModifiedDate: _changed,
      ...document
    } = call.body(audienceTemplateBody);
    return { dialect, document };
  }
  if (looksLikeA(body)) throw otherModel('the alpha (host, uri, method, audience, credential, …)', 'A');
  const {
    instanceId: _id,
    createdDate: _made,
    lastModifiedDate: _changed,
    ...document
  } = call.body(currentAudienceTemplateBody);
  return { dialect, document };
}

const fieldsOfA = ['audience', 'credential'];
const operationFieldsOfA = ['uri', 'method', 'schemaMap', 'errorSchemaMap'];

function looksLikeA(body: unknown): boolean {
  const fields = (value: unknown): Readonly<Record<string, unknown>> =>
    typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  const template = fields(fields(body)['metadataTemplate']);
  return (
    fieldsOfA.some((name) => Object.hasOwn(fields(body), name)) ||
    Object.hasOwn(template, 'host') ||
    Object.values(template).some((operation) =>
      operationFieldsOfA.some((name) => Object.hasOwn(fields(operation), name)),
    )
  );
}

function otherModel(what: string, dialect: Dialect): InvalidRequest {
  return new InvalidRequest(`This is a template of ${what}. Send it to ${paths[dialect]}.`);
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
