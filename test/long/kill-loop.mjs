// `node test/long/kill-loop.mjs [--kills 1000] [--seed 1]`: the loop of test/e2e/durable, as long as one likes.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, root } from '../../scripts/prepare.mjs';

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' } },
});
ensureBuilt();
const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
const { status } = spawnSync(process.execPath, [jest, 'test/e2e/durable/kill-loop'], {
  cwd: root,
  env: { ...process.env, KILLS: values.kills, SEED: values.seed },
  stdio: 'inherit',
});
process.exit(status ?? 1);
