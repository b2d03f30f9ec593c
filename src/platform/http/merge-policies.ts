import type { FastifyInstance } from 'fastify';
import { InvalidRequest, ResourceNotFound } from '../../errors/platform-error';
import type { MergePolicyListWire } from '../../wire/merge-policy.wire';
import type { MergePolicy, Tenant } from '../records';
import type { PlatformStore, Sort } from '../store/platform-store';
import { answerBulkGet } from './bulk-get';
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

/** `/config/mergePolicies`: reading. Source: contract §9. */
export function addMergePolicies(app: FastifyInstance, { store }: HttpServices): void {
  addResource(app, path, { GET: (call) => list(call, store) });
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
  });
}

async function list({ tenant, query }: Call, store: PlatformStore): Promise<MergePolicyListWire> {
  const page = readPage(query, { defaultLimit: 20, maxLimit: 100 });
  const accepts = readFilter(query);
  const { items } = await store.mergePolicies.list(tenant, everyPolicy, readOrder(query));
  const found = items.filter(accepts);
  const shown = found.slice(page.offset, page.offset + page.limit);
  const end = page.offset + shown.length;
  const href =
    shown.length > 0 && end < found.length
      ? `@${linkTo('/mergePolicies', query, { start: end, limit: page.limit })}`
      : '';
  return {
    _page: { totalCount: found.length, pageSize: shown.length },
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
  return (policy) =>
    (isDefault ?? policy.isDefault) === policy.isDefault &&
    (isActiveOnEdge ?? policy.isActiveOnEdge) === policy.isActiveOnEdge &&
    (schemaName ?? policy.schemaName) === policy.schemaName &&
    (graph ?? policy.identityGraph) === policy.identityGraph &&
    (merge ?? policy.attributeMerge.type) === policy.attributeMerge.type;
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
 * The policy with this id, or the default one of the profile schema where none is named.
 * @throws InvalidRequest where it does not exist.
 */
export async function resolveMergePolicy(
  store: PlatformStore,
  tenant: Tenant,
  id: string | undefined,
): Promise<MergePolicy> {
  const policy =
    id === undefined
      ? (await store.mergePolicies.list(tenant, everyPolicy)).items.find(({ isDefault }) => isDefault)
      : await store.mergePolicies.get(tenant, id);
  if (policy !== undefined) return policy;
  throw new InvalidRequest(
    id === undefined
      ? 'There is no default merge policy; name one.'
      : `There is no merge policy with id "${id}".`,
  );
}
