import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { codeBlocksOf } from './markdown';

const run = promisify(execFile);
const root = resolve(__dirname, '..', '..');
const documentedUrl = 'http://127.0.0.1:4000';

/** A program made of the files that our pages show, as somebody who copies them would have it. */
export interface DocumentedProgram {
  /** What TypeScript says against it. */
  readonly faults: readonly string[];
  /** The path of a compiled file; `name` as the page has it, without its ending. */
  compiled(name: string): string;
  remove(): Promise<void>;
}

/**
 * Writes the code blocks that begin with their file's name into a folder, builds our client package beside them, makes
 * the typed documents and compiles all of it, strictly. The address of the gateway is the only word that is changed.
 */
export async function buildDocumentedProgram(options: {
  readonly pages: readonly string[];
  readonly packages: readonly string[];
  readonly gatewayUrl: string;
}): Promise<DocumentedProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'audience-gateway-docs-program-'));
  const files = options.pages.flatMap((page) => codeBlocksOf(page)).flatMap(({ code }) => fileIn(code));
  for (const { name, text } of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text.replaceAll(documentedUrl, options.gatewayUrl));
  }
  await writeFile(join(folder, 'package.json'), '{ "type": "commonjs" }');
  const installed = join(folder, 'node_modules');
  for (const name of options.packages) {
    await mkdir(dirname(join(installed, name)), { recursive: true });
    await symlink(join(root, 'node_modules', name), join(installed, name));
  }
  await run(process.execPath, [
    join(root, 'client', 'build.mjs'),
    join(installed, '@audience-gateway', 'client'),
  ]);
  const codegen = join(root, 'node_modules', '@graphql-codegen', 'cli', 'cjs', 'bin.js');
  await run(process.execPath, [codegen, '--config', 'codegen.yml', '--silent'], { cwd: folder });
  const names = files.map(({ name }) => name).filter((name) => /\.tsx?$/.test(name));
  return {
    faults: await compile(folder, names),
    compiled: (name) => join(folder, 'out', name),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function fileIn(code: string): readonly { readonly name: string; readonly text: string }[] {
  const [, name] = /^(?:\/\/|#) ((?:src\/)?[\w/.-]+\.(?:tsx?|yml))\n/.exec(code) ?? [];
  return name === undefined ? [] : [{ name, text: `${code}\n` }];
}

const compilerOptions = {
  strict: true,
  noUncheckedIndexedAccess: true,
  module: 'nodenext',
  moduleResolution: 'nodenext',
  target: 'es2022',
  lib: ['es2023', 'dom', 'dom.iterable'],
  jsx: 'react-jsx',
  skipLibCheck: true,
  types: [],
  rootDir: '.',
  outDir: 'out',
};

/** Compiles in a process of its own, where TypeScript is fast; answers what it says against the files. */
async function compile(folder: string, files: readonly string[]): Promise<string[]> {
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { stdout } = await run(process.execPath, [tsc, '-p', folder], { cwd: folder }).catch(
    (error: unknown) => error as { readonly stdout: string },
  );
  return stdout.split('\n').filter((line) => line !== '');
}
