import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { minify } from '@swc/core';
import { readDocument } from '../../support/markdown';

const run = promisify(execFile);
const root = resolve(__dirname, '..', '..', '..');
const packageOf = (folder: string): string => join(folder, 'node_modules', '@audience-gateway', 'client');

/** A program of somebody who has installed the package: every door of it, with types. */
const program = `
import { createAudienceClient, createAudienceSocket, AudienceError } from '@audience-gateway/client';
import type { AudienceClient, JobEvent, WatchedSegmentJob } from '@audience-gateway/client';
import { audienceCacheOptions } from '@audience-gateway/client/apollo';
import { forwardTo } from '@audience-gateway/client/urql';

export async function evaluate(client: AudienceClient, id: string): Promise<string> {
  const job: WatchedSegmentJob = await client.waitForJob({ kind: 'SEGMENT', id });
  for await (const event of client.watchJob({ kind: 'EXPORT', id })) {
    const told: JobEvent = event;
    if (told.job?.__typename === 'ExportJob') return event.job?.datasetId ?? '';
  }
  // @ts-expect-error: a segment job has no dataset.
  job.datasetId;
  return job.totalProfiles ?? audienceCacheOptions.possibleTypes.Job.join();
}
export const doors = [createAudienceClient, createAudienceSocket, AudienceError, forwardTo].map((door) => typeof door);
`;

describe('the client package', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'audience-gateway-package-'));
    await run(process.execPath, [join(root, 'client', 'build.mjs'), join(folder, 'built')]);
    const { stdout } = await run('npm', ['pack', join(folder, 'built'), '--pack-destination', folder], {
      cwd: folder,
    });
    await run('tar', ['-xzf', stdout.trim().split('\n').at(-1) ?? ''], { cwd: folder });
    await mkdir(packageOf(folder), { recursive: true });
    await cp(join(folder, 'package'), packageOf(folder), { recursive: true });
    for (const name of ['graphql', 'graphql-ws'])
      await symlink(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('holds its code, its types, its words and the schema, and nothing else', async () => {
    expect((await readdir(packageOf(folder))).sort()).toEqual(['README.md', 'dist', 'package.json']);
    expect(await readFile(join(packageOf(folder), 'dist', 'schema.graphql'), 'utf8')).toBe(
      readDocument('schema.graphql'),
    );
  });

  it.each([
    ['an ES module', 'use.mjs', "import * as door from '@audience-gateway/client';"],
    ['CommonJS', 'use.cjs', "const door = require('@audience-gateway/client');"],
  ])('is loaded from %s', async (_kind, name, line) => {
    await writeFile(
      join(folder, name),
      `${line}\nconst client = door.createAudienceClient({ url: 'http://127.0.0.1:1' });
client.query('{ session { orgId } }').catch((error) => console.log(error instanceof door.AudienceError, error.code));`,
    );
    const { stdout } = await run(process.execPath, [join(folder, name)]);
    expect(stdout).toBe('true NETWORK_ERROR\n');
  });

  it('has types for strict programs of both kinds', async () => {
    const files = ['use.mts', 'use.cts'].map((name) => join(folder, name));
    for (const file of files) await writeFile(file, program);
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const options =
      '--strict --exactOptionalPropertyTypes --noUncheckedIndexedAccess --skipDefaultLibCheck --noEmit';
    const kind =
      '--module nodenext --moduleResolution nodenext --target es2022 --lib es2023,dom --types --rootDir';
    const types = run(process.execPath, [tsc, ...options.split(' '), ...kind.split(' '), folder, ...files]);
    expect(await types.catch((error: unknown) => error)).toMatchObject({ stdout: '' });
  });

  it('is as small as its page says', async () => {
    const dist = join(packageOf(folder), 'dist', 'esm');
    const sources = (await readdir(dist)).filter((name) => name.endsWith('.js') && !/apollo|urql/.test(name));
    const texts = await Promise.all(sources.map((name) => readFile(join(dist, name), 'utf8')));
    const small = await Promise.all(
      texts.map((text) => minify(text, { module: true, mangle: true, compress: true })),
    );
    const bytes = gzipSync(small.map(({ code }) => code).join('\n')).length;
    const [, said = ''] =
      /less than (\d+) kB minified and gzipped/.exec(readDocument('docs/clients/client.md')) ?? [];
    expect(Math.ceil(bytes / 1000)).toBe(Number(said));
  });
});
