import type { FastifyInstance } from 'fastify';
import { ResourceNotFound } from '../../errors/platform-error';
import { invariant } from '../../lib/assert';
import { newPreviewBody } from '../../wire/preview.request';
import type { EstimateWire, NewPreviewWire, PreviewWire } from '../../wire/preview.wire';
import { RuleNoLongerValid } from '../jobs/rule-no-longer-valid';
import { rulesOfSegments } from '../jobs/rules-of-segments';
import type { Preview } from '../previews/preview';
import { plainRule, ruleOf } from '../store/merge-rule';
import { checkRule, refusalOfRule } from './check-rule';
import type { HttpServices } from './http-services';
import { findMergePolicy } from './merge-policies';
import { estimateBody, newPreviewBodyOf, previewBody, previewIdOf, queryIdOf } from './preview-body';
import { addResource } from './resource';
import type { Call } from './resource';
import { checkReferences } from './segment-references';

const root = '/data/core/ups';

/** `/preview` and `/estimate`: a rule tried on a sample. Source: contract §8. */
export function addPreviews(app: FastifyInstance, services: HttpServices): void {
  addResource(app, `${root}/preview`, { POST: (call) => create(call, services) });
  addResource(app, `${root}/preview/:id`, {
    GET: (call) => read(call, services),
    DELETE: (call) => remove(call, services),
  });
  addResource(app, `${root}/estimate/:id`, {
    GET: (call) => estimate(call, services),
  });
}

async function create(call: Call, services: HttpServices): Promise<NewPreviewWire> {
  const body = call.body(newPreviewBody);
  const { store, previews } = services;
  const standard = await findMergePolicy(store, call.tenant, undefined);
  const mergeRule = standard === undefined ? plainRule : ruleOf(standard);
  const schema = await (await store.profileData(call.tenant)).schema();
  const format = body.predicateType === 'pql/json' ? 'pql/json' : 'pql/text';
  const expression = { type: 'PQL', format, value: body.predicateExpression } as const;
  const checked = checkRule(schema, expression);
  // An id of its own, so that no rule can name the one that is tried.
  const tried = { segmentId: services.surroundings.ids.uuid(), expression };
  await checkReferences(store.segmentDefinitions, {
    tenant: call.tenant,
    id: tried.segmentId,
    name: tried.segmentId,
    rule: checked,
  });
  const segments = await rulesOfSegments(store, { tenant: call.tenant, schema, segments: [tried] }).catch(
    refuseUnsound,
  );
  const rule = segments.get(tried.segmentId);
  invariant(rule !== undefined, 'The rules of segments have those that were asked for.');
  const preview = previews.start(call.tenant, {
    rule,
    segments,
    mergeRule: body.graphType === undefined ? mergeRule : { ...mergeRule, identityGraph: body.graphType },
  });
  const location = `${services.origin()}${root}/preview/${previewIdOf(preview.queryId)}`;
  void call.reply.code(201).header('x-location', location);
  return newPreviewBodyOf(preview);
}

/** A segment that the rule names may be gone by now, or lean on what is. */
function refuseUnsound(error: unknown): never {
  throw error instanceof RuleNoLongerValid ? refusalOfRule(error) : error;
}

async function estimate(call: Call, services: HttpServices): Promise<EstimateWire> {
  const { queryId } = find(call, services);
  const preview = await services.previews.soon(call.tenant, queryId);
  if (preview === undefined) throw new ResourceNotFound('preview', call.id('id'));
  return estimateBody(preview, services.origin());
}

async function read(call: Call, services: HttpServices): Promise<PreviewWire> {
  const { query } = call;
  const page = {
    offset: query.integer('offset', { min: 0, max: 1_000_000 }) ?? 0,
    limit: query.integer('limit', { min: 1, max: 1000 }) ?? 1000,
  };
  const { queryId } = find(call, services);
  const preview = await services.previews.listed(call.tenant, queryId);
  if (preview === undefined) throw new ResourceNotFound('preview', call.id('id'));
  return previewBody(preview, page, services.origin());
}

function remove(call: Call, { previews }: HttpServices): { status: true; message: string } {
  const id = call.id('id');
  const queryId = queryIdOf(id);
  if (queryId === undefined || !previews.remove(call.tenant, queryId))
    throw new ResourceNotFound('preview', id);
  return { status: true, message: `Preview with id '${id}' has been removed` };
}

function find(call: Call, { previews }: HttpServices): Preview {
  const id = call.id('id');
  const queryId = queryIdOf(id);
  const preview = queryId === undefined ? undefined : previews.find(call.tenant, queryId);
  if (preview === undefined) throw new ResourceNotFound('preview', id);
  return preview;
}
