import { checkExpression, dependencyOrder } from '../../pql';
import type { CheckedRule } from '../../pql';
import type { UnionSchema } from '../../xdm/union-schema';
import type { SegmentDefinition, SegmentSnapshot, Tenant } from '../records';
import type { PlatformStore } from '../store/platform-store';
import { RuleNoLongerValid } from './rule-no-longer-valid';

type SegmentRule = Pick<SegmentSnapshot, 'segmentId' | 'expression'>;

export interface SegmentsToCheck {
  readonly tenant: Tenant;
  readonly schema: UnionSchema;
  readonly segments: readonly SegmentRule[];
}

/**
 * The checked rules of segments and of all that these lean on by `inSegment`, by id.
 * @throws RuleNoLongerValid for a rule that cannot be evaluated, or that names a segment which is gone, or itself.
 */
export async function rulesOfSegments(
  store: PlatformStore,
  { tenant, schema, segments }: SegmentsToCheck,
): Promise<ReadonlyMap<string, CheckedRule>> {
  const rules = new Map<string, CheckedRule>();
  let next = segments;
  while (next.length > 0) {
    for (const segment of next) rules.set(segment.segmentId, checkSegment(segment, schema));
    const missing = [...rules.values()]
      .flatMap(({ segmentIds }) => segmentIds)
      .filter((id) => !rules.has(id));
    const ids = [...new Set(missing)];
    const found = await store.segmentDefinitions.getMany(tenant, ids);
    refuseMissing(rules, ids, found);
    next = found.map(({ id, expression }) => ({ segmentId: id, expression }));
  }
  refuseCircle(rules);
  return rules;
}

function checkSegment({ segmentId, expression }: SegmentRule, schema: UnionSchema): CheckedRule {
  const result = checkExpression(expression, { schema, unknownAttributes: 'error' });
  if (result.rule !== null) return result.rule;
  const [fault] = result.diagnostics.filter(({ severity }) => severity === 'ERROR');
  throw new RuleNoLongerValid({
    segmentId,
    code: fault?.code ?? 'unsupported',
    reason: fault?.message ?? 'it cannot be evaluated',
  });
}

function refuseMissing(
  rules: ReadonlyMap<string, CheckedRule>,
  ids: readonly string[],
  found: readonly SegmentDefinition[],
): void {
  const gone = ids.find((id) => !found.some((definition) => definition.id === id));
  if (gone === undefined) return;
  const [user] = [...rules].find(([, { segmentIds }]) => segmentIds.includes(gone)) ?? [gone];
  throw new RuleNoLongerValid({
    segmentId: user,
    code: 'unknown-segment',
    reason: `it asks inSegment about "${gone}", and there is no such segment.`,
  });
}

function refuseCircle(rules: ReadonlyMap<string, CheckedRule>): void {
  const sorted = dependencyOrder(new Map([...rules].map(([id, { segmentIds }]) => [id, segmentIds])));
  if (sorted.kind === 'order') return;
  const [segmentId = ''] = sorted.circle;
  throw new RuleNoLongerValid({
    segmentId,
    code: 'segment-circle',
    reason: `it leans on itself: ${[...sorted.circle, segmentId].join(' → ')}.`,
  });
}
