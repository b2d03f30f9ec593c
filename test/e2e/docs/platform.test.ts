import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProcess } from '../../support/gateway-process';
import type { RunningProcess } from '../../support/gateway-process';
import { codeBlocksOf } from '../../support/markdown';

describe('docs/platform.md, "Trials"', () => {
  const blocks = codeBlocksOf('docs/platform.md', 'Trials');
  let folder: string;
  let env: Record<string, string>;
  let gateway: RunningProcess;
  let platformUrl: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'audience-gateway-trials-'));
    env = { DATA_DIR: folder, PORT: '0', PLATFORM_PORT: '0' };
    gateway = startProcess({ script: 'dist/main.js', args: ['--no-demo', '--admin'], env });
    await gateway.printed(/Ready/);
    [, platformUrl = ''] = await gateway.printed(/Platform +(\S+)/);
  });
  afterAll(async () => {
    gateway.signal('SIGINT');
    await gateway.exit;
    await rm(folder, { recursive: true, force: true });
  });

  const audience = async (command: string): Promise<string> => {
    const [, , ...args] = command.split(' ');
    const running = startProcess({ script: 'bin/audience.js', args, env });
    expect([await running.exit, running.errorOutput()]).toEqual([0, '']);
    return running.output();
  };

  it('shows what its commands print', async () => {
    for (const { language, code } of blocks) {
      if (language !== 'sh') continue;
      let printed = '';
      for (const command of code.split('\n')) printed = await audience(command);
      if (code.includes('admin show')) {
        const shown = blocks.find(({ language: other }) => other === 'text')?.code ?? 'nothing';
        expect(printed).toContain(shown);
      }
    }
    expect(await audience('npx audience admin show')).toMatch(/^clock {5}\S+\npace {6}\d+ ms\n$/);
  });

  it('shows a request that works as it is written', async () => {
    const { code = '' } = blocks.find(({ language }) => language === 'json') ?? {};
    const [first = '', ...body] = code.split('\n');
    const [method = '', path = ''] = first.split(' ');
    const answer = await fetch(platformUrl + path, {
      method,
      headers: {
        authorization: 'Bearer t',
        'x-api-key': 'k',
        'x-gw-ims-org-id': 'EMBEDDED@AdobeOrg',
        'content-type': 'application/json',
      },
      body: body.join('\n'),
    });
    expect([answer.status, await answer.json()]).toMatchObject([200, { clock: { offsetMs: 90_000_000 } }]);
  });
});

describe('the surface for trials', () => {
  it('is off unless it is switched on, and the command says how', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'audience-gateway-no-trials-'));
    const env = { DATA_DIR: folder, PORT: '0', PLATFORM_PORT: '0' };
    const gateway = startProcess({ script: 'dist/main.js', args: ['--no-demo'], env });
    await gateway.printed(/Ready/);
    const asking = startProcess({ script: 'bin/audience.js', args: ['admin', 'show'], env });
    expect([await asking.exit, asking.errorOutput()]).toEqual([
      2,
      expect.stringMatching(/npm start -- --admin/) as string,
    ]);
    gateway.signal('SIGINT');
    await gateway.exit;
    await rm(folder, { recursive: true, force: true });
  });

  it('is refused in front of an upstream that is not ours', async () => {
    const env = { AEP_UPSTREAM_URL: 'https://platform.adobe.io', PORT: '0' };
    const gateway = startProcess({ script: 'dist/main.js', args: ['--admin'], env });
    expect([await gateway.exit, gateway.errorOutput()]).toEqual([
      1,
      expect.stringMatching(/PLATFORM_ADMIN is on, but AEP_UPSTREAM_URL is set/) as string,
    ]);
  });
});
