import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContractTarget } from '../../contract/target';
import { faultsAfterRestart } from '../../support/durability/check';
import { newLedger } from '../../support/durability/ledger';
import { layGround, writeUntilGone } from '../../support/durability/workload';
import { startProcess } from '../../support/gateway-process';
import type { RunningProcess } from '../../support/gateway-process';
import { seededRandom } from '../../support/seeded-random';

/** `node test/long/kill-loop.mjs --kills 1000` sets both. */
const kills = Number(process.env['KILLS'] ?? 2);
const seed = Number(process.env['SEED'] ?? 1);
/** A data folder does not see more than this, so that a loop of hours looks at many moments and not at much data. */
const killsOfOneFolder = 10;
const writers = 4;

let dataDir = '';
let platform: RunningProcess;
const longest = { startMs: 0, settleMs: 0 };
const sums = { acknowledged: 0, jobs: 0, batches: 0 };

afterAll(async () => {
  platform.signal('SIGKILL');
  await platform.exit;
  await rm(dataDir, { recursive: true, force: true });
});

async function start(): Promise<ContractTarget> {
  const startedAt = performance.now();
  platform = startProcess({
    script: 'dist/main.js',
    args: ['--no-demo'],
    env: {
      DATA_DIR: dataDir,
      PORT: '0',
      PLATFORM_PORT: '0',
      PLATFORM_JOB_PACE_MS: '10',
      PLATFORM_MEMORY_LIMIT: '512MB',
      LOG_LEVEL: 'error',
    },
  });
  const [, url = ''] = await platform.printed(/Platform +(\S+)/);
  await platform.printed(/Ready/);
  longest.startMs = Math.max(longest.startMs, performance.now() - startedAt);
  return {
    url,
    headers: {
      authorization: 'Bearer t',
      'x-api-key': 'k',
      'x-gw-ims-org-id': 'KILLED@AdobeOrg',
      'x-sandbox-name': 'prod',
    },
  };
}

async function kill(): Promise<void> {
  platform.signal('SIGKILL');
  await platform.exit;
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** One folder from its first day, through so many deaths, to an orderly end. */
async function liveThrough(deaths: number, random: () => number): Promise<void> {
  dataDir = await mkdtemp(join(tmpdir(), 'audience-kill-loop-'));
  const ledger = newLedger();
  let target = await start();
  const ground = await layGround(target, ledger);
  for (let round = 0; round < deaths; round += 1) {
    const parts = { target, ground, ledger, random };
    const writing = Array.from({ length: writers }, (_, index) =>
      writeUntilGone({ ...parts, name: `w${round}-${index}` }),
    );
    await wait(50 + random() * 1_500);
    await kill();
    await Promise.all(writing);
    // Now and then the start itself is killed, with what it was about to mend.
    if (random() < 0.25) {
      void start().catch(() => undefined);
      await wait(random() * 1_500);
      await kill();
    }
    target = await start();
    const startedAt = performance.now();
    const faults = await faultsAfterRestart({ target, dataDir, ledger, ground });
    longest.settleMs = Math.max(longest.settleMs, performance.now() - startedAt);
    const log = faults.length === 0 ? '' : platform.errorOutput();
    const found = { round, faults, surprises: ledger.surprises, log };
    expect(found).toEqual({ round, faults: [], surprises: [], log: '' });
  }
  platform.signal('SIGTERM');
  expect(await platform.exit).toBe(0);
  await rm(dataDir, { recursive: true, force: true });
  sums.acknowledged += ledger.acknowledged;
  sums.jobs += ledger.jobs.size;
  sums.batches += ledger.batches.size;
}

test(
  `${kills} times kill -9 under load, and nothing that was acknowledged is lost, halved or doubled (seed ${seed})`,
  async () => {
    const random = seededRandom(seed);
    for (let left = kills; left > 0; left -= killsOfOneFolder) {
      await liveThrough(Math.min(left, killsOfOneFolder), random);
      if (kills > killsOfOneFolder) process.stderr.write(`${report(kills - left + killsOfOneFolder)}\n`);
    }
  },
  120_000 + kills * 60_000,
);

function report(done: number): string {
  const { startMs, settleMs } = longest;
  return `  ${done} kills: ${sums.acknowledged} acknowledged requests, ${sums.jobs} jobs, ${sums.batches} batches; longest start ${Math.round(startMs)} ms, all settled and checked after at most ${Math.round(settleMs)} ms`;
}
