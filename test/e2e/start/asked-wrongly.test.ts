import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mkdtemp, rm } from 'node:fs/promises';
import { startProcess } from '../../support/gateway-process';

describe('audience, asked wrongly', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'audience-gateway-asked-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const run = async (args: readonly string[]): Promise<readonly [number | null, string]> => {
    const env = { DATA_DIR: join(folder, 'data'), PORT: '0', PLATFORM_PORT: '0' };
    const running = startProcess({ script: 'bin/audience.js', args, env });
    return [await running.exit, running.output() + running.errorOutput()];
  };

  it.each([
    [['admin', 'clock', '--reset', '--forward', '1h'], 'Say one of --to'],
    [['admin', 'clock', '--back', '1h', '--forward', '1h'], 'Say one of --to'],
    [['admin', 'pace', '-5'], '"-5" is no pace'],
    [['admin', 'pace', '99999999999999'], 'from 0 to 3600000'],
    [['admin', 'pace', '5', '--reset'], 'Say either'],
    [['destination', '--fail', '500', '--times', '0'], 'from 1 to 1000000'],
    [['import', 'profiles', '--wrong'], '(see: audience import profiles --help)'],
  ])('by %j says so and ends with code 2', async (args, words) => {
    expect(await run(args)).toEqual([2, expect.stringContaining(words)]);
  });

  it('tells its version', async () => {
    expect(await run(['--version'])).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+/)]);
  });

  it('says that a sandbox to be emptied never was', async () => {
    expect(await run(['reset', '--sandbox', 'nope', '--yes'])).toEqual([
      0,
      'There is no sandbox nope of EMBEDDED@AdobeOrg: nothing was removed.\n',
    ]);
  });
});
