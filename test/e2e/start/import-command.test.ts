import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { startProcess } from '../../support/gateway-process';
import type { RunningProcess } from '../../support/gateway-process';
import { createShopPeople, eventsOf, profileOf } from '../../support/shop-people';

const people = createShopPeople(30);
const lines = (records: readonly unknown[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('');

/** One gateway runs all the while, and each test has a sandbox of its own in it. */
describe('audience import', () => {
  let folder: string;
  let env: Record<string, string>;
  let gateway: RunningProcess;
  let tests = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'audience-gateway-import-'));
    env = { DATA_DIR: join(folder, 'data'), PORT: '0', PLATFORM_PORT: '0' };
    await writeFile(join(folder, 'people.ndjson'), lines(people.map(profileOf)));
    await writeFile(join(folder, 'events.ndjson'), lines(people.flatMap(eventsOf)));
    gateway = startProcess({ script: 'dist/main.js', args: ['--no-demo'], env });
    await gateway.printed(/Ready/);
  });
  beforeEach(() => void (tests += 1));
  afterAll(async () => {
    gateway.signal('SIGINT');
    await gateway.exit;
    await rm(folder, { recursive: true, force: true });
  });

  const run = (args: readonly string[], more: Record<string, string> = {}): RunningProcess =>
    startProcess({ script: 'bin/audience.js', args, env: { ...env, ...more } });
  const audience = (...args: string[]): RunningProcess => run([...args, '--sandbox', `test-${tests}`]);

  it('brings people in before the gateway has ever run', async () => {
    const importing = run(['import', 'profiles', join(folder, 'people.ndjson')], {
      DATA_DIR: join(folder, 'never-run'),
    });
    expect(await importing.exit).toBe(0);
    expect(importing.output()).toMatch(/Imported 30 profiles as batch \S+; 0 lines rejected\./);
  });

  it('brings events in while the gateway runs', async () => {
    const importing = audience('import', 'events', join(folder, 'events.ndjson'));
    expect(await importing.exit).toBe(0);
    expect(importing.output()).toContain(`Imported ${people.flatMap(eventsOf).length} events`);
  });

  it('reports rejected lines by number and takes the others in', async () => {
    const mixed = [
      JSON.stringify(profileOf(people[0]!)),
      '{"broken',
      JSON.stringify({ person: { gender: 'female' } }),
      JSON.stringify(profileOf(people[1]!)),
    ];
    await writeFile(join(folder, 'mixed.ndjson'), `${mixed.join('\n')}\n`);
    const importing = audience(
      'import',
      'profiles',
      join(folder, 'mixed.ndjson'),
      '--rejects',
      join(folder, 'rejects.ndjson'),
    );
    expect(await importing.exit).toBe(0);
    expect(importing.output()).toMatch(/line 2: invalid-json/);
    expect(importing.output()).toMatch(/line 3: no-identity/);
    expect(importing.output()).toMatch(/Imported 2 profiles as batch \S+; 2 lines rejected\./);
    expect((await readFile(join(folder, 'rejects.ndjson'), 'utf8')).trim().split('\n')).toHaveLength(2);
  });

  it('takes the same file in once, and again when told to', async () => {
    const file = join(folder, 'people.ndjson');
    await audience('import', 'profiles', file).exit;
    const second = audience('import', 'profiles', file);
    expect(await second.exit).toBe(0);
    expect(second.output()).toMatch(/Already imported as batch \S+ \(30 profiles, 0 rejected\)/);
    const again = audience('import', 'profiles', file, '--again');
    expect(await again.exit).toBe(0);
    expect(again.output()).toMatch(/Imported 30 profiles/);
  });

  it('asks for the format where nothing tells it', async () => {
    await writeFile(join(folder, 'odd'), 'hello\n');
    const asking = audience('import', 'profiles', join(folder, 'odd'));
    expect(await asking.exit).toBe(2);
    expect(asking.errorOutput()).toMatch(/Say it with --format/);
  });

  it('names the fields that rules cannot use', async () => {
    await writeFile(join(folder, 'odd.ndjson'), lines([{ ...profileOf(people[0]!), 'a.b': 1, 'c d': 2 }]));
    const importing = audience('import', 'profiles', join(folder, 'odd.ndjson'));
    expect(await importing.exit).toBe(0);
    expect(importing.errorOutput()).toMatch(
      /field "a\.b" of 1 rows is left out[\s\S]*field "c d" of 1 rows is kept/,
    );
  });

  it('fails when no line is good, and still reports each', async () => {
    await writeFile(join(folder, 'bad.ndjson'), 'no json\n{}\n');
    const rejects = join(folder, 'rejects.ndjson');
    const importing = audience('import', 'profiles', join(folder, 'bad.ndjson'), '--rejects', rejects);
    expect(await importing.exit).toBe(1);
    expect(importing.errorOutput()).toMatch(
      /line 1: invalid-json[\s\S]*line 2: no-identity[\s\S]*Nothing was taken in/,
    );
    expect((await readFile(rejects, 'utf8')).trim().split('\n')).toHaveLength(2);
  });

  it('shows ten of very many such fields, and keeps all in the report', async () => {
    const names = Array.from({ length: 30 }, (_, index) => [`not a name ${index}`, 1] as const);
    await writeFile(
      join(folder, 'named.ndjson'),
      lines([{ ...profileOf(people[0]!), _acme: Object.fromEntries(names) }]),
    );
    const rejects = join(folder, 'rejects.ndjson');
    const importing = audience('import', 'profiles', join(folder, 'named.ndjson'), '--rejects', rejects);
    expect(await importing.exit).toBe(0);
    expect(importing.errorOutput().match(/not a name/g)).toHaveLength(10);
    expect(importing.errorOutput()).toContain(`and 20 more such fields; all are in ${rejects}`);
    expect((await readFile(rejects, 'utf8')).trim().split('\n')).toHaveLength(30);
  });

  it.each([
    ['a field that is none', ['fields', 'add', 'profile', 'no path', 'integer'], /path must be names/],
    ['a sandbox that cannot be', ['fields', 'list', '--sandbox', 'No!'], /--sandbox/],
    ['an org that cannot be', ['fields', 'list', '--org', 'acme'], /--org/],
  ])('refuses %s as asked wrongly', async (_, args, reason) => {
    const asking = run(args);
    expect(await asking.exit).toBe(2);
    expect(asking.errorOutput()).toMatch(reason);
  });

  it('says of a compressed file that it is damaged', async () => {
    const packed = gzipSync(lines(people.map(profileOf)));
    packed.writeUInt32LE(1, packed.length - 8);
    await writeFile(join(folder, 'people.gz'), packed);
    const importing = audience('import', 'profiles', join(folder, 'people.gz'));
    expect(await importing.exit).toBe(2);
    expect(importing.errorOutput()).toMatch(/The compressed file is damaged/);
  });

  it('takes a file in once where two commands import it at the same moment', async () => {
    const both = [1, 2].map(() => audience('import', 'profiles', join(folder, 'people.ndjson')));
    const codes = await Promise.all(both.map(({ exit }) => exit));
    expect(codes).toEqual([0, 0]);
    const batches = both.map((command) => /as batch ([0-9a-f]+)/.exec(command.output())?.[1]);
    expect(batches[0]).toMatch(/./);
    expect(batches[1]).toBe(batches[0]);
  });

  it('imports nothing when the report of rejected lines cannot be kept', async () => {
    const importing = audience(
      'import',
      'profiles',
      join(folder, 'people.ndjson'),
      '--rejects',
      join(folder, 'no', 'such', 'folder'),
    );
    expect(await importing.exit).toBe(2);
    expect(importing.errorOutput()).toMatch(/^audience: The rejected lines cannot be written/);
    expect(importing.output()).not.toMatch(/uploading/);
  });

  it('says that a folder is no file', async () => {
    const importing = audience('import', 'profiles', folder);
    expect(await importing.exit).toBe(2);
    expect(importing.errorOutput()).toMatch(/^audience: .* is not a file/);
  });

  it('says what to do about a file that is not there', async () => {
    const importing = audience('import', 'profiles', join(folder, 'nowhere.ndjson'));
    expect(await importing.exit).toBe(2);
    expect(importing.errorOutput()).toMatch(/^audience: There is no file/);
  });

  it('asks for a verb that exists', async () => {
    const asking = run(['import', 'accounts', 'x']);
    expect(await asking.exit).toBe(2);
  });
});
