import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve, sep } from 'node:path';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'prepare-'));
  mkdirSync(join(folder, 'scripts'));
  mkdirSync(join(folder, 'elsewhere'));
  copyFileSync(resolve(__dirname, '../../scripts/prepare.mjs'), join(folder, 'scripts', 'prepare.mjs'));
  writeFileSync(join(folder, 'package-lock.json'), '{}');
  writeFileSync(join(folder, 'elsewhere', 'kept'), '');
  symlinkSync(join(folder, 'elsewhere'), join(folder, 'node_modules'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** `ensureInstalled` of that folder, in a process that finds no npm. */
function ensureInstalled(): { readonly status: number | null; readonly stderr: string } {
  const code = "import('./scripts/prepare.mjs').then(({ ensureInstalled }) => ensureInstalled())";
  const { status, stderr } = spawnSync(process.execPath, ['-e', code], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: '' },
  });
  return { status, stderr };
}

it('does not install through a node_modules that is a symbolic link, and says what to do', () => {
  const { status, stderr } = ensureInstalled();
  expect(status).toBe(1);
  expect(stderr).toContain('node_modules is a symbolic link to');
  expect(stderr).toContain('rm node_modules');
  expect(stderr).not.toContain('installing');
  expect(readdirSync(join(folder, 'elsewhere'))).toEqual(['kept']);
});

it('takes a link to what package-lock.json asks for', () => {
  const wanted = createHash('sha256').update(`${sep}package-lock.json`).update('{}').digest('hex');
  writeFileSync(join(folder, 'elsewhere', '.installed-from'), wanted);
  expect(ensureInstalled()).toEqual({ status: 0, stderr: '' });
});
