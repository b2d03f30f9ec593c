import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { findViolation } from './campaign';
import type { Campaign } from './campaign';
import { makePlan } from './make-plan';
import type { Wishes } from './make-plan';
import type { Plan } from './plan';
import { runHistory } from './run-history';
import { sabotages } from './sabotages';
import { kindOf, shrink } from './shrink-plan';
import { tellOutcome } from './tell-outcome';

type Say = (words: string) => void;

/** `node test/long/simulate.mjs`. @returns the exit code: 1 where a promise was broken. */
export async function runCommand(args: readonly string[], say: Say): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string', default: '10000' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      trace: { type: 'boolean', default: false },
      replicas: { type: 'string' },
      all: { type: 'boolean', default: false },
      watches: { type: 'string' },
      sabotages: { type: 'boolean', default: false },
    },
  });
  const wishes: Wishes = {
    ...(values.replicas !== undefined && { replicas: Number(values.replicas) }),
    ...(values.watches !== undefined && { watches: values.watches === 'all' ? 'all' : 'one' }),
  };
  if (values.sabotages) return noticeAll(say);
  if (values.seed !== undefined) {
    const outcome = await runOne(makePlan(Number(values.seed), wishes), values.trace, say);
    return outcome ? 1 : 0;
  }
  const campaign = { from: Number(values.from), count: Number(values.seeds), wishes };
  return values.all ? countKinds(campaign, say) : runMany(campaign, say);
}

/** Seeds within which each sabotage must be found. */
const patience = 600;

/** Whether the checks notice what is done to the watchers: a line for each sabotage that is found by what it breaks. */
async function noticeAll(say: Say): Promise<number> {
  let missed = 0;
  for (const { what, options, wishes, noticed, from = 100_000 } of sabotages) {
    const found = await findViolation({
      from,
      count: patience,
      options,
      ...(wishes && { wishes }),
      until: (outcome) => noticed.test(outcome.violation ?? ''),
    });
    const isFound = noticed.test(found?.violation ?? '');
    if (!isFound) missed += 1;
    say(`${isFound ? 'noticed' : 'missed'}: ${what}`);
  }
  return missed > 0 ? 1 : 0;
}

async function runOne(plan: Plan, isTraced: boolean, say: Say): Promise<boolean> {
  const lines: string[] = [];
  const log = pino(
    { base: null, timestamp: false, level: 'debug' },
    { write: (line: string) => void lines.push(line) },
  );
  const outcome = await runHistory(plan, isTraced ? { maxTraceLines: Infinity, log } : {});
  say(`${tellOutcome(outcome)}\n${outcome.digest}`);
  return outcome.violation !== null;
}

/** How often each promise is broken, with a seed for each. */
async function countKinds(campaign: Campaign, say: Say): Promise<number> {
  const seeds = new Map<string, number[]>();
  let histories = 0;
  await findViolation({
    ...campaign,
    until: () => false,
    told: ({ plan, violation }) => {
      histories += 1;
      if (histories % 10_000 === 0) say(`${histories} histories`);
      if (violation === null) return;
      say(`Seed ${plan.seed}: ${violation}`);
      const kind = kindOf(violation);
      seeds.set(kind, [...(seeds.get(kind) ?? []), plan.seed]);
    },
  });
  say(`${histories} histories`);
  for (const [kind, found] of seeds) say(`${found.length} × ${kind}: ${found.slice(0, 8).join(' ')}`);
  return seeds.size > 0 ? 1 : 0;
}

async function runMany(campaign: Campaign, say: Say): Promise<number> {
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
