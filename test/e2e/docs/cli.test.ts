import { readDocument, codeBlocksOf } from '../../support/markdown';
import type { CliRun } from '../../support/run-cli';
import { runCli } from '../../support/run-cli';
import type { Road } from '../../support/start-road';
import { startRoad } from '../../support/start-road';

const blocks = codeBlocksOf('docs/cli.md');
let road: Road;
/** What the commands so far have put into shell variables. */
const variables: Record<string, string> = {};

beforeAll(async () => {
  road = await startRoad();
  await road.ingest('profile', [
    {
      _id: 'ada',
      identityMap: { email: [{ id: 'ada@example.com', primary: true }] },
      homeAddress: { countryISO: 'FR', city: 'Paris' },
    },
  ]);
});
afterAll(() => road.close());

/** Runs a line as a shell would: quotes, variables, and `NAME=$(… | jq -r .id)`. */
async function runLine(line: string): Promise<CliRun> {
  const [, name, inner] = /^([A-Z]+)=\$\((.*) \| jq -r \.id\)$/.exec(line) ?? [];
  const words = [...(inner ?? line).matchAll(/'([^']*)'|(\S+)/g)].map(
    ([, quoted, bare]) =>
      quoted ?? (bare ?? '').replace(/^\$([A-Z]+)$/, (_all, key: string) => variables[key] ?? ''),
  );
  expect(words.shift()).toBe('audience');
  const run = await runCli(words, { env: { AUDIENCE_URL: road.url } });
  if (name !== undefined) variables[name] = (JSON.parse(run.stdout) as { readonly id: string }).id;
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

it('names every exit code in docs/errors.md too', () => {
  const errors = readDocument('docs/errors.md').split('## Exit codes')[1] ?? '';
  for (const code of [0, 1, 2, 3, 4, 5, 6, 130]) expect(errors).toMatch(new RegExp(`^\\| ${code} +\\|`, 'm'));
});
