import { join } from 'node:path';
import type { EngineLimits } from './engine/engine';
import { remove, type TenantFiles } from './files/tenant-files';
import { deletionsSince } from './generation/next-generation';
import { membershipSources, type MembershipSource } from './membership/membership-file';
import { remapMemberships } from './membership/remap-memberships';
import type { ProfileCatalog } from './metadata/profile-catalog';
import type { Stray } from './metadata/stray-memberships';
import type { Snapshot } from './snapshot';

export interface StrayParts {
  readonly catalog: ProfileCatalog;
  readonly files: TenantFiles;
  readonly limits: EngineLimits;
  readonly newId: () => string;
  readonly snapshot: (ruleKey: string) => Promise<Snapshot>;
  readonly signal: AbortSignal;
}

export interface StraysWanted {
  readonly ruleKey: string;
  readonly segmentIds: readonly string[];
}

/**
 * A snapshot of one merge rule that has the memberships of these segments also where people of another rule were
 * evaluated: whoever owns the identity by which those were known has them here. They are gone with the snapshot.
 */
export async function withStrays(
  parts: StrayParts,
  { ruleKey, segmentIds }: StraysWanted,
): Promise<Snapshot> {
  const held = await parts.snapshot(ruleKey);
  const { generation } = held;
  if (generation === undefined || segmentIds.length === 0) return held;
  const made: MembershipSource[] = [];
  const release = (): void => {
    for (const { file } of made) remove(file.path);
    held.release();
  };
  try {
    const strays = await parts.catalog.strays({ ruleKey, segmentIds });
    for (const other of new Set(strays.map((stray) => stray.ruleKey))) {
      const own = strays.filter((stray) => stray.ruleKey === other);
      const file = { path: join(parts.files.temp, `${parts.newId()}.duckdb`), as: '', readOnly: true };
      made.push({ file, segmentIds: own.map(({ segmentId }) => segmentId) });
      const to = generation.path;
      if (!(await translate(parts, { strays: own, ruleKey: other, to, target: file.path }))) made.pop();
    }
  } catch (error) {
    release();
    throw error;
  }
  const further = made.map((source, index) => ({
    ...source,
    file: { ...source.file, as: `m${held.sources.length + index}` },
  }));
  return { ...held, sources: [...held.sources, ...further], release };
}

interface Translation {
  readonly strays: readonly Stray[];
  readonly ruleKey: string;
  /** Path of the generation whose people are wanted. */
  readonly to: string;
  readonly target: string;
}

/** False where there is nothing to translate any more. */
async function translate(parts: StrayParts, { strays, ruleKey, to, target }: Translation): Promise<boolean> {
  const from = await parts.snapshot(ruleKey);
  try {
    // What it was a moment ago may have been replaced since; what is held now goes together.
    const memberships = new Map(
      strays.flatMap(({ segmentId }) => {
        const file = from.memberships.get(segmentId);
        return file === undefined ? [] : [[segmentId, file] as const];
      }),
    );
    if (from.generation === undefined) return false;
    await remapMemberships({
      sources: membershipSources(memberships, (file) => join(parts.files.memberships, file)),
      oldGeneration: from.generation.path,
      newGeneration: to,
      deletions: deletionsSince(parts.files, await parts.catalog.fragments(), from.generation),
      target,
      limits: parts.limits,
      signal: parts.signal,
    });
    return true;
  } finally {
    from.release();
  }
}
