import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProcess } from '../../support/gateway-process';
import type { RunningProcess } from '../../support/gateway-process';
import { createShopPeople, profileOf } from '../../support/shop-people';

describe('audience reset', () => {
  let folder: string;
  let env: Record<string, string>;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'audience-gateway-reset-'));
    env = { DATA_DIR: join(folder, 'data'), PORT: '0', PLATFORM_PORT: '0' };
    const lines = createShopPeople(5).map((person) => `${JSON.stringify(profileOf(person))}\n`);
    await writeFile(join(folder, 'people.ndjson'), lines.join(''));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const audience = (...args: string[]): RunningProcess =>
    startProcess({ script: 'bin/audience.js', args, env });
  const importPeople = (sandbox: string): Promise<number | null> =>
    audience('import', 'profiles', join(folder, 'people.ndjson'), '--sandbox', sandbox).exit;

  it('asks for --yes where nobody can be asked, and removes nothing', async () => {
    await importPeople('dev');
    const asking = audience('reset');
    expect([await asking.exit, asking.errorOutput()]).toEqual([2, expect.stringMatching(/--yes/) as string]);
    const again = audience('import', 'profiles', join(folder, 'people.ndjson'), '--sandbox', 'dev');
    expect([await again.exit, again.output()]).toEqual([
      0,
      expect.stringMatching(/Already imported/) as string,
    ]);
  });

  it('empties one sandbox of a folder that no process uses, and says what went', async () => {
    await importPeople('dev');
    await importPeople('prod');
    const emptying = audience('reset', '--sandbox', 'dev', '--yes');
    expect([await emptying.exit, emptying.output()]).toEqual([
      0,
      expect.stringMatching(/^EMBEDDED@AdobeOrg dev: removed .*\b1 dataset\b.*\.\n$/) as string,
    ]);
    const rest = audience('reset', '--yes');
    await rest.exit;
    expect(rest.output()).toMatch(/EMBEDDED@AdobeOrg prod: removed .*1 imported batch/);
  });

  it('empties all through the gateway that runs', async () => {
    const gateway = startProcess({ script: 'dist/main.js', args: ['--no-demo'], env });
    await gateway.printed(/Ready/);
    await importPeople('prod');
    const emptying = audience('reset', '--yes');
    expect([await emptying.exit, emptying.output()]).toEqual([
      0,
      expect.stringMatching(/EMBEDDED@AdobeOrg prod: removed/) as string,
    ]);
    const importing = audience('import', 'profiles', join(folder, 'people.ndjson'));
    expect([await importing.exit, importing.output()]).toEqual([
      0,
      expect.stringMatching(/Imported 5 profiles/) as string,
    ]);
    gateway.signal('SIGINT');
    expect(await gateway.exit).toBe(0);
  });
});
