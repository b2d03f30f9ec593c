import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { findViolation } from './campaign';
import { makePlan } from './make-plan';
import type { Wishes } from './make-plan';
import type { Plan } from './plan';
import { runHistory } from './run-history';
import { shrink } from './shrink-plan';
import { expectedTrouble } from './trouble';
import { tellOutcome } from './tell-outcome';

/** `node test/long/simulate.mjs`. @returns the exit code: 1 where a promise was broken. */
export async function runCommand(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string', default: '10000' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      trace: { type: 'boolean', default: false },
      replicas: { type: 'string' },
    },
  });
  const wishes: Wishes = {
    ...expectedTrouble,
    ...(values.replicas !== undefined && { replicas: Number(values.replicas) }),
  };
  if (values.seed !== undefined) {
    const outcome = await runOne(makePlan(Number(values.seed), wishes), values.trace);
    return outcome ? 1 : 0;
  }
  return runMany({ from: Number(values.from), count: Number(values.seeds), wishes });
}

async function runOne(plan: Plan, isTraced: boolean): Promise<boolean> {
  const lines: string[] = [];
  const log = pino(
    { base: null, timestamp: false, level: 'debug' },
    { write: (line: string) => void lines.push(line) },
  );
  const outcome = await runHistory(plan, isTraced ? { maxTraceLines: Infinity, log } : {});
  say(`${tellOutcome(outcome)}\n${outcome.digest}`);
  return outcome.violation !== null;
}

async function runMany(campaign: {
  readonly from: number;
  readonly count: number;
  readonly wishes: Wishes;
}): Promise<number> {
  const began = performance.now();
  let histories = 0;
  let calls = 0;
  const found = await findViolation({
    ...campaign,
    told: (outcome) => {
      histories += 1;
      calls += outcome.upstreamCalls;
      if (histories % 10_000 === 0) say(`${histories} histories`);
    },
  });
  const seconds = (performance.now() - began) / 1000;
  say(`${histories} histories, ${calls} upstream calls, ${seconds.toFixed(1)} s`);
  if (found === null) return 0;
  const smallest = await shrink(found, {});
  say(tellOutcome(smallest));
  return 1;
}

function say(words: string): void {
  process.stdout.write(`${words}\n`);
}
