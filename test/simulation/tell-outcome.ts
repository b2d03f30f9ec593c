import type { FaultPlan, Plan } from './plan';
import type { Outcome } from './run-history';

/** What is needed to understand a broken promise: what it is, what happens in the history, and what happened last. */
export function tellOutcome(outcome: Outcome): string {
  const { plan, violation, trace } = outcome;
  return [
    `Seed ${plan.seed}: ${violation ?? 'every promise was kept'}`,
    `Again: node test/long/simulate.mjs --seed ${plan.seed} --trace`,
    '',
    ...tellPlan(plan),
    '',
    ...trace,
  ].join('\n');
}

function tellPlan(plan: Plan): readonly string[] {
  const { credentials, jobs, replicas, subscribers, faults, healedMs, hasBackbone, callsPerSecond } = plan;
  return [
    `healed at ${healedMs}, ${hasBackbone ? 'a backbone' : 'no backbone'}, ${callsPerSecond ?? 'any number of'} calls a second`,
    ...replicas.map(
      ({ name, startsMs, skewMs }) => `replica ${name} from ${startsMs}, its clock ${skewMs} ms off`,
    ),
    ...credentials.map(
      ({ name, org, hiddenJobs, revokedMs }) =>
        `credential ${name} of ${org}${hiddenJobs.length > 0 ? `, not for ${hiddenJobs.join(' ')}` : ''}${revokedMs === null ? '' : `, revoked at ${revokedMs}`}`,
    ),
    ...jobs.map(
      ({ id, kind, org, states, vanishesMs }) =>
        `job ${id} ${kind} of ${org}: ${states.map(({ fromMs, status }) => `${fromMs} ${status}`).join(', ')}${vanishesMs === null ? '' : `, vanishes at ${vanishesMs}`}`,
    ),
    ...subscribers.map(({ name, ...rest }) => `subscriber ${name} ${JSON.stringify(rest)}`),
    ...faults.map(tellFault),
  ];
}

function tellFault({ kind, ...rest }: FaultPlan): string {
  return `fault: ${kind} ${Object.entries(rest)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ')}`;
}
