import { join } from 'node:path';
import type { FileLeases } from './files/leases';
import type { TenantFiles } from './files/tenant-files';
import { membershipSources, type MembershipSource } from './membership/membership-file';
import type { CurrentData, Generation, ProfileCatalog } from './metadata/profile-catalog';

/** The generation of a merge rule and the memberships of its people at one moment; their files stay until `release`. */
export interface Snapshot {
  readonly generation: (Generation & { readonly path: string }) | undefined;
  readonly memberships: ReadonlyMap<string, string>;
  readonly sources: readonly MembershipSource[];
  /** Equal for equal data. */
  readonly version: string;
  release(): void;
}

interface SnapshotParts {
  readonly catalog: ProfileCatalog;
  readonly files: TenantFiles;
  readonly leases: FileLeases;
  readonly ruleKey: string;
}

/** Holds the files of what is current now, so that they stay while they are read; whoever takes it calls `release`. */
export async function takeSnapshot({ catalog, files, leases, ruleKey }: SnapshotParts): Promise<Snapshot> {
  for (;;) {
    const current = await catalog.current(ruleKey);
    const snapshot = hold(current, files, leases);
    // What was read may have been replaced, and its files removed, before they were held.
    if (versionOf(await catalog.current(ruleKey)) === snapshot.version) return snapshot;
    snapshot.release();
  }
}

function hold(current: CurrentData, files: TenantFiles, leases: FileLeases): Snapshot {
  const { generation, memberships } = current;
  const sources = membershipSources(memberships, (file) => join(files.memberships, file));
  const path = generation === undefined ? undefined : join(files.generations, generation.file);
  const paths = sources.map(({ file }) => file.path);
  return {
    generation: generation === undefined || path === undefined ? undefined : { ...generation, path },
    memberships,
    sources,
    version: versionOf(current),
    release: leases.hold(path === undefined ? paths : [path, ...paths]),
  };
}

/** Equal for equal data. */
export function versionOf({ generation, memberships }: CurrentData): string {
  return JSON.stringify([generation?.file, [...memberships]]);
}
