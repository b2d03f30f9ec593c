import { chunksOf } from '../../lib/chunks-of';
import { compileRules } from '../../pql';
import type { JobError, MergeRule, SegmentJob, Tenant } from '../records';
import { mergeRuleKey, plainRule, ruleOf } from '../store/merge-rule';
import type { MergedPass, PassSlice } from '../store/api/evaluation';
import type { PlatformStore } from '../store/platform-store';
import { toJobErrors } from './job-error';
import type { RuleNoLongerValid } from './rule-no-longer-valid';
import { soundRulesOf } from './rules-of-segments';

export interface JobToPlan {
  readonly tenant: Tenant;
  readonly job: SegmentJob;
  /** The one clock of the run, epoch ms. */
  readonly at: number;
}

export interface Plan {
  readonly passes: readonly MergedPass[];
  /** The job without the segments that are left out, and with why in its errors. */
  readonly job: SegmentJob;
}

/**
 * Groups the segments of a job by what their merge policies mean, one pass for each group, in statements of bounded size. A segment that a rule names
 * by `inSegment` is evaluated in the same pass, on the same people, also where the job does not list it; its own
 * memberships stay as they are then.
 * A job over all segments leaves out those that cannot be evaluated any more and tells so in its errors; only where none
 * is left it fails.
 * @throws RuleNoLongerValid for a rule that was asked for by its segment and cannot be evaluated, or that names a segment
 *   which is gone, or itself.
 */
export async function planPasses(store: PlatformStore, { tenant, job: asked, at }: JobToPlan): Promise<Plan> {
  const schema = await (await store.profileData(tenant)).schema();
  const { rules, faults } = await soundRulesOf(store, { tenant, schema, segments: asked.segments });
  const job = withoutFaults(asked, faults);
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
  const passes = [...groups.values()].map(({ mergeRule, segmentIds }) => ({
    mergeRule,
    slices: chunksOf(segmentIds, rulesPerStatement).map(compile),
  }));
  return { passes, job };
}

function withoutFaults(job: SegmentJob, faults: ReadonlyMap<string, RuleNoLongerValid>): SegmentJob {
  const [first] = faults.values();
  if (first === undefined) return job;
  const segments = job.segments.filter(({ segmentId }) => !faults.has(segmentId));
  if (!job.allSegments || segments.length === 0) throw first;
  const errors = job.segments.flatMap(({ segmentId }) => toJobErrorsOf(faults.get(segmentId)));
  return { ...job, segments, errors };
}

function toJobErrorsOf(fault: RuleNoLongerValid | undefined): readonly JobError[] {
  return fault === undefined ? [] : toJobErrors(fault);
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
