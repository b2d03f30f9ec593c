import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { codeBlocksOf } from '../../support/markdown';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';

const run = promisify(execFile);
const blocks = codeBlocksOf('docs/clients/curl.md');
const commands = blocks.filter(({ language }) => language === 'sh').map(({ code }) => code);
const answers = blocks
  .filter(({ language }) => language === 'json')
  .map(({ code }) => JSON.parse(code) as object);

/** The words of a command as a shell reads those of this page: quotes of one kind, and lines that go on. */
function wordsOf(command: string): string[] {
  const words = command.replaceAll('\\\n', ' ').matchAll(/'([^']*)'|(\S+)/g);
  return [...words].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

/** What curl would send, by Node, on machines without it. */
async function send([, ...words]: readonly string[]): Promise<string> {
  const url = words.find((word) => word.startsWith('http')) ?? '';
  const valuesOf = (flag: string): string[] => words.filter((_word, at) => words[at - 1] === flag);
  const headers = valuesOf('-H').map((line): [string, string] => {
    const [name = '', value = ''] = line.split(/: (.*)/s);
    return [name, value];
  });
  const response = await fetch(url, { method: 'POST', headers, body: valuesOf('-d')[0] ?? '' });
  return response.text();
}

describe('docs/clients/curl.md', () => {
  let started: StartedGateway;
  let hasCurl: boolean;
  beforeAll(async () => {
    started = await startGateway(() => undefined);
    hasCurl = await run('curl', ['--version']).then(
      () => true,
      () => false,
    );
  });
  afterAll(() => started.close());

  it.each(
    commands.map((command, index) => [/\{ *(\w+)/.exec(command)?.[1] ?? '', command, answers[index] ?? {}]),
  )('shows the true answer to %s', async (_name, command, answer) => {
    const words = wordsOf(command.replaceAll('http://127.0.0.1:4000', started.gateway.url));
    const [program = '', ...args] = words;
    expect(program).toBe('curl');
    const text = hasCurl ? (await run(program, args)).stdout : await send(words);
    expect(JSON.parse(text)).toEqual(answer);
    expect(await send(words)).toBe(text);
  });

  it('has an answer for each command', () => {
    expect(answers).toHaveLength(commands.length);
  });
});
