import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decideOnDemo } from '../../../src/cli/demo-choice';

describe('decideOnDemo', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'demo-choice-'));
  });
  afterEach(() => rm(dataDir, { recursive: true }));

  it('loads the demonstration data at a first plain start', async () => {
    expect(await decideOnDemo({ dataDir, wish: 'as-before', isLoaded: false })).toBe('load');
  });

  it('leaves loaded data alone', async () => {
    expect(await decideOnDemo({ dataDir, wish: 'load', isLoaded: true })).toBe('there');
  });

  it('remembers --no-demo at later plain starts', async () => {
    expect(await decideOnDemo({ dataDir, wish: 'decline', isLoaded: false })).toBe('declined');
    expect(await decideOnDemo({ dataDir, wish: 'as-before', isLoaded: false })).toBe('declined');
  });

  it('loads them after all when asked with --demo', async () => {
    await decideOnDemo({ dataDir, wish: 'decline', isLoaded: false });
    expect(await decideOnDemo({ dataDir, wish: 'load', isLoaded: false })).toBe('load');
  });

  it('goes on at the next plain start with a load that was asked for and interrupted', async () => {
    await decideOnDemo({ dataDir, wish: 'decline', isLoaded: false });
    await decideOnDemo({ dataDir, wish: 'load', isLoaded: false });
    expect(await decideOnDemo({ dataDir, wish: 'as-before', isLoaded: false })).toBe('load');
  });
});
