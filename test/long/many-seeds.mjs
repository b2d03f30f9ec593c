// `node test/long/many-seeds.mjs [--rounds 10] [--from SEED]`: the property tests with seeds that `npm test` does not use,
// and with four times as many examples of each.
// Stops at the first round that fails and says how to run it again.
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, root } from '../../scripts/prepare.mjs';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '10' }, from: { type: 'string' } },
});
ensureBuilt();
const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
const first = values.from === undefined ? randomInt(2 ** 31 - 10_000) : Number(values.from);
for (let round = 0; round < Number(values.rounds); round += 1) {
  const seed = String(first + round);
  const { status } = spawnSync(process.execPath, [jest, 'test/property', 'test/unit/lib/quartz'], {
    cwd: root,
    env: { ...process.env, PROPERTY_SEED: seed, PROPERTY_SCALE: '4' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) {
    process.stderr.write(
      `Seed ${seed} failed. Again: PROPERTY_SCALE=4 PROPERTY_SEED=${seed} npx jest test/property\n`,
    );
    process.exit(1);
  }
  process.stdout.write(`seed ${seed}: green\n`);
}
