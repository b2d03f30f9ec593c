// Histories of the watchers, made of seeds; see test/simulation/README.md.
//   node test/long/simulate.mjs [--seeds 10000] [--from 1]   as many as one likes; stops at the first that breaks a promise
//   node test/long/simulate.mjs --all [--watches one|all] [--replicas 2]      goes on, and counts what was broken, by kind
//   node test/long/simulate.mjs --seed 42 [--trace]          one again, with all that happens in it
import { require } from './typescript.mjs';

const { runCommand } = require('../simulation/command.ts');
process.exitCode = await runCommand(process.argv.slice(2), (words) => process.stdout.write(`${words}\n`));
