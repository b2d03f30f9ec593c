// Installs and builds what is missing. Only Node's own modules here: this runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const oldestNode = [20, 19];

/** Ends the process with one line when this Node.js is too old to load the dependencies. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  fail(
    `Audience Gateway needs Node.js ${oldestNode.join('.')} or newer; this is ${process.versions.node}. Install a newer one from your package manager.`,
  );
}

/** Prints one line and ends the process with code 1. */
export function fail(line) {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}

/** Runs a program in the project's folder; ends this process when it fails. */
export function run(label, command, args, options = {}) {
  const started = Date.now();
  process.stderr.write(`- ${label} … `);
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  if (result.status === 0) {
    process.stderr.write(`${((Date.now() - started) / 1000).toFixed(1)} s\n`);
    return result;
  }
  process.stderr.write('failed\n');
  process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  if (result.error) process.stderr.write(`${result.error.message}\n`);
  fail(`"${[command, ...args].join(' ')}" failed. Mend what it says above and try again.`);
}

/**
 * Runs programs that do not need each other, as many at once as there are cores, in the given order; ends this process
 * when one has failed, once all have ended and told what is wrong.
 *
 * @param checks `[label, command, args]` each.
 */
export async function runTogether(checks) {
  const waiting = [...checks];
  const failed = [];
  const work = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      if (!(await passes(check))) failed.push(check[0]);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  if (failed.length > 0) fail(`Failed: ${failed.join(', ')}. Mend what is said above and try again.`);
}

async function passes([label, command, args]) {
  const started = Date.now();
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const told = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => told.push(bytes));
  const status = await new Promise((resolve) => {
    child.once('error', (error) => {
      told.push(Buffer.from(`${error.message}\n`));
      resolve(1);
    });
    child.once('close', resolve);
  });
  const seconds = `${((Date.now() - started) / 1000).toFixed(1)} s`;
  process.stderr.write(`- ${label} … ${status === 0 ? seconds : `failed\n${Buffer.concat(told)}`}\n`);
  return status === 0;
}

/** The path of a tool that a dependency brings. */
export const tool = (name) => join(root, 'node_modules', '.bin', name);

/** Installs the dependencies when they are missing or not those of package-lock.json. */
export function ensureInstalled() {
  const folder = join(root, 'node_modules');
  const stamp = join(folder, '.installed-from');
  const wanted = digest([join(root, 'package-lock.json')]);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  refuseLink(folder);
  run(
    'installing dependencies (once; about a minute)',
    process.platform === 'win32' ? 'npm.cmd' : 'npm',
    ['ci', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      // The parent npm's own configuration, given as variables, must not leak into the child.
      env: Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== 'NODE_ENV')),
    },
  );
  writeFileSync(stamp, wanted);
}

/** `npm ci` empties node_modules first, and would empty what it leads to where it is a symbolic link. */
function refuseLink(folder) {
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return;
  fail(
    `node_modules is a symbolic link to ${readlinkSync(folder)}, and what is there is not what package-lock.json asks for.\n` +
      'Installing here would empty that folder. Run "npm ci" where it belongs, or remove the link: rm node_modules',
  );
}

/** Compiles src/ to dist/ when it changed since the last time. Types are left to `npm test`: to check them takes twice as long as the rest. */
export function ensureBuilt() {
  const stamp = join(root, 'dist', '.built-from');
  const wanted = digest([
    ...filesBelow(join(root, 'src')),
    join(root, 'tsconfig.json'),
    join(root, 'tsconfig.build.json'),
    join(root, 'package-lock.json'),
  ]);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  run('building', process.execPath, [
    join(root, 'node_modules', 'typescript', 'bin', 'tsc'),
    '-p',
    'tsconfig.build.json',
    '--noCheck',
  ]);
  writeFileSync(stamp, wanted);
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .sort();
}

function digest(paths) {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(path.slice(root.length)).update(readFileSync(path));
  return hash.digest('hex');
}
