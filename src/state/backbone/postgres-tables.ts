import { UnfitServer } from '../outage-reason';
import type { Connection } from './postgres-connection';

/**
 * Steps from an empty database to the present tables. A step that has shipped is never changed: add the next one, such that
 * replicas of the release before can work with its tables, for both run during a roll-out.
 *
 * - `timeline`: of the server when it named the log. A server that took over may lack the last writes of the one before,
 *   so positions of that time are not trusted: the log gets another name.
 * - `lost_to`: entries up to this sequence are not kept any more.
 * - `backbone_replica`: when each holder gave its last sign of life; without a row, it gave none but by its leases.
 * - fences come from one sequence, so that a topic which was forgotten and comes again goes on behind its old ones.
 */
const steps: readonly string[] = [
  `create table backbone_topic (
     topic text primary key,
     log text not null,
     timeline text not null,
     head bigint not null default 0,
     lost_to bigint not null default 0,
     fence bigint not null,
     holder text,
     held_until timestamptz,
     used_at timestamptz not null
   ) with (fillfactor = 50);
   create table backbone_entry (
     topic text not null references backbone_topic on delete cascade,
     sequence bigint not null,
     key text,
     body text not null,
     primary key (topic, sequence)
   );
   create unique index backbone_entry_key on backbone_entry (topic, key) where key is not null;
   create sequence backbone_fence;`,
  `create table backbone_replica (
     replica text primary key,
     seen_at timestamptz not null
   ) with (fillfactor = 50);`,
];

/** Of the server's advisory locks: whoever holds it makes tables. */
const migrationLock = 720_411_600;

/**
 * Brings the tables up to date, one replica at a time; costs one look where they are.
 *
 * @throws UnfitServer where a later release has made them.
 */
export async function prepareTables(connection: Connection): Promise<void> {
  if ((await stepsMade(connection)) === steps.length) return;
  await connection.query('begin');
  await connection.query('select pg_advisory_xact_lock($1)', [migrationLock]);
  const made = await stepsMade(connection);
  if (made > steps.length) {
    throw new UnfitServer(
      `The backbone's tables were made by a later release (step ${made}; this one knows ${steps.length}). Start that release, or give this one a database of its own.`,
    );
  }
  if (made === 0)
    await connection.query('create table if not exists backbone_step (step integer primary key)');
  for (const [index, step] of steps.entries()) {
    if (index < made) continue;
    await connection.query(step);
    await connection.query('insert into backbone_step values ($1)', [index + 1]);
  }
  await connection.query('commit');
}

async function stepsMade(connection: Connection): Promise<number> {
  const [found] = await connection.query<{ there: boolean }>(
    `select to_regclass('backbone_step') is not null as there`,
    [],
  );
  if (found?.there !== true) return 0;
  const [last] = await connection.query<{ step: number | null }>(
    'select max(step) as step from backbone_step',
  );
  return last?.step ?? 0;
}
