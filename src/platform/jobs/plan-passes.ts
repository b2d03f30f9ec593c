import { checkPql, compileRules, dependencyOrder } from '../../pql';
import type { CheckedRule } from '../../pql';
import type { UnionSchema } from '../../xdm/union-schema';
import type { MergeRule, SegmentDefinition, SegmentJob, SegmentSnapshot, Tenant } from '../records';
import { mergeRuleKey, plainRule, ruleOf } from '../store/merge-rule';
import type { MergedPass, PlatformStore } from '../store/platform-store';
import { RuleNoLongerValid } from './rule-no-longer-valid';

export interface JobToPlan {
  readonly tenant: Tenant;
  readonly job: SegmentJob;
  /** The one clock of the run, epoch ms. */
  readonly at: number;
}

/**
 * Groups the segments of a job by what their merge policies mean, one pass for each group. A segment that a rule names
 * by `inSegment` is evaluated in the same pass, on the same people, also where the job does not list it; its own
 * memberships stay as they are then.
 * @throws RuleNoLongerValid for a rule that cannot be evaluated, or that names a segment which is gone, or itself.
 */
export async function planPasses(
  store: PlatformStore,
  { tenant, job, at }: JobToPlan,
): Promise<readonly MergedPass[]> {
  const schema = await (await store.profileData(tenant)).schema();
  const rules = await checkAll(store, { tenant, job, schema });
  const ruleOfSegment = await findMergeRules(store, { tenant, job });
  const groups = new Map<string, { mergeRule: MergeRule; segmentIds: string[] }>();
  for (const { segmentId } of job.segments) {
    const mergeRule = ruleOfSegment.get(segmentId) ?? plainRule;
    const key = mergeRuleKey(mergeRule);
    const group = groups.get(key) ?? { mergeRule, segmentIds: [] };
    groups.set(key, group);
    group.segmentIds.push(segmentId);
  }
  const options = { now: new Date(at), schema, segments: rules };
  return [...groups.values()].map((group) => ({
    ...group,
    pass: compileRules(
      group.segmentIds.flatMap((id) => rules.get(id) ?? []),
      options,
    ),
  }));
}

type SegmentRule = Pick<SegmentSnapshot, 'segmentId' | 'expression'>;

/** The rules of the job's segments and of all that these lean on, by id. */
async function checkAll(
  store: PlatformStore,
  {
    tenant,
    job,
    schema,
  }: { readonly tenant: Tenant; readonly job: SegmentJob; readonly schema: UnionSchema },
): Promise<ReadonlyMap<string, CheckedRule>> {
  const rules = new Map<string, CheckedRule>();
  let next: readonly SegmentRule[] = job.segments;
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
  const result = checkPql(expression.value, { schema, unknownAttributes: 'error' });
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

/** What the policies meant when the job was made; jobs of earlier releases do not say, so what they mean now. */
async function findMergeRules(
  store: PlatformStore,
  { tenant, job }: { readonly tenant: Tenant; readonly job: SegmentJob },
): Promise<ReadonlyMap<string, MergeRule>> {
  const { items } = await store.mergePolicies.list(tenant, { offset: 0, limit: 1000 });
  const standard = items.find((policy) => policy.isDefault && policy.schemaName === job.schemaName);
  return new Map(
    job.segments.map(({ segmentId, mergeRule, mergePolicyId }) => {
      const policy = items.find(({ id }) => id === mergePolicyId) ?? standard;
      return [segmentId, mergeRule ?? (policy === undefined ? plainRule : ruleOf(policy))];
    }),
  );
}
