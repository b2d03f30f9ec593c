import { InvalidRequest, ResourceNotFound } from '../../errors/platform-error';
import type { MergePolicy, SegmentDefinition, SegmentJob, SegmentSnapshot, Tenant } from '../records';
import { ruleOf } from '../store/merge-rule';
import type { PlatformStore } from '../store/platform-store';

/** Which definitions a job runs: all of them, or those named. */
export type SegmentSelection =
  { readonly kind: 'all' } | { readonly kind: 'ids'; readonly ids: readonly string[] };

/** A definition with its merge policy; none where that is gone, and the default one holds then. */
export interface ChosenDefinition extends SegmentDefinition {
  readonly mergePolicy: MergePolicy | undefined;
}

export interface NewSegmentJob {
  readonly id: string;
  readonly at: number;
  readonly selection: SegmentSelection;
  readonly definitions: readonly ChosenDefinition[];
  readonly requestId: string;
  /** Given where a schedule asks. */
  readonly due?: { readonly scheduleId: string; readonly scheduledFor: number; readonly late: boolean };
}

/** A job in state NEW that holds each definition as it stands now. */
export function newSegmentJob({ id, at, selection, definitions, requestId, due }: NewSegmentJob): SegmentJob {
  return {
    id,
    status: 'NEW',
    progress: 0,
    errors: [],
    requestId,
    createdAt: at,
    updatedAt: at,
    source: due === undefined ? 'api' : 'scheduler',
    allSegments: selection.kind === 'all',
    segments: definitions.map(snapshotOf),
    schemaName: definitions[0]?.schemaName ?? '_xdm.context.profile',
    ...due,
  };
}

function snapshotOf(definition: ChosenDefinition): SegmentSnapshot {
  const { id: segmentId, version, expression, mergePolicyId, mergePolicy } = definition;
  const policy =
    mergePolicy === undefined
      ? {}
      : { mergePolicyVersion: mergePolicy.version, mergeRule: ruleOf(mergePolicy) };
  return { segmentId, version, expression, mergePolicyId, ...policy };
}

/** More than an org may have. */
const everyPolicy = { offset: 0, limit: 1000 } as const;

/**
 * The definitions that a selection names, in its order, each once.
 * @throws ResourceNotFound for an id that is not there.
 * @throws InvalidRequest where all are asked for and there is none.
 */
export async function selectDefinitions(
  store: PlatformStore,
  tenant: Tenant,
  selection: SegmentSelection,
): Promise<readonly ChosenDefinition[]> {
  const definitions = await selected(store, tenant, selection);
  const policies = (await store.mergePolicies.list(tenant, everyPolicy)).items;
  return definitions.map((definition) => ({
    ...definition,
    mergePolicy: policies.find(({ id }) => id === definition.mergePolicyId),
  }));
}

async function selected(
  store: PlatformStore,
  tenant: Tenant,
  selection: SegmentSelection,
): Promise<readonly SegmentDefinition[]> {
  if (selection.kind === 'all') {
    const all = await store.segmentDefinitions.all(tenant);
    if (all.length === 0)
      throw new InvalidRequest(
        'There is no segment definition yet, so there is nothing to evaluate. Create one first.',
      );
    return all;
  }
  const ids = [...new Set(selection.ids)];
  const found = new Map(
    (await store.segmentDefinitions.getMany(tenant, ids)).map((definition) => [definition.id, definition]),
  );
  return ids.map((id) => {
    const definition = found.get(id);
    if (definition === undefined) throw new ResourceNotFound('segment definition', id);
    return definition;
  });
}
