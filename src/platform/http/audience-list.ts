import type { AudienceWire } from '../../wire/audience.wire';
import type { SegmentDefinition, Tenant } from '../records';
import type { PlatformStore } from '../store/platform-store';
import { externalAudience, ruleAudience } from './audience-body';
import { segmentsOf } from './segment-references';

const chunk = 500;

/** Every audience of a tenant: definitions first, then those from elsewhere. */
export async function allAudiences(store: PlatformStore, tenant: Tenant): Promise<readonly AudienceWire[]> {
  const definitions = await store.segmentDefinitions.all(tenant);
  const dependents = dependentsOf(definitions);
  const own = definitions.map((definition) =>
    ruleAudience(tenant, definition, dependents.get(definition.id) ?? []),
  );
  const others: AudienceWire[] = [];
  for (let offset = 0; ; offset += chunk) {
    const { items } = await store.externalAudiences.list(tenant, { offset, limit: chunk });
    others.push(...items.map((audience) => externalAudience(tenant, audience)));
    if (items.length < chunk) return [...own, ...others];
  }
}

/** One audience by its id (not `audienceId`); undefined where there is none. */
export async function findAudience(
  store: PlatformStore,
  tenant: Tenant,
  id: string,
): Promise<AudienceWire | undefined> {
  const definition = await store.segmentDefinitions.get(tenant, id);
  if (definition !== undefined) {
    const dependents = dependentsOf(await store.segmentDefinitions.all(tenant));
    return ruleAudience(tenant, definition, dependents.get(id) ?? []);
  }
  const audience = await store.externalAudiences.get(tenant, id);
  return audience === undefined ? undefined : externalAudience(tenant, audience);
}

/** Who leans on each definition through `inSegment`. */
function dependentsOf(definitions: readonly SegmentDefinition[]): ReadonlyMap<string, readonly string[]> {
  const dependents = new Map<string, string[]>();
  for (const definition of definitions) {
    for (const id of new Set(segmentsOf(definition)))
      dependents.set(id, [...(dependents.get(id) ?? []), definition.id]);
  }
  return dependents;
}
