// `npm test`: installs and builds what is missing, then every check that needs only Node.
// `npm test -- PATTERN` runs only the tests whose path matches, without the other checks.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { availableParallelism, freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, requireNode, root, runTogether, tool } from './prepare.mjs';

requireNode();
ensureInstalled();
// Goes on while the build blocks this process.
const generated = runTogether([
  [
    'generating the typed documents of the tests',
    tool('graphql-codegen'),
    ['--config', 'codegen.yml', '--silent'],
  ],
]);
ensureBuilt();
await generated;

const patterns = process.argv.slice(2);
if (patterns.length === 0) {
  const importRules = ['src', 'test', 'bench', '--config', '.dependency-cruiser.cjs', '--output-type', 'err'];
  // The longest first.
  await runTogether([
    ['lint', tool('eslint'), ['.']],
    ['types', tool('tsc'), ['-p', 'tsconfig.json']],
    ['format', tool('prettier'), ['--check', '--log-level=warn', '.']],
    ['import rules', tool('depcruise'), importRules],
    ['nothing unused', tool('knip'), []],
    ['schema.graphql equals the code', process.execPath, ['dist/server/print-schema.js', '--check']],
  ]);
}

const folder = mkdtempSync(join(placeOfFolders(), 'audience-gateway-test-'));
// PostgreSQL, which does not run as root, must get through to its own folder.
chmodSync(folder, 0o711);
const report = join(folder, 'report.json');
const jest = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
    // More than there are cores: many a test waits for a process, a file or a clock.
    `--maxWorkers=${Math.ceil(availableParallelism() * 1.5)}`,
    // Not where the folders of tests are, which are gone after the run.
    `--cacheDirectory=${join(tmpdir(), 'audience-gateway-jest')}`,
    '--json',
    `--outputFile=${report}`,
    ...patterns,
  ],
  {
    cwd: root,
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'ignore', 'inherit'],
  },
);
try {
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'));
  process.stdout.write(
    `${numPassedTests} passed, ${numFailedTests} failed${numPendingTests ? `, ${numPendingTests} skipped` : ''}\n`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(jest.status ?? 1);

/**
 * Where the tests have their data folders: in memory where that has ample room, for each import and each record is synced,
 * and a disk may take long for it. They need a quarter of a gigabyte at most. Who names a TMPDIR has the tests there.
 */
function placeOfFolders() {
  const [inMemory, ampleBytes] = ['/dev/shm', 2 ** 31];
  try {
    const { bavail, bsize } = statfsSync(inMemory);
    const hasRoom = bavail * bsize >= ampleBytes && freemem() >= 2 * ampleBytes;
    return hasRoom && process.env.TMPDIR === undefined ? inMemory : tmpdir();
  } catch {
    return tmpdir();
  }
}
