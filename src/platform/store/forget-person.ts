import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { MergeRule } from '../records';
import { openEngine } from './engine/engine';
import { quoteText } from './engine/sql-text';
import { publish } from './files/publish';
import { remove } from './files/tenant-files';
import { mergeRuleKey } from './merge-rule';
import type { IdentityToFind } from './profile-lookup';
import { settleRule, type SettleParts } from './settle-rule';
import type { Snapshot } from './snapshot';

export interface ForgetParts extends SettleParts {
  readonly snapshot: (ruleKey: string) => Promise<Snapshot>;
}

/**
 * Takes a person out of the data: a file of their identities and events becomes the newest fragment, and every generation
 * from then on is built without the older rows that it names. What is imported later counts again. To be called while
 * nothing else changes the tenant's data.
 * @returns false where nobody has this identity.
 */
export async function forgetPerson(
  parts: ForgetParts,
  mergeRule: MergeRule,
  identity: IdentityToFind,
): Promise<boolean> {
  const { catalog, files, newId } = parts;
  await settleRule(parts, mergeRule);
  const work = join(files.temp, newId());
  mkdirSync(work);
  try {
    const name = `forgotten-${newId()}.parquet`;
    if (!(await writeTraces(parts, { mergeRule, identity, work, name }))) return false;
    await publish(join(work, name), join(files.fragments, name));
    await catalog.addDeletion(name);
    return true;
  } finally {
    remove(work);
  }
}

interface TracesToWrite {
  readonly mergeRule: MergeRule;
  readonly identity: IdentityToFind;
  readonly work: string;
  readonly name: string;
}

/** Writes `key` and `event_id` of all that belongs to a person; one of the two is null in each row. */
async function writeTraces(
  { snapshot, limits }: ForgetParts,
  { mergeRule, identity, work, name }: TracesToWrite,
): Promise<boolean> {
  const held = await snapshot(mergeRuleKey(mergeRule));
  try {
    const { generation } = held;
    if (generation === undefined) return false;
    const attach = [{ path: generation.path, as: 'gen', readOnly: true }];
    const engine = await openEngine({ limits, attach, folders: [work] });
    try {
      const [found] = await engine.rows(
        `SELECT "#pid" AS pid FROM gen.main.identity
        WHERE namespace = lower($namespace) AND id = $id ORDER BY is_primary DESC, "#pid" LIMIT 1`,
        { ...identity },
      );
      if (found === undefined) return false;
      const [eventId] = await engine.rows(
        `SELECT "column" FROM gen.main.present WHERE entity = 'event' AND path = '_id'`,
      );
      const pid = Number(found['pid']);
      // Without events there is no column of their ids.
      const events =
        eventId === undefined
          ? ''
          : `UNION ALL SELECT NULL, ${String(eventId['column'])} FROM gen.main.event_row WHERE "#pid" = ${pid}`;
      await engine.run(
        `COPY (SELECT namespace || ':' || id AS key, NULL::VARCHAR AS event_id FROM gen.main.identity
          WHERE "#pid" = ${pid} ${events}) TO ${quoteText(join(work, name))} (FORMAT parquet)`,
      );
      return true;
    } finally {
      engine.close();
    }
  } finally {
    held.release();
  }
}
