import { join } from 'node:path';
import type { UnionSchema } from '../../../xdm/union-schema';
import type { MergeRule } from '../../records';
import type { EngineLimits } from '../engine/engine';
import { publish } from '../files/publish';
import type { TenantFiles } from '../files/tenant-files';
import { membershipSources } from '../membership/membership-file';
import { remapMemberships } from '../membership/remap-memberships';
import { mergeRuleKey } from '../merge-rule';
import type { CurrentData, Fragment, Generation, NewGeneration } from '../metadata/profile-catalog';
import type { ReportProgress } from '../api/progress';
import { buildGeneration } from './build-generation';

export interface GenerationWork {
  readonly files: TenantFiles;
  readonly limits: EngineLimits;
  readonly newId: () => string;
  /** An existing folder for what is being made; the caller removes it. */
  readonly work: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ReportProgress | undefined;
}

type FragmentToRead = Omit<Fragment, 'seq'> & { readonly seq?: number };

export interface GenerationToMake {
  readonly mergeRule: MergeRule;
  /** Of all batches, oldest first; one that is being taken in has no `seq` yet. */
  readonly fragments: readonly FragmentToRead[];
  readonly schema: UnionSchema;
  /** What is current for this rule. */
  readonly before: CurrentData;
}

/** Builds the next generation of a merge rule and carries its memberships over; the files count once a row names them. */
export async function makeNextGeneration(
  parts: GenerationWork,
  { mergeRule, fragments, schema, before }: GenerationToMake,
): Promise<NewGeneration> {
  const { files, limits, newId, signal, onProgress } = parts;
  const target = join(parts.work, `${newId()}.duckdb`);
  const counts = await buildGeneration({
    fragments: fragments.flatMap((each) =>
      each.file === undefined ? [] : [{ ...each, path: join(files.fragments, each.file) }],
    ),
    mergeRule,
    schema,
    target,
    fragmentFolder: files.fragments,
    limits,
    signal,
    onProgress,
  });
  const number = (before.generation?.number ?? 0) + 1;
  // The number alone could be that of a file which a failed attempt left and somebody still reads.
  const file = `${number}-${newId()}.duckdb`;
  await publish(target, join(files.generations, file));
  const memberships =
    before.generation === undefined
      ? new Map<string, string>()
      : await carryMembershipsOver(parts, {
          memberships: before.memberships,
          from: before.generation.file,
          to: file,
          deletions: deletionsSince(files, fragments, before.generation),
        });
  return { ruleKey: mergeRuleKey(mergeRule), generation: { number, file, ...counts }, memberships };
}

export interface MembershipsToCarry {
  /** Segment id -> file; all of them number people as the generation `from` does. */
  readonly memberships: ReadonlyMap<string, string>;
  readonly from: string;
  readonly to: string;
  /** Files of the deletions that `from` does not know of. */
  readonly deletions: readonly string[];
}

/** Files of the people who were deleted since a generation was built. */
export function deletionsSince(
  { fragments: folder }: TenantFiles,
  fragments: readonly FragmentToRead[],
  { dataVersion }: Pick<Generation, 'dataVersion'>,
): readonly string[] {
  return fragments.flatMap(({ entity, seq = 0, file }) =>
    entity === 'deletion' && seq > dataVersion && file !== undefined ? [join(folder, file)] : [],
  );
}

/** Writes memberships anew for another generation, all into one file. @returns segment id -> that file. */
export async function carryMembershipsOver(
  { files, limits, newId, work, signal }: GenerationWork,
  { memberships, from, to, deletions }: MembershipsToCarry,
): Promise<ReadonlyMap<string, string>> {
  if (memberships.size === 0) return new Map();
  const name = `${newId()}.duckdb`;
  const target = join(work, name);
  await remapMemberships({
    sources: membershipSources(memberships, (file) => join(files.memberships, file)),
    oldGeneration: join(files.generations, from),
    newGeneration: join(files.generations, to),
    deletions,
    target,
    limits,
    signal,
  });
  await publish(target, join(files.memberships, name));
  return new Map([...memberships.keys()].map((segmentId) => [segmentId, name]));
}
