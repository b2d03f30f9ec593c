import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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
    expect(JSON.parse(all('CMD').at(-1) ?? '')).toEqual(['node', 'dist/main.js']);
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

describe('compose.yaml', () => {
  const text = read('compose.yaml');

  it('is indented by two spaces, and says nothing twice in one place', () => {
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
