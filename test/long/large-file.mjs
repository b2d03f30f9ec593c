// `node test/long/large-file.mjs [--megabytes 2048]`: the download of test/unit/server/large-download, at full size.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../scripts/prepare.mjs';

const { values } = parseArgs({ options: { megabytes: { type: 'string', default: '2048' } } });
const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
const { status } = spawnSync(process.execPath, [jest, 'test/unit/server/large-download'], {
  cwd: root,
  env: { ...process.env, LARGE_FILE_MB: values.megabytes },
  stdio: 'inherit',
});
process.exit(status ?? 1);
