import { chunksOf } from '../../lib/chunks-of';
import { compileRules } from '../../pql';
import type { MergeRule, SegmentJob, Tenant } from '../records';
import { mergeRuleKey, plainRule, ruleOf } from '../store/merge-rule';
import type { MergedPass, PassSlice, PlatformStore } from '../store/platform-store';
import { rulesOfSegments } from './rules-of-segments';

export interface JobToPlan {
  readonly tenant: Tenant;
  readonly job: SegmentJob;
  /** The one clock of the run, epoch ms. */
  readonly at: number;
}

/**
 * Groups the segments of a job by what their merge policies mean, one pass for each group, in statements of bounded size. A segment that a rule names
 * by `inSegment` is evaluated in the same pass, on the same people, also where the job does not list it; its own
 * memberships stay as they are then.
 * @throws RuleNoLongerValid for a rule that cannot be evaluated, or that names a segment which is gone, or itself.
 */
export async function planPasses(
  store: PlatformStore,
  { tenant, job, at }: JobToPlan,
): Promise<readonly MergedPass[]> {
  const schema = await (await store.profileData(tenant)).schema();
  const rules = await rulesOfSegments(store, { tenant, schema, segments: job.segments });
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
  const compile = (segmentIds: readonly string[]): PassSlice => ({
    segmentIds,
    pass: compileRules(
      segmentIds.flatMap((id) => rules.get(id) ?? []),
      options,
    ),
  });
  return [...groups.values()].map(({ mergeRule, segmentIds }) => ({
    mergeRule,
    slices: chunksOf(segmentIds, rulesPerStatement).map(compile),
  }));
}

/**
 * Each statement reads the events once for all its rules, and holds what it works out for all of them at once: of 500
 * rules, in one piece 1.1 GB, in pieces of 128 0.6 GB, in the same time.
 */
const rulesPerStatement = 128;

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
