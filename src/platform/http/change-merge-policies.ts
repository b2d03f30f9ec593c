import { InvalidRequest, ResourceNotFound } from '../../errors/platform-error';
import type { MergePolicyBody, MergePolicyOperation } from '../../wire/merge-policy.request';
import type { MergePolicy } from '../records';
import { requireProfileSchema } from './schema-reference';

/** Source: guardrails of profile data. */
const mostPolicies = 5;

/** What a caller may say of a policy; `version` and the times are ours. */
export type PolicyContent = Omit<MergePolicy, 'id' | 'version' | 'updatedAt'>;

/**
 * A POST or PUT body as a policy; a policy without a name is called by its id.
 * @throws InvalidRequest for another schema than that of profiles.
 */
export function readPolicy(body: MergePolicyBody, id: string): PolicyContent {
  return {
    name: body.name ?? id,
    schemaName: requireProfileSchema(body.schema),
    identityGraph: body.identityGraph.type,
    attributeMerge: mergeOf(body.attributeMerge),
    isActiveOnEdge: body.isActiveOnEdge ?? false,
    isDefault: body.default ?? false,
  };
}

/** The order says nothing where the newest wins. */
function mergeOf({
  type,
  order,
}: {
  readonly type: MergePolicy['attributeMerge']['type'];
  readonly order?: readonly string[] | undefined;
}): MergePolicy['attributeMerge'] {
  return type === 'dataSetPrecedence' && order !== undefined ? { type, order } : { type };
}

/** A policy after a JSON Patch. */
export function patched(policy: PolicyContent, operations: readonly MergePolicyOperation[]): PolicyContent {
  const changed = operations.reduce(applyOperation, policy);
  return { ...changed, attributeMerge: mergeOf(changed.attributeMerge) };
}

function applyOperation(policy: PolicyContent, operation: MergePolicyOperation): PolicyContent {
  switch (operation.path) {
    case '/name':
      return { ...policy, name: operation.value };
    case '/identityGraph':
      return { ...policy, identityGraph: operation.value.type };
    case '/identityGraph.type':
    case '/identityGraph/type':
      return { ...policy, identityGraph: operation.value };
    case '/attributeMerge':
      return { ...policy, attributeMerge: mergeOf(operation.value) };
    case '/attributeMerge.type':
    case '/attributeMerge/type':
      return { ...policy, attributeMerge: { ...policy.attributeMerge, type: operation.value } };
    case '/attributeMerge.order':
    case '/attributeMerge/order':
      return { ...policy, attributeMerge: { ...policy.attributeMerge, order: operation.value } };
    case '/schema.name':
    case '/schema/name':
      return { ...policy, schemaName: requireProfileSchema({ name: operation.value }) };
    case '/default':
      return { ...policy, isDefault: operation.value };
    case '/isActiveOnEdge':
    case '/idActiveOnEdge':
      return { ...policy, isActiveOnEdge: operation.value };
    case '/version':
      return policy;
    default:
      return operation satisfies never;
  }
}

/**
 * All policies with one more or one changed; a new default takes the place of the former one.
 * @throws InvalidRequest where there would be too many, or two active on the edge.
 */
export function withPolicy(policies: readonly MergePolicy[], policy: MergePolicy): readonly MergePolicy[] {
  const others = policies.filter(({ id }) => id !== policy.id);
  if (others.length === policies.length && policies.length >= mostPolicies)
    throw new InvalidRequest(
      `A sandbox has at most ${mostPolicies} merge policies, and this one has ${policies.length}. Change or delete one.`,
    );
  const onEdge = others.find(({ isActiveOnEdge }) => isActiveOnEdge);
  if (policy.isActiveOnEdge && onEdge !== undefined)
    throw fault(
      'isActiveOnEdge',
      `must be false, because the merge policy ${onEdge.id} is active on the edge, and only one can be`,
    );
  const isReplaced = (other: MergePolicy): boolean =>
    policy.isDefault && other.isDefault && other.schemaName === policy.schemaName;
  return [...others.map((other) => (isReplaced(other) ? { ...other, isDefault: false } : other)), policy];
}

/**
 * All policies but one.
 * @throws ResourceNotFound; InvalidRequest for the one that is active on the edge.
 */
export function withoutPolicy(policies: readonly MergePolicy[], id: string): readonly MergePolicy[] {
  const policy = policies.find((each) => each.id === id);
  if (policy === undefined) throw new ResourceNotFound('merge policy', id);
  if (policy.isActiveOnEdge)
    throw new InvalidRequest(
      `The merge policy ${id} is active on the edge and cannot be deleted. Set isActiveOnEdge to false first.`,
    );
  return policies.filter((each) => each !== policy);
}

/**
 * The datasets by whose order a policy merges.
 * @throws InvalidRequest where the policy needs an order and has none, or names one twice.
 */
export function datasetsOf({ attributeMerge: { type, order = [] } }: PolicyContent): readonly string[] {
  if (type !== 'dataSetPrecedence') return [];
  if (order.length === 0)
    throw fault(
      orderPath,
      'must name the datasets that are merged, the strongest first, for dataSetPrecedence',
    );
  const twice = order.find((id, place) => order.indexOf(id) !== place);
  if (twice !== undefined) throw fault(orderPath, `must name each dataset once; "${twice}" is there twice`);
  return order;
}

/** @throws InvalidRequest that names a dataset which is not there. */
export function refuseUnknownDatasets(order: readonly string[], known: ReadonlySet<string>): void {
  const unknown = order.find((id) => !known.has(id));
  if (unknown !== undefined)
    throw fault(orderPath, `must name datasets that exist; there is none with id "${unknown}"`);
}

const orderPath = 'attributeMerge.order';

function fault(path: string, message: string): InvalidRequest {
  return new InvalidRequest('The body of the request is wrong.', [{ path, message }]);
}
