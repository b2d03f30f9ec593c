import type { Selectable } from 'kysely';
import type { StateDatabase } from './open-database';
import type { ExternalAudienceTable } from './tables';

/** Where an audience's id in a destination is kept: one for each segment and template of a sandbox. */
export interface AudiencePlace {
  readonly orgId: string;
  readonly sandbox: string;
  readonly templateId: string;
  readonly segmentId: string;
}

/**
 * KEPT: it has been made there. CREATING: somebody is asking for it at this moment. UNKNOWN: somebody asked for it and
 * never heard what became of it.
 */
export type ExternalAudiencePhase = ExternalAudienceTable['phase'];

export interface ExternalAudience {
  readonly phase: ExternalAudiencePhase;
  /** Its id in the destination; null while it is not KEPT, and where the destination named none. */
  readonly externalId: string | null;
}

/** The audiences that templates have made in destinations. */
export interface ExternalAudiences {
  find(place: AudiencePlace): Promise<ExternalAudience | null>;
  /**
   * Takes the place for one creation; false where it is taken. A place whose outcome is unknown can be taken, and so can
   * one that has been CREATING since before `staleAt`: whoever asked has died.
   */
  claim(place: AudiencePlace, times: { readonly at: Date; readonly staleAt: Date }): Promise<boolean>;
  keep(place: AudiencePlace, externalId: string | null, at: Date): Promise<void>;
  /** Says of a creation that nobody knows what became of it. */
  doubt(place: AudiencePlace, at: Date): Promise<void>;
  forget(place: AudiencePlace): Promise<void>;
}

/** The repository over an open state. */
export function createExternalAudiences(db: StateDatabase): ExternalAudiences {
  return {
    find: async (place) => {
      const row = await db
        .selectFrom('external_audience')
        .select(['phase', 'external_id'])
        .where((where) => where.and(keyOf(place)))
        .executeTakeFirst();
      return row === undefined ? null : { phase: row.phase, externalId: row.external_id };
    },
    claim: async (place, { at, staleAt }) => {
      const claimed = { phase: 'CREATING', external_id: null, changed_at: at.getTime() } as const;
      const rows = await db
        .insertInto('external_audience')
        .values({ ...keyOf(place), ...claimed })
        .onConflict((conflict) =>
          conflict
            .columns(['org_id', 'sandbox', 'template_id', 'segment_id'])
            .doUpdateSet(claimed)
            .where((where) =>
              where.or([
                where('external_audience.phase', '=', 'UNKNOWN'),
                where.and([
                  where('external_audience.phase', '=', 'CREATING'),
                  where('external_audience.changed_at', '<', staleAt.getTime()),
                ]),
              ]),
            ),
        )
        .returning('phase')
        .execute();
      return rows.length > 0;
    },
    keep: (place, externalId, at) =>
      write(db, place, { phase: 'KEPT', external_id: externalId, changed_at: at.getTime() }),
    doubt: (place, at) => write(db, place, { phase: 'UNKNOWN', external_id: null, changed_at: at.getTime() }),
    forget: async (place) => {
      await db
        .deleteFrom('external_audience')
        .where((where) => where.and(keyOf(place)))
        .execute();
    },
  };
}

type Row = Selectable<ExternalAudienceTable>;

async function write(
  db: StateDatabase,
  place: AudiencePlace,
  change: Pick<Row, 'phase' | 'external_id' | 'changed_at'>,
): Promise<void> {
  await db
    .insertInto('external_audience')
    .values({ ...keyOf(place), ...change })
    .onConflict((conflict) =>
      conflict.columns(['org_id', 'sandbox', 'template_id', 'segment_id']).doUpdateSet(change),
    )
    .execute();
}

function keyOf({ orgId, sandbox, templateId, segmentId }: AudiencePlace): {
  org_id: string;
  sandbox: string;
  template_id: string;
  segment_id: string;
} {
  return { org_id: orgId, sandbox, template_id: templateId, segment_id: segmentId };
}
