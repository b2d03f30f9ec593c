// `npm test`: installs and builds what is missing, then every check that needs only Node.
// `npm test -- PATTERN` runs only the tests whose path matches, without the other checks.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
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

const folder = mkdtempSync(join(tmpdir(), 'audience-gateway-test-'));
const report = join(folder, 'report.json');
const jest = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
    // More than there are cores: many a test waits for a process, a file or a clock.
    `--maxWorkers=${Math.ceil(availableParallelism() * 1.5)}`,
    '--json',
    `--outputFile=${report}`,
    ...patterns,
  ],
  {
    cwd: root,
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
