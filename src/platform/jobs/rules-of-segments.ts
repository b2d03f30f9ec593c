import { checkExpression, dependencyOrder } from '../../pql';
import type { CheckedRule } from '../../pql';
import type { UnionSchema } from '../../xdm/union-schema';
import type { SegmentSnapshot, Tenant } from '../records';
import type { PlatformStore } from '../store/platform-store';
import { RuleNoLongerValid } from './rule-no-longer-valid';

type SegmentRule = Pick<SegmentSnapshot, 'segmentId' | 'expression'>;

export interface SegmentsToCheck {
  readonly tenant: Tenant;
  readonly schema: UnionSchema;
  readonly segments: readonly SegmentRule[];
}

/** Rules by id, and why others of the segments cannot be evaluated. */
export interface SoundRules {
  readonly rules: ReadonlyMap<string, CheckedRule>;
  /** By segment; what a fault lies under is in here too. */
  readonly faults: ReadonlyMap<string, RuleNoLongerValid>;
}

/**
 * The checked rules of segments and of all that these lean on by `inSegment`, by id.
 * @throws RuleNoLongerValid for a rule that cannot be evaluated, or that names a segment which is gone, or itself.
 */
export async function rulesOfSegments(
  store: PlatformStore,
  wanted: SegmentsToCheck,
): Promise<ReadonlyMap<string, CheckedRule>> {
  const { rules, faults } = await soundRulesOf(store, wanted);
  const [fault] = faults.values();
  if (fault !== undefined) throw fault;
  return rules;
}

/** The same, where what cannot be evaluated is left out and told, with all that leans on it. */
export async function soundRulesOf(
  store: PlatformStore,
  { tenant, schema, segments }: SegmentsToCheck,
): Promise<SoundRules> {
  const rules = new Map<string, CheckedRule>();
  const faults = new Map<string, RuleNoLongerValid>();
  let next = segments;
  while (next.length > 0) {
    for (const segment of next) {
      const checked = checkSegment(segment, schema);
      if (checked instanceof RuleNoLongerValid) faults.set(segment.segmentId, checked);
      else rules.set(segment.segmentId, checked);
    }
    const named = [...rules.values()].flatMap(({ segmentIds }) => segmentIds);
    const ids = [...new Set(named)].filter((id) => !rules.has(id) && !faults.has(id));
    const found = await store.segmentDefinitions.getMany(tenant, ids);
    const gone = new Set(ids.filter((id) => !found.some((definition) => definition.id === id)));
    leaveOutWhatNames(gone, rules, faults);
    next = found.map(({ id, expression }) => ({ segmentId: id, expression }));
  }
  leaveOutCircles(rules, faults);
  leaveOutWhatLeansOnFaults(rules, faults);
  return { rules, faults };
}

function checkSegment(
  { segmentId, expression }: SegmentRule,
  schema: UnionSchema,
): CheckedRule | RuleNoLongerValid {
  const result = checkExpression(expression, { schema, unknownAttributes: 'error' });
  if (result.rule !== null) return result.rule;
  const [fault] = result.diagnostics.filter(({ severity }) => severity === 'ERROR');
  return new RuleNoLongerValid({
    segmentId,
    code: fault?.code ?? 'unsupported',
    reason: fault?.message ?? 'it cannot be evaluated',
  });
}

type Rules = Map<string, CheckedRule>;
type Faults = Map<string, RuleNoLongerValid>;

function leaveOutWhatNames(gone: ReadonlySet<string>, rules: Rules, faults: Faults): void {
  for (const [segmentId, { segmentIds }] of rules) {
    const missing = segmentIds.find((id) => gone.has(id));
    if (missing === undefined) continue;
    rules.delete(segmentId);
    const reason = `it asks inSegment about "${missing}", and there is no such segment.`;
    faults.set(segmentId, new RuleNoLongerValid({ segmentId, code: 'unknown-segment', reason }));
  }
}

function leaveOutCircles(rules: Rules, faults: Faults): void {
  for (;;) {
    const sorted = dependencyOrder(
      new Map([...rules].map(([id, { segmentIds }]) => [id, segmentIds.filter((other) => rules.has(other))])),
    );
    if (sorted.kind === 'order') return;
    for (const [place, segmentId] of sorted.circle.entries()) {
      const way = [...sorted.circle.slice(place), ...sorted.circle.slice(0, place), segmentId];
      const reason = `it leans on itself: ${way.join(' → ')}.`;
      rules.delete(segmentId);
      faults.set(segmentId, new RuleNoLongerValid({ segmentId, code: 'segment-circle', reason }));
    }
  }
}

function leaveOutWhatLeansOnFaults(rules: Rules, faults: Faults): void {
  for (let isDone = false; !isDone;) {
    isDone = true;
    for (const [segmentId, { segmentIds }] of rules) {
      const fault = segmentIds.map((id) => faults.get(id)).find((found) => found !== undefined);
      if (fault === undefined) continue;
      isDone = false;
      rules.delete(segmentId);
      const reason = `it asks inSegment about "${fault.segmentId}", whose own rule cannot be evaluated.`;
      faults.set(segmentId, new RuleNoLongerValid({ segmentId, code: fault.code, reason }));
    }
  }
}
