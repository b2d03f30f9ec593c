import type { FaultPlan, JobPlan, Plan } from './plan';

/** A status that a job had from then until then. */
interface StatusRun {
  readonly status: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Statuses of a job that one who listened to one replica all the time must have been told: they lasted longer than the pause
 * between looks can be, with what the faults of that time cost. Of a history in which the upstream itself fails, or the
 * budget is short, nothing is said.
 */
export function lastingStatuses(
  plan: Plan,
  job: JobPlan,
  listened: { readonly fromMs: number; readonly toMs: number },
): readonly string[] {
  const { faults, callsPerSecond } = plan;
  const isUpstreamWell = callsPerSecond === null && !faults.some(({ kind }) => kind === 'upstream');
  if (!isUpstreamWell || job.vanishesMs !== null) return [];
  const lasting: string[] = [];
  // What nobody has seen makes no look come sooner. Nobody has watched anything before the world began.
  let quietSinceMs = 0;
  for (const run of runsOf(job)) {
    const { fromMs, toMs, status } = run;
    if (fromMs < listened.fromMs + settleMs || toMs > listened.toMs - settleMs) continue;
    if (toMs - fromMs <= longestPauseMs(plan, run, fromMs - quietSinceMs)) continue;
    lasting.push(status);
    quietSinceMs = fromMs;
  }
  return lasting;
}

/** What was seen between two looks at most, by the cadence: a part of the time for which nothing has changed. */
function longestPauseMs({ faults, jobs }: Plan, run: StatusRun, quietMs: number): number {
  const lives = jobs.map(({ states }) => (states.at(-1)?.fromMs ?? 0) - (states[0]?.fromMs ?? 0));
  // How long like jobs took is known from the third on.
  const typicalMs = jobs.length > 3 ? Math.max(...lives) : 0;
  const pauseMs = 1.25 * Math.max(1_000, 0.2 * quietMs, 0.25 * typicalMs);
  const troubles = faults.filter((fault) => {
    const { fromMs, toMs } = spanOf(fault);
    return fromMs <= run.toMs + settleMs && run.fromMs - pauseMs - settleMs <= toMs;
  });
  return pauseMs + atBestMs + troubles.length * troubleMs;
}

function runsOf({ states }: JobPlan): readonly StatusRun[] {
  const changes = states.filter(({ status }, at) => status !== states[at - 1]?.status);
  return changes.slice(0, -1).map(({ status, fromMs }, at) => ({
    status,
    fromMs,
    toMs: changes[at + 1]?.fromMs ?? fromMs,
  }));
}

function spanOf(fault: FaultPlan): { readonly fromMs: number; readonly toMs: number } {
  switch (fault.kind) {
    case 'upstream':
    case 'network':
    case 'outage':
    case 'unreachable':
      return fault;
    case 'stall':
      return { fromMs: fault.atMs, toMs: fault.atMs + fault.forMs };
    case 'failover':
    case 'crash':
    case 'close':
    case 'clock jump':
      return { fromMs: fault.atMs, toMs: fault.atMs };
  }
}

/** Until one who has come hears what there is, and until what was seen is told. */
const settleMs = 5_000;
/** For a look, and its way through a log, where nothing fails. */
const atBestMs = 2_000;
/** For who looks to be replaced, or for the backbone to be left or found again. */
const troubleMs = 6_000;
