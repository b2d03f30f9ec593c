import { columnsOf, systemColumn, type Column } from '../../xdm/columns';
import {
  openEngineHost,
  type Engine,
  type EngineLimits,
  type EngineRow,
  type PreparedStatement,
} from './engine/engine';
import { TooManyIdentities } from '../../errors/platform-error';
import { mostIdentities } from './generation/identity-graph';
import { createQueue } from './files/one-at-a-time';
import { identityHash } from './generation/build-generation';
import { createDataViews } from './generation/data-views';
import { createEventReader, type EventReader } from './events-of-person';
import {
  createMembershipReader,
  type MembershipOfPerson,
  type MembershipReader,
} from './membership/memberships-of-person';
import { nestedEntity } from './nested-entity';
import type { EventsOfPerson, EventsToFind } from './api/events';
import type { ProfileEntity } from './api/people';
import type { UnionSchema } from '../../xdm/union-schema';
import type { Snapshot } from './snapshot';

/** Finds single people in one snapshot. It stays open, since opening costs more than a lookup. */
export interface ProfileLookup {
  readonly version: string;
  find(identity: IdentityToFind): Promise<ProfileEntity | undefined>;
  events(identity: IdentityToFind, wanted: EventsToFind): Promise<EventsOfPerson | undefined>;
  /** After those that were begun. */
  close(): Promise<void>;
}

export interface IdentityToFind {
  readonly namespace: string;
  readonly id: string;
}

interface LookupParts {
  readonly snapshot: Snapshot & { readonly generation: NonNullable<Snapshot['generation']> };
  readonly schema: UnionSchema;
  readonly limits: EngineLimits;
}

/** Opens a lookup and takes the snapshot over. */
export async function openProfileLookup({ snapshot, schema, limits }: LookupParts): Promise<ProfileLookup> {
  const host = await openEngineHost({
    // One row is found sooner by one thread than by several.
    limits: { ...limits, threads: 1 },
    attach: [
      { path: snapshot.generation.path, as: 'gen', readOnly: true },
      ...snapshot.sources.map(({ file }) => file),
    ],
  });
  let engine: Engine | undefined;
  const close = (): void => {
    engine?.close();
    host.close();
    snapshot.release();
  };
  try {
    engine = await host.connect();
    const memberships = await createMembershipReader(engine, snapshot.sources);
    const statements = { ...(await prepareStatements(engine, schema)), memberships };
    // One at a time: a prepared statement holds the values of one find.
    const inTurn = createQueue();
    return {
      version: snapshot.version,
      find: (identity) => inTurn(() => findEntity(statements, identity)),
      events: (identity, wanted) => inTurn(() => findEvents(statements, identity, wanted)),
      close: () =>
        inTurn(() => {
          close();
          return Promise.resolve();
        }),
    };
  } catch (error) {
    close();
    throw error;
  }
}

interface Statements {
  readonly columns: readonly Column[];
  readonly pid: PreparedStatement;
  readonly crowded: PreparedStatement;
  readonly profile: PreparedStatement;
  readonly xid: PreparedStatement;
  readonly memberships: MembershipReader;
  readonly events: EventReader;
}

async function prepareStatements(
  engine: Engine,
  schema: UnionSchema,
): Promise<Omit<Statements, 'memberships'>> {
  const { present, select } = await createDataViews(engine, schema);
  // The older spelling of identityMap stays out.
  const columns = columnsOf(schema.profile).filter(
    ({ path }) => present.profile.has(path) && path !== 'identities',
  );
  const { pid, xid, ingestedAt } = systemColumn;
  const rows = select('profile', columns, [pid, xid, ingestedAt]);
  return {
    columns,
    pid: await engine.prepare(`
      SELECT "#pid" AS pid, is_primary FROM gen.main.identity
      WHERE hash = ${identityHash("lower($namespace) || ':' || $id")} AND namespace = lower($namespace) AND id = $id`),
    crowded: await engine.prepare(
      `SELECT 1 FROM gen.main.crowded WHERE identity = lower($namespace) || ':' || $id`,
    ),
    profile: await engine.prepare(`SELECT * FROM (${rows}) WHERE "#pid" = $pid`),
    xid: await engine.prepare(`SELECT "#xid" AS xid FROM gen.main.profile_row WHERE "#pid" = $pid`),
    events: await createEventReader(engine, schema, present.event),
  };
}

/** Whose primary identity it is; else, of several, the one with the lowest number. */
function foremost(owners: readonly EngineRow[]): EngineRow | undefined {
  const inOrder = [...owners].sort((one, other) => Number(one['pid']) - Number(other['pid']));
  return inOrder.find((owner) => owner['is_primary'] === true) ?? inOrder[0];
}

async function findEntity(
  statements: Statements,
  identity: IdentityToFind,
): Promise<ProfileEntity | undefined> {
  const pid = await findPid(statements, identity);
  if (pid === undefined) return undefined;
  const [row] = await statements.profile.rows({ pid });
  if (row === undefined) return undefined;
  return toEntity(row, statements.columns, await statements.memberships.read(pid));
}

async function findEvents(
  statements: Statements,
  identity: IdentityToFind,
  wanted: EventsToFind,
): Promise<EventsOfPerson | undefined> {
  const pid = await findPid(statements, identity);
  if (pid === undefined) return undefined;
  const [row] = await statements.xid.rows({ pid });
  if (row === undefined) return undefined;
  return { xid: String(row['xid']), events: await statements.events.read(pid, wanted) };
}

/** @throws TooManyIdentities */
async function findPid(
  statements: Statements,
  { namespace, id }: IdentityToFind,
): Promise<number | undefined> {
  const found = foremost(await statements.pid.rows({ namespace, id }));
  if (found !== undefined) return Number(found['pid']);
  if ((await statements.crowded.rows({ namespace, id })).length === 0) return undefined;
  throw new TooManyIdentities(
    `Too many related identities: more than ${mostIdentities} are linked to this one, so there is no profile of them.`,
  );
}

function toEntity(
  row: EngineRow,
  columns: readonly Column[],
  memberships: readonly MembershipOfPerson[],
): ProfileEntity {
  const entity = nestedEntity(row, columns);
  const ups = memberships.map(({ segmentId, qualifiedAt, status }): [string, unknown] => [
    segmentId,
    { lastQualificationTime: qualifiedAt.toISOString(), status },
  ]);
  if (ups.length > 0) entity['segmentMembership'] = { ups: Object.fromEntries(ups) };
  return {
    xid: String(row[systemColumn.xid]),
    entity,
    lastModifiedAt: (row[systemColumn.ingestedAt] as Date).getTime(),
  };
}
