import { checkPql, compileRules } from '../../pql';
import type { CheckedRule } from '../../pql';
import type { UnionSchema } from '../../xdm/union-schema';
import type { SegmentJob, SegmentSnapshot, Tenant } from '../records';
import type { PlatformStore } from '../store/platform-store';
import type { JobRun } from './job-handle';
import { RuleNoLongerValid } from './rule-no-longer-valid';

/**
 * The work of a segment job: its rules become one query with one fixed clock, which the store runs and commits.
 * @throws RuleNoLongerValid where the schema has changed under a rule.
 */
export async function runSegmentJob(
  store: PlatformStore,
  { tenant, job, run }: { tenant: Tenant; job: SegmentJob; run: JobRun },
): Promise<void> {
  const data = await store.profileData(tenant);
  const schema = await data.schema();
  const rules = job.segments.map((snapshot) => checkSnapshot(snapshot, schema));
  const pass = compileRules(rules, { now: new Date(run.at), schema });
  await data.evaluate({ job, pass, ...run });
}

function checkSnapshot({ segmentId, expression }: SegmentSnapshot, schema: UnionSchema): CheckedRule {
  const result = checkPql(expression.value, { schema, unknownAttributes: 'error' });
  if (result.rule !== null) return result.rule;
  const [fault] = result.diagnostics.filter(({ severity }) => severity === 'ERROR');
  throw new RuleNoLongerValid({
    segmentId,
    code: fault?.code ?? 'unsupported',
    reason: fault?.message ?? 'it cannot be evaluated',
  });
}
