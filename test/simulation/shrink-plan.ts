import type { Plan } from './plan';
import { runHistory } from './run-history';
import type { Outcome } from './run-history';
import type { WorldOptions } from './world';

/** Takes out of a plan whatever its trouble does not need: faults, subscribers, their breaks, jobs, replicas. */
export async function shrink(outcome: Outcome, options: WorldOptions): Promise<Outcome> {
  let smallest = outcome;
  for (let isSmaller = true; isSmaller;) {
    isSmaller = false;
    for (const plan of smallerPlans(smallest.plan)) {
      const next = await runHistory(plan, options);
      if (next.violation === null || kindOf(next.violation) !== kindOf(outcome.violation ?? '')) continue;
      smallest = next;
      isSmaller = true;
      break;
    }
  }
  return smallest;
}

function* smallerPlans(plan: Plan): Generator<Plan> {
  const { faults, subscribers, jobs, replicas } = plan;
  for (const less of withoutOne(subscribers)) yield { ...plan, subscribers: less };
  for (const less of withoutOne(faults)) yield { ...plan, faults: less };
  if (replicas.length > 1) for (const less of withoutOne(replicas)) yield { ...plan, replicas: less };
  const watched = new Set(subscribers.map(({ watches }) => (watches.kind === 'one' ? watches.job : null)));
  for (const less of withoutOne(jobs)) {
    if ([...watched].every((id) => id === null || less.some((job) => job.id === id)))
      yield { ...plan, jobs: less };
  }
  for (const [at, subscriber] of subscribers.entries()) {
    for (const breaks of withoutOne(subscriber.breaks))
      yield { ...plan, subscribers: subscribers.with(at, { ...subscriber, breaks }) };
    if (subscriber.readPauseMs > 0)
      yield { ...plan, subscribers: subscribers.with(at, { ...subscriber, readPauseMs: 0 }) };
  }
  for (const [at, job] of jobs.entries()) {
    for (const states of withoutOne(job.states.slice(0, -1))) {
      if (states.length > 0)
        yield { ...plan, jobs: jobs.with(at, { ...job, states: [...states, ...job.states.slice(-1)] }) };
    }
  }
}

function withoutOne<T>(items: readonly T[]): readonly (readonly T[])[] {
  return items.map((_, index) => items.filter((__, other) => other !== index));
}

/** The words of a broken promise without those who are in it. */
export function kindOf(violation: string): string {
  return violation.replaceAll(/\b[sr]?\d[\d.]*(th)?\b/g, '#').replaceAll(/\b(ada|bob|eve)\b/g, '#');
}
