// Histories of the watchers, made of seeds; see test/simulation/README.md.
//   node test/long/simulate.mjs [--seeds 10000] [--from 1]   as many as one likes; stops at the first that breaks a promise
//   node test/long/simulate.mjs --all [--watches one|all] [--replicas 2]      goes on, and counts what was broken, by kind
//   node test/long/simulate.mjs --seed 42 [--trace]          one again, with all that happens in it
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { transformSync } from '@swc/core';

const require = createRequire(import.meta.url);
// Without the test runner, a history takes a third of the time.
require.extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), {
    filename,
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  });
  module._compile(code, filename);
};
process.setSourceMapsEnabled(true);
const { runCommand } = require('../simulation/command.ts');
process.exitCode = await runCommand(process.argv.slice(2), (words) => process.stdout.write(`${words}\n`));
