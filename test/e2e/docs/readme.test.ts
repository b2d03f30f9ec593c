import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { parse } from 'graphql';
import { variables } from '../../../src/config-variables';
import { startProcess } from '../../support/gateway-process';
import { codeBlocksOf, readDocument } from '../../support/markdown';
import { startRoad } from '../../support/start-road';
import type { Road } from '../../support/start-road';

const blocks = codeBlocksOf('README.md');
const codeIn = (language: string): string[] =>
  blocks.filter((block) => block.language === language).map(({ code }) => code);

interface StartedPreview {
  readonly startPreview: {
    readonly preview: { readonly id: string } | null;
    readonly userErrors: readonly object[];
  };
}

describe('README.md', () => {
  let road: Road;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'audience-gateway-readme-'));
    road = await startRoad();
  });
  afterAll(async () => {
    await road.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('shows import commands and example lines that work', async () => {
    const [profile = '', event = ''] = codeIn('jsonl');
    await writeFile(join(folder, 'people.ndjson'), `${profile}\n`);
    await writeFile(join(folder, 'events.ndjson'), `${event}\n`);
    const commands = codeIn('sh')
      .flatMap((code) => code.split('\n'))
      .filter((line) => line.startsWith('npx audience'));
    expect(commands.length).toBeGreaterThanOrEqual(3);
    for (const command of commands) {
      const args = command
        .replace(/\s+#.*$/, '')
        .split(/\s+/)
        .slice(2)
        .map((word) => (word.endsWith('.ndjson') ? join(folder, word) : word));
      const importing = startProcess({
        script: 'bin/audience.js',
        args,
        env: { DATA_DIR: join(folder, 'data') },
      });
      expect({ command, code: await importing.exit, output: importing.output() }).toMatchObject({
        code: 0,
        // The same file stands in two blocks: the second time nothing is to be done.
        output: expect.stringMatching(/Imported 1 |Already imported/) as string,
      });
    }
  });

  it('shows a rule that can be tried before it is saved', async () => {
    const [, mutation = ''] = codeIn('graphql');
    const document: TypedDocumentNode<StartedPreview, object> = parse(mutation);
    const { startPreview } = await road.run(document, {});
    expect(startPreview.userErrors).toEqual([]);
    expect(startPreview.preview?.id).toEqual(expect.any(String));
  });

  it('lists every variable with its default', () => {
    const table = readDocument('README.md');
    for (const { name, fallback, description } of Object.values(variables)) {
      const shown = fallback === '' ? '' : `\`${fallback}\``;
      expect(table.replaceAll(/ +/g, ' ')).toContain(
        `| \`${name}\` | ${shown}${shown === '' ? '' : ' '}| ${description} |`,
      );
    }
  });
});
