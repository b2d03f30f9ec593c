import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidRequest } from '../../../errors/platform-error';

/**
 * Where the files of one tenant stand. Files are written once under a name in `temp`, and get their own name only when
 * they are whole and on disk; what no row of the metadata names is left over from a crash.
 */
export interface TenantFiles {
  readonly root: string;
  /** Typed rows of ingested batches and their rejected rows. */
  readonly fragments: string;
  readonly generations: string;
  readonly memberships: string;
  /** One folder for each batch that went out. */
  readonly exports: string;
  /** One folder for each batch that comes in. */
  readonly uploads: string;
  /** Whatever is being made; empty when nothing runs. */
  readonly temp: string;
}

/** Names the folders, and makes those that are missing. */
export function openTenantFiles(root: string): TenantFiles {
  const files: TenantFiles = {
    root,
    fragments: join(root, 'fragments'),
    generations: join(root, 'generations'),
    memberships: join(root, 'memberships'),
    exports: join(root, 'exports'),
    uploads: join(root, 'uploads'),
    temp: join(root, 'temp'),
  };
  for (const folder of Object.values<string>({ ...files })) mkdirSync(folder, { recursive: true });
  return files;
}

/** @throws InvalidRequest when the id of a batch could lead out of its folder. */
export function checkBatchId(batchId: string): string {
  if (/^[A-Za-z0-9-]{1,64}$/u.test(batchId)) return batchId;
  throw new InvalidRequest('The id of a batch has 1 to 64 letters, digits and hyphens.');
}

/**
 * Where a file of an exported batch stands.
 * @throws InvalidRequest when the id of the batch could lead out of its folder.
 */
export function exportedFilePath(root: string, batchId: string, fileName: string): string {
  return join(root, 'exports', checkBatchId(batchId), fileName);
}

/** Names that the metadata give to entries of each folder. */
export interface NamedFiles {
  readonly fragments: ReadonlySet<string>;
  readonly generations: ReadonlySet<string>;
  readonly memberships: ReadonlySet<string>;
  readonly exports: ReadonlySet<string>;
  readonly uploads: ReadonlySet<string>;
}

/** Removes what nothing names. Only while no work runs: work in progress is not named yet. */
export function sweep(files: TenantFiles, named: NamedFiles): void {
  for (const entry of readdirSync(files.temp)) remove(join(files.temp, entry));
  for (const folder of ['fragments', 'generations', 'memberships', 'exports', 'uploads'] as const) {
    for (const entry of readdirSync(files[folder])) {
      if (!named[folder].has(entry)) remove(join(files[folder], entry));
    }
  }
}

/** Removes a file or folder that nothing names any more; it may be gone already. */
export function remove(path: string): void {
  rmSync(path, { recursive: true, force: true });
}
