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
const kills = Number(process.env['KILLS'] ?? 4);
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const writers = 4;
const longestStartMs = 5_000;

let dataDir: string;
let platform: RunningProcess;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'audience-kill-loop-'));
});
afterAll(async () => {
  platform.signal('SIGKILL');
  await platform.exit;
  await rm(dataDir, { recursive: true, force: true });
});

function startPlatform(): RunningProcess {
  const env = {
    DATA_DIR: dataDir,
    PORT: '0',
    PLATFORM_PORT: '0',
    PLATFORM_JOB_PACE_MS: '10',
    PLATFORM_MEMORY_LIMIT: '512MB',
    LOG_LEVEL: 'error',
  };
  return startProcess({ script: 'dist/main.js', args: ['--no-demo'], env });
}

async function targetOf(platform: RunningProcess): Promise<ContractTarget> {
  const [, url = ''] = await platform.printed(/Platform +(\S+)/);
  await platform.printed(/Ready/);
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

test(
  `${kills} times kill -9 under load, and nothing that was acknowledged is lost, halved or doubled (seed ${seed})`,
  async () => {
    const random = seededRandom(seed);
    const ledger = newLedger();
    platform = startPlatform();
    let target = await targetOf(platform);
    const ground = await layGround(target, ledger);
    let longestMs = 0;
    for (let round = 0; round < kills; round += 1) {
      const parts = { target, ground, ledger };
      const writing = Array.from({ length: writers }, (_, index) =>
        writeUntilGone({ ...parts, random, name: `w${round}-${index}` }),
      );
      await new Promise((resolve) => setTimeout(resolve, 50 + random() * 1_500));
      platform.signal('SIGKILL');
      await Promise.all([platform.exit, ...writing]);
      // Now and then the start itself is killed, with what it was about to mend.
      while (random() < 0.25) {
        platform = startPlatform();
        await new Promise((resolve) => setTimeout(resolve, random() * 1_500));
        platform.signal('SIGKILL');
        await platform.exit;
      }
      const startedAt = performance.now();
      platform = startPlatform();
      target = await targetOf(platform);
      longestMs = Math.max(longestMs, performance.now() - startedAt);
      const faults = await faultsAfterRestart({ target, dataDir, ledger, ground });
      const log = faults.length === 0 ? '' : platform.errorOutput();
      expect({ round, faults, surprises: ledger.surprises, log }).toEqual({
        round,
        faults: [],
        surprises: [],
        log: '',
      });
    }
    platform.signal('SIGTERM');
    expect(await platform.exit).toBe(0);
    process.stderr.write(
      `  ${kills} kills: ${ledger.acknowledged} acknowledged requests, ${ledger.jobs.size} jobs, ${ledger.batches.size} batches; longest start ${Math.round(longestMs)} ms\n`,
    );
    expect(longestMs).toBeLessThan(longestStartMs);
  },
  120_000 + kills * 30_000,
);
