import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../src/config';
import { variables } from '../../src/config-variables';

const root = join(__dirname, '..', '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

/** Instructions with their continued lines joined; comments left out. */
function parseDockerfile(text: string): Instruction[] {
  const lines = text
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n');
  return lines.flatMap((line) => {
    const [, name, rest] = /^([A-Z]+)\s+(.*)$/.exec(line.trim()) ?? [];
    return name === undefined || rest === undefined ? [] : [{ name, rest }];
  });
}

/** The instructions of each stage, after its FROM. */
function stagesOf(instructions: readonly Instruction[]): Instruction[][] {
  const stages: Instruction[][] = [];
  for (const instruction of instructions) {
    if (instruction.name === 'FROM') stages.push([instruction]);
    else stages.at(-1)?.push(instruction);
  }
  return stages;
}

describe('the Dockerfile', () => {
  const instructions = parseDockerfile(read('Dockerfile'));
  const stages = stagesOf(instructions);
  const final = stages.at(-1) ?? [];
  const all = (name: string): string[] =>
    instructions.filter((each) => each.name === name).map(({ rest }) => rest);

  it('builds on one base of glibc, pinned to a version that package.json allows', () => {
    const bases = all('FROM').map((rest) => rest.split(' ')[0] ?? '');
    expect(new Set(bases).size).toBe(1);
    const [, major, minor] = /^node:(\d+)\.(\d+)\.\d+-bookworm-slim$/.exec(bases[0] ?? '') ?? [];
    const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
    const [, oldestMajor, oldestMinor] = /^>=(\d+)\.(\d+)/.exec(engines.node) ?? [];
    expect([Number(major), Number(minor) >= Number(oldestMinor)]).toEqual([Number(oldestMajor), true]);
  });

  it('runs as somebody who is not root, set after the last thing that needs root', () => {
    const names = final.map(({ name }) => name);
    const users = final.filter(({ name }) => name === 'USER').map(({ rest }) => rest);
    expect(users).toEqual(['node']);
    expect(names.slice(names.indexOf('USER'))).not.toContain('RUN');
  });

  it('copies only what exists, what an earlier stage made, and what .dockerignore lets through', () => {
    const earlier = all('FROM').flatMap((rest) => / AS (\w+)$/.exec(rest)?.[1] ?? []);
    const ignored = read('.dockerignore').split('\n');
    const copies = all('COPY').map((rest) => rest.split(' '));
    for (const words of copies) {
      const stage = /^--from=(\w+)$/.exec(words[0] ?? '')?.[1];
      if (stage !== undefined) expect(earlier).toContain(stage);
      else
        for (const source of words.slice(0, -1)) {
          expect([source, existsSync(join(root, source))]).toEqual([source, true]);
          expect(ignored).toContain(`!${source}`);
        }
    }
    expect(copies.length).toBeGreaterThan(4);
  });

  it('installs exactly what the lock file says; the image holds no tools for building', () => {
    const runs = all('RUN');
    expect(runs.filter((run) => /npm (install|i|run)\b/.test(run))).toEqual([]);
    // What a script of package.json needs may lie outside of what is copied.
    const compiled = runs.flatMap((run) => /tsc -p (\S+)/.exec(run)?.[1] ?? []);
    expect(compiled).toEqual(['tsconfig.build.json']);
    expect(all('COPY').some((rest) => rest.includes(compiled[0] ?? ''))).toBe(true);
    const shipped = final.filter(({ name, rest }) => name === 'COPY' && rest.includes('node_modules'));
    expect(shipped.map(({ rest }) => rest.split(' ')[0])).toEqual(['--from=dependencies']);
    const dependencies = stages.find(([from]) => from?.rest.endsWith('AS dependencies')) ?? [];
    expect(
      dependencies.filter(({ name }) => name === 'RUN').every(({ rest }) => rest.includes('--omit=dev')),
    ).toBe(true);
  });

  it('looks after its health at an address that there is, and starts the program itself', () => {
    const [check = ''] = all('HEALTHCHECK');
    const path = /\$\{process\.env\.PORT\}(\/\w+)/.exec(check)?.[1] ?? '';
    expect(read('src/server/http.ts')).toContain(`'${path}': { GET`);
    expect(JSON.parse(all('CMD').at(-1) ?? '')).toEqual(['node', '--expose-gc', 'dist/main.js']);
  });

  it('sets no variable that there is not, and no secret', () => {
    const names = new Set<string>(Object.values(variables).map(({ name }) => name));
    const set = final
      .filter(({ name }) => name === 'ENV')
      .flatMap(({ rest }) => rest.match(/\b[A-Z_]+(?==)/g) ?? []);
    expect(set.length).toBeGreaterThan(3);
    for (const name of set) expect(names).toContain(name);
    expect(all('ENV').join(' ')).not.toMatch(/SECRET|KEY|TOKEN/);
    expect(all('ARG')).toEqual([]);
  });
});

describe.each(['compose.yaml', 'compose.replicas.yaml'])('%s', (file) => {
  it('is indented by two spaces, and says nothing twice in one place', () => {
    const text = read(file);
    const open: { depth: number; keys: Set<string> }[] = [];
    for (const line of text.split('\n').filter((each) => /\S/.test(each) && !/^\s*#/.test(each))) {
      const [, indent = '', key] = /^( *)(?:- )?(?:([\w-]+):(?: |$))?/.exec(line) ?? [];
      expect(line).not.toContain('\t');
      expect(indent.length % 2).toBe(0);
      while ((open.at(-1)?.depth ?? -1) > indent.length) open.pop();
      if (open.at(-1)?.depth !== indent.length) open.push({ depth: indent.length, keys: new Set() });
      if (key === undefined || line.trim().startsWith('- ')) continue;
      expect([key, open.at(-1)?.keys.has(key)]).toEqual([key, false]);
      open.at(-1)?.keys.add(key);
    }
  });
});

describe('compose.yaml', () => {
  const text = read('compose.yaml');

  it('publishes on the loopback, keeps what must be kept, and gives no rights that are not needed', () => {
    const services = text.split(/^ {2}(?=\w+:$)/m).filter((part) => part.includes('image:'));
    expect(services).toHaveLength(2);
    const volumes = /^volumes:\n((?: {2}[\w-]+:\n)+)/m.exec(text)?.[1] ?? '';
    for (const service of services) {
      expect(service).toMatch(/- 127\.0\.0\.1:\d+:4000/);
      const [, volume = ''] = /- ([\w-]+):\/data/.exec(service) ?? [];
      expect(volumes).toContain(`  ${volume}:`);
      for (const right of ['read_only: true', 'no-new-privileges:true', '- ALL'])
        expect(service).toContain(right);
    }
  });

  it('sets no variable that there is not, and holds no secret itself', () => {
    const names = new Set<string>(Object.values(variables).map(({ name }) => name));
    const set = [...text.matchAll(/^ {6}([A-Z_]+): (.*)$/gm)];
    expect(set.length).toBeGreaterThan(5);
    for (const [, name = '', value = ''] of set) {
      expect(names).toContain(name);
      if (/SECRET|KEYS/.test(name)) expect(value).toBe(`\${${name}:-}`);
    }
  });
});

describe('compose.replicas.yaml', () => {
  const text = read('compose.replicas.yaml');
  const [gateway = '', services = ''] = text.split(/^services:$/m);
  /** What Compose would set, with these variables of the shell. */
  const settingsOf = (part: string, shell: Readonly<Record<string, string>>): Record<string, string> => {
    const lines = [...part.matchAll(/^ {4,6}([A-Z_]+): (?:'(.*)'|(.*))$/gm)];
    return Object.fromEntries(
      lines.map(([, name = '', quoted, plain = '']) => [
        name,
        (quoted ?? plain).replaceAll(
          /\$\{(\w+):([-?])([^}]*)\}/g,
          (_, variable: string, kind: string, word: string) => shell[variable] ?? (kind === '-' ? word : ''),
        ),
      ]),
    );
  };
  const shell = { GATEWAY_SECRET: 'x'.repeat(64), POSTGRES_PASSWORD: 'y'.repeat(48) };
  const settings = settingsOf(gateway, shell);
  const database = settingsOf(services, shell);

  it('starts each gateway with settings that it takes, and shares the one database of the file', () => {
    const { backboneUrl, secret } = loadConfig(settings).gateway;
    const { hostname, port, username, password, pathname } = new URL(backboneUrl?.reveal() ?? '');
    expect(secret?.reveal()).toBe(shell.GATEWAY_SECRET);
    expect({ username, password, database: pathname.slice(1) }).toEqual({
      username: database['POSTGRES_USER'],
      password: database['POSTGRES_PASSWORD'],
      database: database['POSTGRES_DB'],
    });
    expect([services.includes(`\n  ${hostname}:\n`), port]).toEqual([true, '5432']);
  });

  it('takes the settings of a service credential, too', () => {
    const credential = {
      AEP_CLIENT_ID: 'client',
      AEP_CLIENT_SECRET: 'a-client-secret',
      AEP_ORG_ID: '1234ABCD@AdobeOrg',
      AUTH_API_KEYS: `dashboard:${'k'.repeat(48)}`,
    };
    expect(loadConfig(settingsOf(gateway, { ...shell, ...credential })).service?.sandbox).toBe('prod');
  });

  it('does not start without both secrets, and holds none itself', () => {
    for (const name of ['GATEWAY_SECRET', 'POSTGRES_PASSWORD']) {
      const uses = text.match(new RegExp(`\\$\\{${name}[^}]*\\}`, 'g')) ?? [];
      expect(uses.length).toBeGreaterThan(0);
      for (const use of uses) expect(use).toMatch(/^\$\{\w+:\?[^}]+\}$/);
    }
    for (const name of ['AEP_CLIENT_SECRET', 'AUTH_API_KEYS'])
      expect(gateway).toContain(`${name}: \${${name}:-}\n`);
  });

  it('publishes two gateways on the loopback, and not the database', () => {
    const ports = [...services.matchAll(/^ {2}([\w-]+):\n {4}<<: \*gateway\n {4}ports:\n {6}- (\S+)$/gm)];
    expect(ports.map(([, name, published]) => [name, published])).toEqual([
      ['gateway-1', '127.0.0.1:4101:4000'],
      ['gateway-2', '127.0.0.1:4102:4000'],
    ]);
    expect(text.match(/ports:/g)).toHaveLength(2);
    for (const right of ['read_only: true', 'no-new-privileges:true', '- ALL'])
      expect(gateway).toContain(right);
  });

  it('looks after the health of all, of gateways at an address that there is', () => {
    const [, path = ''] = /fetch\('http:\/\/127\.0\.0\.1:4000(\/\w+)'\)/.exec(gateway) ?? [];
    expect(read('src/server/http.ts')).toContain(`'${path}': { GET`);
    expect(text.match(/healthcheck:/g)).toHaveLength(2);
  });

  it('lets a gateway stop in its own time', () => {
    const { delayMs, timeoutMs } = loadConfig(settings).gateway.drain;
    const [, seconds] = /stop_grace_period: (\d+)s/.exec(gateway) ?? [];
    expect(Number(seconds) * 1_000).toBeGreaterThan(delayMs + timeoutMs + 6_000);
    expect(delayMs).toBeGreaterThan(0);
  });
});
