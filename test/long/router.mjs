// A real router before the gateway: `node test/long/router.mjs`. Composes the gateway's schema with another subgraph's by Apollo's
// composition, and runs Hive Gateway over both, as a process of its own. Its packages (70 MB) are installed beside it, the first time.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = join(dirname(fileURLToPath(import.meta.url)), 'router');
const stamp = join(folder, 'node_modules', '.installed-from');
const wanted = createHash('sha256')
  .update(readFileSync(join(folder, 'package-lock.json')))
  .digest('hex');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  process.stderr.write('- installing the routers (once; about half a minute)\n');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status } = spawnSync(npm, ['ci', '--loglevel=error'], { cwd: folder, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
  writeFileSync(stamp, wanted);
}
await import('./router/proof.mjs');
