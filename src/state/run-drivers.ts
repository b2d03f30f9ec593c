import type { AudienceRunRecord, Tenant } from './audience-run';
import { toRecord } from './audience-runs';
import type { StateDatabase } from './open-database';
import type { AudienceRunTable } from './tables';

/** Which replica drives which run, where several share a state. See ADR 0017. */
export interface RunDrivers {
  /** All runs that have not ended, of all tenants, oldest first. */
  look(): Promise<readonly DrivenRun[]>;
  /**
   * Takes a run over as it was seen; null where somebody has given a sign of life meanwhile, or it has ended. Raises its
   * version, so that whoever drove it before cannot write it any more.
   */
  claim(seen: Pick<DrivenRun, 'id' | 'beat'>, driver: string): Promise<AudienceRunRecord | null>;
  /** The run as it stands; null where this replica does not drive it. */
  own(id: string, driver: string): Promise<AudienceRunRecord | null>;
  /** A sign of life; answers which of them this replica still drives. */
  renew(ids: readonly string[], driver: string): Promise<ReadonlySet<string>>;
  /** Says what a run rests for, where this replica drives it. */
  tellWait(id: string, driver: string, wait: DrivenRun['wait']): Promise<void>;
  /** Lets go of a run, which anybody may take then. */
  release(id: string, driver: string, wait: DrivenRun['wait']): Promise<void>;
}

/** A run that has not ended, and who drives it. */
export interface DrivenRun extends Tenant {
  readonly id: string;
  readonly version: number;
  readonly driver: string | null;
  readonly beat: number;
  readonly wait: AudienceRunTable['wait'];
}

const unended = ['RUNNING', 'CANCELLING'] as const;

/** The repository over an open state. */
export function createRunDrivers(db: StateDatabase): RunDrivers {
  const ofDriver = (id: string, driver: string) =>
    db.updateTable('audience_run').where('id', '=', id).where('driver', '=', driver);
  return {
    look: async () => {
      const rows = await db
        .selectFrom('audience_run')
        .select(['id', 'org_id', 'sandbox', 'version', 'driver', 'beat', 'wait'])
        .where('status', 'in', unended)
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map(({ org_id: orgId, version, beat, ...row }) => ({
        ...row,
        orgId,
        version: Number(version),
        beat: Number(beat),
      }));
    },
    claim: async ({ id, beat }, driver) => {
      const row = await db
        .updateTable('audience_run')
        .set((is) => ({ driver, wait: null, beat: is('beat', '+', 1), version: is('version', '+', 1) }))
        .where('id', '=', id)
        .where('beat', '=', beat)
        .where('status', 'in', unended)
        .returningAll()
        .executeTakeFirst();
      return row === undefined ? null : toRecord(row);
    },
    own: async (id, driver) => {
      const row = await db
        .selectFrom('audience_run')
        .selectAll()
        .where('id', '=', id)
        .where('driver', '=', driver)
        .executeTakeFirst();
      return row === undefined ? null : toRecord(row);
    },
    renew: async (ids, driver) => {
      if (ids.length === 0) return new Set();
      const rows = await db
        .updateTable('audience_run')
        .set((is) => ({ beat: is('beat', '+', 1) }))
        .where('driver', '=', driver)
        .where('id', 'in', [...ids])
        .returning('id')
        .execute();
      return new Set(rows.map(({ id }) => id));
    },
    tellWait: async (id, driver, wait) => {
      await ofDriver(id, driver).set({ wait }).execute();
    },
    release: async (id, driver, wait) => {
      await ofDriver(id, driver)
        .set((is) => ({ driver: null, wait, beat: is('beat', '+', 1) }))
        .execute();
    },
  };
}
