import { columnsOf, systemColumn, quoteIdentifier } from '../../xdm/columns';
import { openEngine, type Engine, type EngineLimits, type EngineRow } from './engine/engine';
import { toXdmValue } from './engine/xdm-value';
import { createHeadTable } from './membership/head-table';
import { currentMembershipsSql, statuses } from './membership/membership-file';
import type { ProfileEntity } from './platform-store';
import type { UnionSchema } from '../../xdm/union-schema';
import type { Snapshot } from './snapshot';

/** Finds single people in one snapshot. It stays open, since opening costs more than a lookup. */
export interface ProfileLookup {
  readonly version: string;
  find(identity: { readonly namespace: string; readonly id: string }): Promise<ProfileEntity | undefined>;
  /** Once no lookup runs. */
  close(): void;
}

interface LookupParts {
  readonly snapshot: Snapshot & { readonly generation: NonNullable<Snapshot['generation']> };
  readonly schema: UnionSchema;
  readonly limits: EngineLimits;
}

/** Opens a lookup and takes the snapshot over. */
export async function openProfileLookup({ snapshot, schema, limits }: LookupParts): Promise<ProfileLookup> {
  const engine = await openEngine({
    limits,
    attach: [
      { path: snapshot.generation.path, as: 'gen', readOnly: true },
      ...snapshot.sources.map(({ file }) => file),
    ],
  });
  await createHeadTable(engine, snapshot.sources);
  const present = await engine.rows(
    `SELECT path FROM gen.main.present WHERE entity = 'profile' AND path <> 'identities'`,
  );
  const paths = new Set(present.map((row) => String(row['path'])));
  const columns = columnsOf(schema.profile).filter(({ path }) => paths.has(path));
  const named = [
    systemColumn.pid,
    systemColumn.xid,
    systemColumn.ingestedAt,
    ...columns.map(({ name }) => name),
  ];
  const profileSql = `SELECT ${named.map(quoteIdentifier).join(', ')} FROM gen.main.profile WHERE "#pid" = $pid`;
  const memberSql = `
    SELECT segment_id, status, qualified_at
    FROM (${currentMembershipsSql(snapshot.sources, 'memory.main.head')}) WHERE "#pid" = $pid ORDER BY segment_id`;
  let running = 0;
  let closing = false;
  const closeWhenIdle = (): void => {
    if (!closing || running > 0) return;
    engine.close();
    snapshot.release();
  };
  return {
    version: snapshot.version,
    find: async (identity) => {
      running += 1;
      try {
        const pid = await findPid(engine, identity);
        if (pid === undefined) return undefined;
        const [row] = await engine.rows(profileSql, { pid });
        const memberships = await engine.rows(memberSql, { pid });
        return row === undefined ? undefined : toEntity(row, columns, memberships);
      } finally {
        running -= 1;
        closeWhenIdle();
      }
    },
    close: () => {
      closing = true;
      closeWhenIdle();
    },
  };
}

async function findPid(
  engine: Engine,
  { namespace, id }: { readonly namespace: string; readonly id: string },
): Promise<number | undefined> {
  const [row] = await engine.rows(
    `SELECT "#pid" AS pid FROM gen.main.identity
    WHERE namespace = lower($namespace) AND id = $id ORDER BY is_primary DESC, "#pid" LIMIT 1`,
    { namespace, id },
  );
  return row === undefined ? undefined : Number(row['pid']);
}

type Nested = Record<string, unknown>;

function toEntity(
  row: EngineRow,
  columns: ReturnType<typeof columnsOf>,
  memberships: readonly EngineRow[],
): ProfileEntity {
  const entity: Nested = {};
  for (const { path, name, type } of columns) {
    const value = toXdmValue(row[name], type);
    if (value !== undefined) place(entity, path.split('.'), value);
  }
  const ups = memberships.map((member): [string, unknown] => [
    String(member['segment_id']),
    {
      lastQualificationTime: (member['qualified_at'] as Date).toISOString(),
      status: statuses[Number(member['status'])],
    },
  ]);
  if (ups.length > 0) entity['segmentMembership'] = { ups: Object.fromEntries(ups) };
  return {
    xid: String(row[systemColumn.xid]),
    entity,
    lastModifiedAt: (row[systemColumn.ingestedAt] as Date).getTime(),
  };
}

function place(entity: Nested, names: readonly string[], value: unknown): void {
  let parent = entity;
  for (const name of names.slice(0, -1)) {
    const next = (parent[name] ?? {}) as Nested;
    parent[name] = next;
    parent = next;
  }
  parent[names.at(-1) ?? ''] = value;
}
