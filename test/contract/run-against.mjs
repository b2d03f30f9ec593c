// `CONTRACT_URL=… CONTRACT_TOKEN=… … node test/contract/run-against.mjs [-t "segment jobs"]`: the contract against another
// host, see CONTRIBUTING.md. It creates and deletes records there: use a development sandbox.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../../scripts/prepare.mjs';

const wanted = ['CONTRACT_URL', 'CONTRACT_TOKEN', 'CONTRACT_API_KEY', 'CONTRACT_ORG', 'CONTRACT_SANDBOX'];
const missing = wanted.filter((name) => !process.env[name]);
if (missing.length > 0) {
  process.stderr.write(
    `Missing: ${missing.join(', ')}. See CONTRIBUTING.md, "The contract against another host".\n`,
  );
  process.exit(2);
}
const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
const { status } = spawnSync(
  process.execPath,
  [jest, 'test/contract/contract.test', '--verbose', ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' },
);
process.exit(status ?? 1);
