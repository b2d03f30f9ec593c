import type { FastifyInstance } from 'fastify';
import { InvalidRequest, ResourceNotFound } from '../../errors/platform-error';
import { invariant } from '../../lib/assert';
import { newMergePolicyBody, mergePolicyPatchBody } from '../../wire/merge-policy.request';
import type { MergePolicyListWire, MergePolicyWire } from '../../wire/merge-policy.wire';
import type { MergePolicy, Tenant } from '../records';
import type { Sort } from '../store/api/repository';
import type { PlatformStore } from '../store/platform-store';
import { answerBulkGet } from './bulk-get';
import {
  datasetsOf,
  patched,
  readPolicy,
  refuseUnknownDatasets,
  withoutPolicy,
  withPolicy,
  type PolicyContent,
} from './change-merge-policies';
import type { HttpServices } from './http-services';
import { mergePolicyBody } from './merge-policy-body';
import { linkTo } from './next-link';
import type { Query } from './query';
import { readPage, wrong } from './query';
import { addResource } from './resource';
import type { Call } from './resource';

const path = '/data/core/ups/config/mergePolicies';

/** An org has at most five; this reads them all. */
const everyPolicy = { offset: 0, limit: 1000 } as const;

/** `/config/mergePolicies`. Source: contract §9. */
export function addMergePolicies(app: FastifyInstance, services: HttpServices): void {
  const { store } = services;
  addResource(app, path, {
    GET: (call) => list(call, store),
    POST: (call) => create(call, services),
  });
  addResource(app, `${path}/bulk-get`, {
    POST: (call) =>
      answerBulkGet(call, {
        load: (ids) => store.mergePolicies.getMany(call.tenant, ids),
        toWire: (policy) => mergePolicyBody(call.tenant, policy),
      }),
  });
  addResource(app, `${path}/:id`, {
    GET: async (call) => {
      const id = call.id('id');
      const policy = await store.mergePolicies.get(call.tenant, id);
      if (policy === undefined) throw new ResourceNotFound('merge policy', id);
      return mergePolicyBody(call.tenant, policy);
    },
    PUT: (call) => overwrite(call, services),
    PATCH: (call) => patch(call, services),
    DELETE: (call) => remove(call, services),
  });
}

async function create(call: Call, services: HttpServices): Promise<MergePolicyWire> {
  const id = services.surroundings.ids.uuid();
  const content = readPolicy(call.body(newMergePolicyBody), id);
  const policy = { id, version: 1, updatedAt: services.surroundings.clock(), ...content };
  await refuseUnfit(call, services, content);
  await services.store.mergePolicies.change(call.tenant, (policies) => withPolicy(policies, policy));
  return mergePolicyBody(call.tenant, policy);
}

async function overwrite(call: Call, services: HttpServices): Promise<MergePolicyWire> {
  const content = readPolicy(call.body(newMergePolicyBody), call.id('id'));
  await refuseUnfit(call, services, content);
  return changeOne(call, services, () => content);
}

async function patch(call: Call, services: HttpServices): Promise<MergePolicyWire> {
  const operations = call.body(mergePolicyPatchBody);
  const { store } = services;
  const before = await store.mergePolicies.get(call.tenant, call.id('id'));
  if (before === undefined) throw new ResourceNotFound('merge policy', call.id('id'));
  const edit = (policy: PolicyContent): PolicyContent => patched(policy, operations);
  await refuseUnfit(call, services, edit(before));
  return changeOne(call, services, edit);
}

/** Changes the policy as it stands when it is written; `edit` may be called on a newer one than was checked. */
async function changeOne(
  { tenant, id }: Call,
  { store, surroundings }: HttpServices,
  edit: (policy: PolicyContent) => PolicyContent,
): Promise<MergePolicyWire> {
  let changed: MergePolicy | undefined;
  await store.mergePolicies.change(tenant, (policies) => {
    const before = policies.find((policy) => policy.id === id('id'));
    if (before === undefined) throw new ResourceNotFound('merge policy', id('id'));
    const content = edit(before);
    datasetsOf(content);
    changed = {
      ...content,
      id: before.id,
      version: before.version + 1,
      updatedAt: surroundings.clock(),
    };
    return withPolicy(policies, changed);
  });
  invariant(changed !== undefined, 'A change of policies edits them.');
  return mergePolicyBody(tenant, changed);
}

async function refuseUnfit({ tenant }: Call, { store }: HttpServices, policy: PolicyContent): Promise<void> {
  const order = datasetsOf(policy);
  if (order.length === 0) return;
  const known = await store.datasets.getMany(tenant, order);
  refuseUnknownDatasets(order, new Set(known.map(({ id }) => id)));
}

/** Refused while definitions name it: they would mean something else without it. */
async function remove(call: Call, { store }: HttpServices): Promise<undefined> {
  const { tenant } = call;
  const id = call.id('id');
  const users = (await store.segmentDefinitions.all(tenant)).filter(
    ({ mergePolicyId }) => mergePolicyId === id,
  );
  const [first] = users;
  if (first !== undefined) {
    const others = users.length === 1 ? '' : ` and ${users.length - 1} more`;
    throw new InvalidRequest(
      `The merge policy ${id} cannot be deleted, because segment definitions name it: ${first.id}${others}. Give them another one first.`,
    );
  }
  await store.mergePolicies.change(tenant, (policies) => withoutPolicy(policies, id));
  call.reply.code(200);
}

async function list({ tenant, query }: Call, store: PlatformStore): Promise<MergePolicyListWire> {
  const page = readPage(query, { defaultLimit: 20, maxLimit: 100 });
  const accepts = readFilter(query);
  const { items } = await store.mergePolicies.list(tenant, everyPolicy, readOrder(query));
  const found = items.filter(accepts);
  const shown = found.slice(page.offset, page.offset + page.limit);
  const end = page.offset + shown.length;
  const hasMore = shown.length > 0 && end < found.length;
  const href = hasMore ? `@${linkTo('/mergePolicies', query, { start: end, limit: page.limit })}` : '';
  return {
    _page: {
      totalCount: found.length,
      pageSize: shown.length,
      count: shown.length,
      next: hasMore ? String(end) : '',
    },
    children: shown.map((policy) => mergePolicyBody(tenant, policy)),
    _links: { next: { href } },
  };
}

function readFilter(query: Query): (policy: MergePolicy) => boolean {
  const isDefault = query.flag('default');
  const isActiveOnEdge = query.flag('isActiveOnEdge');
  const schemaName = query.text('schema.name');
  const graph = query.text('identityGraph.type');
  const merge = query.text('attributeMerge.type');
  const version = query.integer('version', { min: 1, max: 1_000_000_000 });
  return (policy) =>
    (isDefault ?? policy.isDefault) === policy.isDefault &&
    (isActiveOnEdge ?? policy.isActiveOnEdge) === policy.isActiveOnEdge &&
    (schemaName ?? policy.schemaName) === policy.schemaName &&
    (graph ?? policy.identityGraph) === policy.identityGraph &&
    (merge ?? policy.attributeMerge.type) === policy.attributeMerge.type &&
    (version ?? policy.version) === policy.version;
}

/** `name`, `+name`, `-name`, in either spelling of the parameter (quirk N22); by name unless told. */
function readOrder(query: Query): Sort {
  const text = query.text('orderBy') ?? query.text('orderby') ?? 'name';
  // A "+" that was not encoded arrives as a space.
  const match = /^([ +-]?)name$/.exec(text);
  if (match === null) throw wrong('orderBy', 'must be name, +name or -name');
  return { field: 'name', direction: match[1] === '-' ? 'desc' : 'asc' };
}

/**
 * The policy with this id, or the default one of the profile schema where none is named; undefined where there is no
 * default one: then nobody is stitched, and the newest value counts.
 * @throws InvalidRequest where the named one does not exist.
 */
export async function findMergePolicy(
  store: PlatformStore,
  tenant: Tenant,
  id: string | undefined,
): Promise<MergePolicy | undefined> {
  if (id === undefined || id === '')
    return (await store.mergePolicies.list(tenant, everyPolicy)).items.find(({ isDefault }) => isDefault);
  const policy = await store.mergePolicies.get(tenant, id);
  if (policy === undefined) throw new InvalidRequest(`There is no merge policy with id "${id}".`);
  return policy;
}

/**
 * The same, for what must name a policy.
 * @throws InvalidRequest where it does not exist, or none is named and there is no default one.
 */
export async function resolveMergePolicy(
  store: PlatformStore,
  tenant: Tenant,
  id: string | undefined,
): Promise<MergePolicy> {
  const policy = await findMergePolicy(store, tenant, id);
  if (policy === undefined) throw new InvalidRequest('There is no default merge policy; name one.');
  return policy;
}
