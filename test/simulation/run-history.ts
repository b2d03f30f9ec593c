import type { Plan } from './plan';
import { onUnhandledRejection } from './unhandled-rejections';
import { World } from './world';
import type { WorldOptions } from './world';

/** What became of a history. */
export interface Outcome {
  readonly plan: Plan;
  /** What was broken; null: every promise was kept. */
  readonly violation: string | null;
  readonly trace: readonly string[];
  /** Equal for equal histories. */
  readonly digest: string;
  readonly upstreamCalls: number;
  readonly virtualMs: number;
}

/** Behind this, everyone who stays must have heard the end. */
export const patienceMs = 75_000;
/** For so long what was seen is kept for nobody. */
const keepMs = 11 * 60_000;

/** Lives a plan to its end, and some time beyond, and checks every promise on the way. */
export async function runHistory(plan: Plan, options: WorldOptions = {}): Promise<Outcome> {
  const world = new World(plan, options);
  const forget = onUnhandledRejection((error) => {
    world.fail(`a rejection that nobody handled: ${String(error)}`);
  });
  try {
    await live(world);
  } finally {
    forget();
  }
  return {
    plan,
    violation: world.violation,
    trace: world.trace.last,
    digest: world.trace.digest,
    upstreamCalls: world.upstreamCalls,
    virtualMs: world.time.nowMs,
  };
}

async function live(world: World): Promise<void> {
  const { time, plan } = world;
  world.begin();
  await time.advanceTo(plan.healedMs + patienceMs);
  if (world.violation !== null) return;
  for (const subscriber of world.subscribers) subscriber.checkWhole();
  for (const subscriber of world.subscribers) subscriber.leave();
  await time.advanceTo(time.nowMs + 1);
  checkAtRest(world);
  const calls = world.upstreamCalls;
  await time.advanceTo(time.nowMs + keepMs);
  if (world.upstreamCalls > calls) world.fail('looks go on though nobody listens');
  const held = world.network?.server.heldCount ?? 0;
  if (held > 0) world.fail(`${held} leases are held though nobody has listened for long`);
  for (const { loop, name } of serving(world)) {
    if (loop.timerCount > 0)
      world.fail(`${name} keeps ${loop.timerCount} timers though nobody has listened for long`);
  }
  await closeAll(world);
}

function checkAtRest(world: World): void {
  for (const { name, watchers, connections } of serving(world)) {
    const { subscribers, watchedJobs } = watchers.stats();
    if (subscribers + watchedJobs + connections.size > 0)
      world.fail(`${name} counts ${subscribers} subscribers and ${watchedJobs} jobs though all have left`);
  }
}

async function closeAll(world: World): Promise<void> {
  const fleet = serving(world);
  for (const { watchers } of fleet) void watchers.close();
  await world.time.advanceTo(world.time.nowMs + 10_000);
  for (const { name, loop } of fleet) {
    if (loop.timerCount > 0) world.fail(`${name} has ${loop.timerCount} timers though it is closed`);
  }
}

function serving(world: World): World['lives'] {
  return world.lives.filter(({ isServing }) => isServing);
}
