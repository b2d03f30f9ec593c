import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProcess } from '../../support/gateway-process';
import type { RunningProcess } from '../../support/gateway-process';
import { codeBlocksOf } from '../../support/markdown';

const blocks = codeBlocksOf('docs/import.md');
const files: Readonly<Record<string, string>> = {
  csv: 'people.csv',
  ndjson: 'people.ndjson',
  json: 'events.json',
};

describe('docs/import.md', () => {
  let folder: string;
  let env: Record<string, string>;
  let gateway: RunningProcess;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'audience-gateway-import-docs-'));
    env = { DATA_DIR: join(folder, 'data'), PORT: '0', PLATFORM_PORT: '0' };
    // A command starts a platform of its own where none runs, which takes longer than all else.
    gateway = startProcess({ script: 'dist/main.js', args: ['--no-demo'], env });
    await gateway.printed(/Ready/);
    for (const { language, code } of blocks) {
      const name = files[language];
      if (name !== undefined) await writeFile(join(folder, name), `${code}\n`);
    }
  });
  afterAll(async () => {
    gateway.signal('SIGINT');
    await gateway.exit;
    await rm(folder, { recursive: true, force: true });
  });

  async function run(command: string): Promise<string> {
    const [, , ...args] = command.split(' ');
    const inFolder = args.map((arg) => (/^[a-z]+\.[a-z]+$/u.test(arg) ? join(folder, arg) : arg));
    const process = startProcess({ script: 'bin/audience.js', args: inFolder, env });
    expect(await process.exit).toBe(0);
    return process.output();
  }

  it('shows what its commands print, from the first to the last', async () => {
    const printed: string[] = [];
    const shown = blocks
      .filter(({ language }) => language === 'text')
      .flatMap(({ code }) => code.split('\n'));
    for (const { code } of blocks.filter(({ language }) => language === 'sh')) {
      for (const command of code.split('\n')) printed.push(await run(command));
    }
    const text = printed.join('').replaceAll(/\b[0-9a-f]{24}\b/g, 'BATCH');
    for (const line of shown) expect(text).toContain(line);
    expect(await readFile(join(folder, 'mend.ndjson'), 'utf8')).toMatch(
      /"visits":"often".*\n.*barbara@example.com/u,
    );
  });
});
