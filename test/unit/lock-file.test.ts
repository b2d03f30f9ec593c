import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly engines?: { readonly node?: string };
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const readLock = (...folder: string[]): { readonly packages: Readonly<Record<string, LockedPackage>> } =>
  JSON.parse(readFileSync(join(__dirname, '..', '..', ...folder, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
const lock = readLock();
const packages = Object.entries(lock.packages);

describe('package-lock.json', () => {
  it('knows the packages of every platform, so that npm ci works on each', () => {
    const missing = packages.flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) =>
          !(`node_modules/${name}` in lock.packages) && !(`${path}/node_modules/${name}` in lock.packages),
      ),
    );
    expect(missing).toEqual([]);
  });

  it('names no registry', () => {
    expect(packages.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });

  it('of the routers that are run on demand names none either', () => {
    const routers = readLock('test', 'long', 'router');
    expect(Object.values(routers.packages).length).toBeGreaterThan(100);
    expect(Object.values(routers.packages).filter(({ resolved }) => resolved !== undefined)).toEqual([]);
  });

  it('holds one copy of graphql', () => {
    expect(packages.filter(([path]) => path.endsWith('node_modules/graphql')).map(([path]) => path)).toEqual([
      'node_modules/graphql',
    ]);
  });
});
