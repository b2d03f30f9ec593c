import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDocument, codeBlocksOf } from '../../support/markdown';
import type { CliRun } from '../../support/run-cli';
import { runCli } from '../../support/run-cli';
import type { Road } from '../../support/start-road';
import { startRoad } from '../../support/start-road';

const blocks = codeBlocksOf('docs/cli.md');
let road: Road;
let folder: string;
/** What the commands so far have put into shell variables. */
const variables: Record<string, string> = {};

beforeAll(async () => {
  road = await startRoad();
  folder = await mkdtemp(join(tmpdir(), 'cli-docs-'));
  await road.ingest('profile', [
    {
      _id: 'ada',
      identityMap: { email: [{ id: 'ada@example.com', primary: true }] },
      homeAddress: { countryISO: 'FR', city: 'Paris' },
    },
  ]);
});
afterAll(async () => {
  await road.close();
  await rm(folder, { recursive: true });
});

/** What stands at a path of jq: `.id`, `.batches[0].batchId`. */
function pick(path: string, value: unknown): string {
  let here = value;
  for (const step of path.split(/[.[\]]/).filter((part) => part !== ''))
    here = (here as Record<string, unknown>)[step];
  expect(typeof here).toBe('string');
  return here as string;
}

/** Runs a line as a shell would: quotes, variables, and `NAME=$(… | jq -r .id)`. */
async function runLine(line: string): Promise<CliRun> {
  const [, name, inner, path = ''] = /^([A-Z]+)=\$\((.*) \| jq -r (\.\S+)\)$/.exec(line) ?? [];
  const words = [...(inner ?? line).matchAll(/'([^']*)'|(\S+)/g)].map(
    ([, quoted, bare]) =>
      quoted ?? (bare ?? '').replace(/^\$([A-Z]+)$/, (_all, key: string) => variables[key] ?? ''),
  );
  expect(words.shift()).toBe('audience');
  // What is saved goes into a folder of the test.
  const to = words.indexOf('--to') + 1;
  if (to > 0) words[to] = join(folder, words[to] ?? '');
  const run = await runCli(words, { env: { AUDIENCE_URL: road.url } });
  if (name !== undefined) variables[name] = pick(path, JSON.parse(run.stdout));
  return run;
}

const examples = blocks.flatMap(({ language, code }, index) => {
  if (language !== 'sh') return [];
  const next = blocks[index + 1];
  const output = next?.language === 'text' ? next.code : null;
  return code.split('\n').map((line) => [line, output] as const);
});

it('has examples', () => {
  expect(examples.length).toBeGreaterThan(20);
});

it.each(examples)('%s', async (line, output) => {
  const { exitCode, stdout, stderr } = await runLine(line);
  if (output === null) {
    expect({ exitCode, complaint: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, complaint: '' });
    return;
  }
  expect((stdout + stderr).replaceAll(road.url, 'http://127.0.0.1:4000').trim()).toBe(output);
  expect(exitCode).toBe(output.startsWith('audience:') ? 2 : 0);
});

it('saves the files of a batch whole, and names the batch’s files where one is not there', async () => {
  const links = await runLine('audience batch files $BATCH -o json');
  const files = JSON.parse(links.stdout) as readonly { readonly name: string; readonly sizeBytes: string }[];
  expect(files.length).toBeGreaterThan(0);
  for (const { name, sizeBytes } of files) {
    const bytes = await readFile(join(folder, 'exported', name));
    expect(String(bytes.length)).toBe(sizeBytes);
    expect(bytes.subarray(0, 4).toString()).toBe('PAR1');
  }
  const rows = await runLine('audience batch rows $BATCH --limit 1 --columns homeAddress.city -o jsonl');
  expect(rows.stdout).toContain('Paris');
  const missing = await runLine('audience batch download $BATCH --file none.parquet');
  expect(missing).toMatchObject({ exitCode: 2, stdout: '' });
  expect(missing.stderr).toContain(files[0]?.name ?? '?');
  expect((await runLine('audience batch rows nothing')).exitCode).toBe(2);
});

it('names every exit code in docs/errors.md too', () => {
  const errors = readDocument('docs/errors.md').split('## Exit codes')[1] ?? '';
  for (const code of [0, 1, 2, 3, 4, 5, 6, 130]) expect(errors).toMatch(new RegExp(`^\\| ${code} +\\|`, 'm'));
});
