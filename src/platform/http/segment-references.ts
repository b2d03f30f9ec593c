import { findReferenceFaults, readExpression, segmentReferences } from '../../pql';
import type { CheckedRule } from '../../pql';
import type { SegmentDefinition, Tenant } from '../records';
import type { PlatformStore } from '../store/platform-store';
import { refusalOf } from './check-rule';
import { Refusal } from './refusal';

type Definitions = PlatformStore['segmentDefinitions'];

export interface SavedRule {
  readonly tenant: Tenant;
  readonly id: string;
  readonly name: string;
  readonly rule: CheckedRule;
}

/**
 * Refuses a rule that names segments which are not there, or that would lean on itself.
 * @throws Refusal 400 whose items have their places in the rule; the one of a circle names it.
 */
export async function checkReferences(
  definitions: Definitions,
  { tenant, id, name, rule }: SavedRule,
): Promise<void> {
  const { text, query } = rule;
  const named = segmentReferences(query).map((reference) => reference.id);
  if (named.length === 0) return;
  const others = await loadReachable(definitions, tenant, named);
  const meant = new Map<string, string>();
  for (const word of new Set(named)) {
    const namesake = others.has(word) ? undefined : await definitions.findByName(tenant, word);
    if (namesake !== undefined) meant.set(word, namesake.id);
  }
  const faults = findReferenceFaults({ text, query, id, name, others, meant });
  if (faults.length > 0) throw refusalOf(faults);
}

interface Reached {
  readonly name: string;
  readonly segmentIds: readonly string[];
}

/** Those definitions and all that they lean on, by id; what is not there is left out. */
async function loadReachable(
  definitions: Definitions,
  tenant: Tenant,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Reached>> {
  const reached = new Map<string, Reached>();
  const asked = new Set<string>();
  let next = [...new Set(ids)];
  while (next.length > 0) {
    for (const id of next) asked.add(id);
    const found = await definitions.getMany(tenant, next);
    for (const definition of found) {
      reached.set(definition.id, { name: definition.name, segmentIds: segmentsOf(definition) });
    }
    const named = found.flatMap(({ id }) => reached.get(id)?.segmentIds ?? []);
    next = [...new Set(named)].filter((id) => !asked.has(id));
  }
  return reached;
}

/** The segments that the rule of a definition names; read, not checked. */
export function segmentsOf({ expression }: SegmentDefinition): readonly string[] {
  // Most rules name none, and need not be read for that; the name may be escaped in a tree.
  if (!expression.value.includes('inSegment') && !expression.value.includes('\\u')) return [];
  const { query } = readExpression(expression);
  return query === null ? [] : segmentReferences(query).map(({ id }) => id);
}

/** How many dependents a refusal names. */
const mostNamed = 5;

/**
 * Refuses to delete a definition that others lean on through `inSegment`. Source: contract §4.5; the number is that of
 * audiences with dependents, which Adobe documents.
 * @throws Refusal 400 that names those others.
 */
export async function refuseWhileNeeded(definitions: Definitions, tenant: Tenant, id: string): Promise<void> {
  const dependents = (await definitions.all(tenant)).filter(
    (definition) => definition.id !== id && segmentsOf(definition).includes(id),
  );
  if (dependents.length === 0) return;
  const named = dependents.slice(0, mostNamed).map((one) => `"${one.name}" (${one.id})`);
  const more = dependents.length > mostNamed ? ` and ${dependents.length - mostNamed} more` : '';
  throw new Refusal({
    status: 400,
    code: 'UPAPI-113631-403',
    message:
      `Segment definition "${id}" cannot be deleted: others depend on it through inSegment: ` +
      `${named.join(', ')}${more}. Change or delete those first.`,
  });
}
