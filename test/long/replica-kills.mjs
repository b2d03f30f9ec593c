// `node test/long/replica-kills.mjs [--rounds 100] [--seed 1] [--followers 12]`: the rounds of test/e2e/replicas/replica-kills, as
// many as one likes. What was planned for a round follows from its seed alone: `--rounds 1 --seed 42` is that of round 42 again.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, root } from '../../scripts/prepare.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    followers: { type: 'string', default: '12' },
  },
});
ensureBuilt();
const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
const { status } = spawnSync(process.execPath, [jest, 'test/e2e/replicas/replica-kills'], {
  cwd: root,
  env: { ...process.env, ROUNDS: values.rounds, SEED: values.seed, FOLLOWERS: values.followers },
  stdio: 'inherit',
});
process.exit(status ?? 1);
