import { makePlan } from './make-plan';
import type { Wishes } from './make-plan';
import { runHistory } from './run-history';
import type { Outcome } from './run-history';
import type { WorldOptions } from './world';

export interface Campaign {
  /** The first seed, and how many. */
  readonly from: number;
  readonly count: number;
  readonly wishes?: Wishes;
  readonly options?: WorldOptions;
  /** What ends it; unless given, a violation does. */
  readonly until?: (outcome: Outcome) => boolean;
  /** Told of each outcome, in no certain order. */
  readonly told?: (outcome: Outcome) => void;
}

/**
 * Lives the histories of many seeds, several at a time: a turn of the real event loop then serves each of them.
 *
 * @returns the outcome of the lowest seed that ended it, of those that were tried; null: none did.
 */
export async function findViolation(campaign: Campaign): Promise<Outcome | null> {
  const { from, count, wishes, options, until = isBroken, told } = campaign;
  const found: Outcome[] = [];
  let next = from;
  const walk = async (): Promise<void> => {
    while (found.length === 0 && next < from + count) {
      const plan = makePlan(next, wishes);
      next += 1;
      const outcome = await runHistory(plan, options);
      told?.(outcome);
      if (until(outcome)) found.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: together }, walk));
  return found.toSorted((one, other) => one.plan.seed - other.plan.seed)[0] ?? null;
}

const together = 16;

function isBroken({ violation }: Outcome): boolean {
  return violation !== null;
}
