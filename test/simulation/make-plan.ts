import { chanceOf } from './chance';
import type { Chance } from './chance';
import { makeFaults } from './make-faults';
import type { Break, CredentialPlan, FaultPlan, JobPlan, JobState, Kind, Plan, ReplicaPlan } from './plan';
import type { SubscriberPlan } from './plan';

/** What a campaign wants to see; what is left out is drawn. */
export interface Wishes {
  readonly replicas?: number;
  readonly hasBackbone?: boolean;
  /** False: nothing fails, only time passes. */
  readonly hasFaults?: boolean;
  /** Single jobs, or lists, only. */
  readonly watches?: 'one' | 'all';
  /** Trouble that does not come. */
  readonly spares?: (fault: FaultPlan) => boolean;
}

/** Draws what happens in the history of a seed. */
export function makePlan(seed: number, wishes: Wishes = {}): Plan {
  const chance = chanceOf(seed, 'plan');
  const healedMs = chance.between(15_000, 60_000);
  const jobs = Array.from({ length: chance.between(1, 5) }, (_, index) =>
    makeJob(String(100 + index), healedMs, chance),
  );
  const credentials = makeCredentials(jobs, healedMs, chance);
  const replicas = makeReplicas(wishes.replicas ?? chance.oneOf([1, 2, 2, 3, 3, 4]), healedMs, chance);
  const names = Array.from({ length: chance.between(1, 8) }, (_, index) => `s${String(index + 1)}`);
  const subscribers = names.map((name) =>
    makeSubscriber(name, { names, jobs, credentials, healedMs, watches: wishes.watches }, chance),
  );
  const hasBackbone = wishes.hasBackbone ?? chance.happens(0.9);
  const callsPerSecond = chance.happens(0.2) ? chance.between(1, 6) : null;
  const base = { seed, healedMs, hasBackbone, callsPerSecond, credentials, jobs, replicas, subscribers };
  if (wishes.hasFaults === false) return { ...base, faults: [] };
  const faults = makeFaults({ replicas, healedMs, hasBackbone }, chanceOf(seed, 'faults'));
  return { ...base, faults: faults.filter((fault) => wishes.spares?.(fault) !== true) };
}

const orgs = ['red', 'blue'] as const;

function makeJob(id: string, healedMs: number, chance: Chance): JobPlan {
  const states = makeLife(chance);
  const lengthMs = states.at(-1)?.fromMs ?? 0;
  const createdMs = chance.between(-20_000, Math.max(0, healedMs - lengthMs));
  // Its end may come long before the history, within it, or just as all is healed.
  const shiftMs = chance.happens(0.1) ? -lengthMs - 30_000 : Math.min(createdMs, healedMs - lengthMs);
  const lived = states.map((state) => ({ ...state, fromMs: state.fromMs + shiftMs }));
  return {
    id,
    kind: chance.oneOf(['SEGMENT', 'SEGMENT', 'EXPORT']),
    org: chance.happens(0.8) ? orgs[0] : orgs[1],
    states: lived,
    vanishesMs: chance.happens(0.08) ? shiftMs + chance.between(1_000, lengthMs + 5_000) : null,
  };
}

/** From 0 on. */
function makeLife(chance: Chance): readonly JobState[] {
  const states: JobState[] = [];
  let atMs = 0;
  const step = (status: string, progress: number | null = null): void => {
    states.push({ fromMs: atMs, status, progress });
    atMs += chance.happens(0.2) ? chance.between(50, 600) : chance.between(600, 12_000);
  };
  step('NEW');
  if (chance.happens(0.6)) step('QUEUED');
  const isCancelledEarly = chance.happens(0.1);
  if (!isCancelledEarly) {
    for (let part = 0, parts = chance.between(1, 4); part < parts; part += 1)
      step('PROCESSING', part / parts);
    // A status that nobody knows, and back.
    if (chance.happens(0.1)) {
      step('PAUSED');
      if (chance.happens(0.7)) step('PROCESSING', 0.9);
    }
  }
  if (isCancelledEarly || chance.happens(0.15)) {
    step('CANCELLING');
    step('CANCELLED');
  } else step(chance.oneOf(['SUCCEEDED', 'SUCCEEDED', 'FAILED']));
  return states;
}

function makeCredentials(
  jobs: readonly JobPlan[],
  healedMs: number,
  chance: Chance,
): readonly CredentialPlan[] {
  const make = (name: string, org: string, share: number): CredentialPlan => ({
    name,
    org,
    hiddenJobs: jobs.filter((job) => job.org === org && chance.happens(share)).map(({ id }) => id),
    revokedMs: chance.happens(share) ? chance.between(2_000, healedMs) : null,
  });
  return [make('ada', orgs[0], 0), make('bob', orgs[0], 0.3), make('eve', orgs[1], 0.1)];
}

function makeReplicas(count: number, healedMs: number, chance: Chance): readonly ReplicaPlan[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `r${String(index + 1)}`,
    startsMs: index > 0 && chance.happens(0.25) ? chance.between(0, healedMs) : 0,
    skewMs: chance.happens(0.5) ? chance.between(-300_000, 300_000) : 0,
    monotonicStartMs: chance.between(0, 1_000_000),
  }));
}

function makeSubscriber(
  name: string,
  plan: Pick<Plan, 'jobs' | 'credentials' | 'healedMs'> & {
    readonly names: readonly string[];
    readonly watches: Wishes['watches'];
  },
  chance: Chance,
): SubscriberPlan {
  const { jobs, credentials, healedMs, names, watches } = plan;
  const arrivesMs = chance.happens(0.4) ? chance.between(0, 2_000) : chance.between(0, healedMs);
  const kinds = chance.oneOf<readonly Kind[]>([['SEGMENT', 'EXPORT'], ['SEGMENT', 'EXPORT'], ['SEGMENT']]);
  const credential = chance.happens(0.55) ? 'ada' : chance.anyOf(credentials)?.name;
  const isOfAll = watches === undefined ? chance.happens(0.25) : watches === 'all';
  return {
    name,
    credential: credential ?? 'ada',
    watches: isOfAll ? { kind: 'all', kinds } : { kind: 'one', job: chance.anyOf(jobs)?.id ?? '100' },
    arrivesMs,
    leavesMs: chance.happens(0.2) ? chance.between(arrivesMs, healedMs + 20_000) : null,
    breaks: chance.happens(0.5) ? makeBreaks(arrivesMs, healedMs, chance) : [],
    readPauseMs: chance.happens(0.2) ? chance.between(50, 3_000) : 0,
    stealsFrom: !isOfAll && chance.happens(0.07) ? (chance.anyOf(names) ?? null) : null,
  };
}

function makeBreaks(arrivesMs: number, healedMs: number, chance: Chance): readonly Break[] {
  return Array.from({ length: chance.between(1, 3) }, () => ({
    atMs: chance.between(arrivesMs, healedMs + 10_000),
    awayMs: chance.happens(0.7) ? chance.between(0, 1_500) : chance.between(1_500, 20_000),
    noticedMs: chance.happens(0.7) ? 0 : chance.between(1, 20_000),
  })).toSorted((one, other) => one.atMs - other.atMs);
}
