import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { MergeRule } from '../records';
import type { EngineLimits } from './engine/engine';
import { remove, type TenantFiles } from './files/tenant-files';
import {
  carryMembershipsOver,
  deletionsSince,
  makeNextGeneration,
  type GenerationWork,
} from './generation/next-generation';
import { mergeRuleKey } from './merge-rule';
import type { Generation, NewGeneration, ProfileCatalog } from './metadata/profile-catalog';
import type { Stray } from './metadata/stray-memberships';
import type { ReportProgress } from './api/progress';
import { schemaOf } from './schema';

export interface SettleParts {
  readonly catalog: ProfileCatalog;
  readonly files: TenantFiles;
  readonly limits: EngineLimits;
  readonly newId: () => string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ReportProgress | undefined;
}

/** True where the people of a merge rule are as new as the data, and its memberships stand with them. */
export async function isSettled(catalog: ProfileCatalog, mergeRule: MergeRule): Promise<boolean> {
  const ruleKey = mergeRuleKey(mergeRule);
  const { newest, built } = await catalog.versions(ruleKey);
  if (newest === 0) return true;
  return built === newest && (await catalog.strays({ ruleKey })).length === 0;
}

/**
 * Builds the people of a merge rule where they are missing or older than the data, and takes in the memberships of
 * segments whose policy has come to mean this rule. To be called while nothing else changes the tenant's data.
 */
export async function settleRule(parts: SettleParts, mergeRule: MergeRule): Promise<void> {
  const { catalog, files, newId } = parts;
  if (await isSettled(catalog, mergeRule)) return;
  const work = join(files.temp, newId());
  mkdirSync(work);
  try {
    const building = { ...parts, work };
    const ruleKey = mergeRuleKey(mergeRule);
    const dataVersion = await catalog.dataVersion();
    const made = await makeIfStale(building, { mergeRule, dataVersion });
    const own = made?.generation ?? (await catalog.current(ruleKey)).generation;
    if (own === undefined) return;
    const adopted = await adoptStrays(building, { strays: await catalog.strays({ ruleKey }), to: own.file });
    await catalog.commitGeneration({
      ruleKey,
      generation: made === undefined ? undefined : { ...made.generation, dataVersion },
      memberships: new Map([...(made?.memberships ?? []), ...adopted]),
    });
  } finally {
    remove(work);
  }
}

async function makeIfStale(
  parts: GenerationWork & { readonly catalog: ProfileCatalog },
  { mergeRule, dataVersion }: { readonly mergeRule: MergeRule; readonly dataVersion: number },
): Promise<NewGeneration | undefined> {
  const { catalog } = parts;
  const before = await catalog.current(mergeRuleKey(mergeRule));
  if (before.generation?.dataVersion === dataVersion) return undefined;
  const [fragments, fields] = await Promise.all([catalog.fragments(), catalog.fields()]);
  return makeNextGeneration(parts, { mergeRule, fragments, schema: schemaOf(fields), before });
}

interface StraysToAdopt {
  readonly strays: readonly Stray[];
  /** The generation that they are to number people by. */
  readonly to: string;
}

/** Memberships of people of other rules, written for this one; one file for each rule that they come from. */
export async function adoptStrays(
  parts: GenerationWork & { readonly catalog: ProfileCatalog },
  { strays, to }: StraysToAdopt,
): Promise<ReadonlyMap<string, string>> {
  const adopted = new Map<string, string>();
  for (const ruleKey of new Set(strays.map((stray) => stray.ruleKey))) {
    const from: Generation | undefined = (await parts.catalog.current(ruleKey)).generation;
    if (from === undefined) continue;
    const own = strays.filter((stray) => stray.ruleKey === ruleKey);
    const memberships = new Map(own.map(({ segmentId, file }) => [segmentId, file]));
    const deletions = deletionsSince(parts.files, await parts.catalog.fragments(), from);
    const carried = await carryMembershipsOver(parts, { memberships, from: from.file, to, deletions });
    for (const [segmentId, file] of carried) adopted.set(segmentId, file);
  }
  return adopted;
}
