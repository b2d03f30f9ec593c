// Compiles the bench with the source it measures and runs it: `node bench/run.mjs --help`.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureInstalled, requireNode, root, run } from '../scripts/prepare.mjs';

requireNode();
ensureInstalled();
run('building the bench', process.execPath, [
  join(root, 'node_modules', 'typescript', 'bin', 'tsc'),
  '-p',
  'bench/tsconfig.json',
]);
const main = join(root, 'dist', '.bench', 'bench', 'main.js');
process.exit(spawnSync(process.execPath, [main, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1);
