import type { SegmentJob, Tenant } from '../records';
import type { PlatformStore } from '../store/platform-store';
import type { JobRun } from './job-handle';
import { planPasses } from './plan-passes';

/**
 * The work of a segment job: its rules become one query for each merge rule, all with one fixed clock, which the store
 * runs and commits at once.
 * @throws RuleNoLongerValid where the schema, or a segment that it names, has changed under a rule.
 */
export async function runSegmentJob(
  store: PlatformStore,
  { tenant, job, run }: { tenant: Tenant; job: SegmentJob; run: JobRun },
): Promise<void> {
  const plan = await planPasses(store, { tenant, job, at: run.at });
  const data = await store.profileData(tenant);
  await data.evaluate({ ...plan, ...run });
}
