import type { MergeRule } from '../../records';
import type { Engine } from '../engine/engine';
import { keyOf } from '../ingest/identities-sql';
import { createIdentityGraph } from './identity-graph';

/**
 * Decides who is who. Reads the views over the fragments, and makes
 * - `record_row`: merged records, their `key` that of the person;
 * - `person(pid, key, records, joint)`: everybody, numbered in the order of a hash of the key; `joint` where a person is
 *   more than one record with its own identities;
 * - `newcomer(key, ids, seen, ingested_at)`: rows of events of people of whom only events speak;
 * - `joined_event(pid, …)`: each event once, with the person it belongs to.
 *
 * Where nobody is stitched, records join when their primary identities are equal, and an event belongs to the person who
 * owns its primary identity, else to one who owns another of its identities, else to a newcomer. With the identity graph,
 * all identities that rows link are one person, and all records and events of any of them are that person's.
 */
export async function createPeople(engine: Engine, identityGraph: MergeRule['identityGraph']): Promise<void> {
  await createRepeatedEvents(engine);
  await createResolvedRows(engine, identityGraph);
  // How many identities a record has is told only where the graph may know more.
  const own = identityGraph === 'pdg' ? 'max(len(ids))' : '0';
  await engine.run(
    `CREATE TABLE person_key AS SELECT key, count(*) AS records, ${own} AS own FROM record_row GROUP BY key`,
  );
  await createFurtherOwners(engine, identityGraph);
  await createNewcomers(engine);
  await createPersons(engine, identityGraph);
  await createJoinedEvents(engine);
}

/** What nearly no data have, repeated or claimed events, is joined only where there are some. */
async function createJoinedEvents(engine: Engine): Promise<void> {
  const hasRows = async (table: string): Promise<boolean> =>
    (await engine.rows(`SELECT 1 FROM ${table} LIMIT 1`)).length > 0;
  const isClaimed = await hasRows('claimed');
  await engine.run(`
    CREATE VIEW joined_event AS
    SELECT p.pid, e.* FROM event_row e
    ${isClaimed ? 'LEFT JOIN claimed c ON c.ord = e.ord' : ''}
    JOIN (
      SELECT key AS identity, pid FROM person
      UNION ALL SELECT f.identity, p.pid FROM further_owner f JOIN person p USING (key)) p
    ON p.identity = ${isClaimed ? 'coalesce(c.key, e.key)' : 'e.key'}
    ${(await hasRows('repeated_event')) ? 'WHERE e.ord NOT IN (SELECT ord FROM repeated_event)' : ''}`);
}

/** `repeated_event(ord)`: rows whose event is there already. An event is a fact: the first saying stands. */
async function createRepeatedEvents(engine: Engine): Promise<void> {
  // Nearly all ids are there once, and numbers are counted faster than texts.
  await engine.run(`
    CREATE TABLE perhaps_repeated AS
    SELECT ord, id FROM event_id WHERE hash(id) IN (
      SELECT hash(id) FROM event_id WHERE id IS NOT NULL GROUP BY ALL HAVING count(*) > 1)`);
  await engine.run(`
    CREATE TABLE repeated_event AS
    SELECT ord FROM perhaps_repeated JOIN (
      SELECT id, min(ord) AS first FROM perhaps_repeated GROUP BY id HAVING count(*) > 1) USING (id)
    WHERE ord > first`);
}

/** `record_row` and `event_row`: with the key of the person; without the rows of those who have too many identities. */
async function createResolvedRows(engine: Engine, identityGraph: MergeRule['identityGraph']): Promise<void> {
  if (identityGraph === 'pdg') await createIdentityGraph(engine);
  for (const [view, source] of [
    ['record_row', 'source_record'],
    ['event_row', 'source_event'],
  ] as const) {
    const resolved = `
      SELECT s.* REPLACE (coalesce(a.key, s.key) AS key) FROM ${source} s
      LEFT JOIN alias a ON a.identity = s.key WHERE a.identity IS NULL OR a.key IS NOT NULL`;
    await engine.run(
      `CREATE VIEW ${view} AS ${identityGraph === 'pdg' ? resolved : `SELECT * FROM ${source}`}`,
    );
  }
}

/** `further_owner(identity, key)`: who owns an identity that is nobody's primary one: of several the first by name. */
async function createFurtherOwners(engine: Engine, identityGraph: MergeRule['identityGraph']): Promise<void> {
  // The graph has given all rows of such an identity to its person.
  const rows = identityGraph === 'pdg' ? 'record_row WHERE false' : 'record_row WHERE len(ids) > 1';
  await engine.run(`
    CREATE TABLE further_owner AS
    SELECT identity, min(key) AS key
    FROM (SELECT key, unnest(list_transform(ids, lambda i: ${keyOf('i')})) AS identity FROM ${rows}) r
    ANTI JOIN person_key p ON p.key = r.identity GROUP BY identity`);
}

/** `claimed(ord, key)`: events that a person owns by an identity that is not their primary one; and `newcomer`. */
async function createNewcomers(engine: Engine): Promise<void> {
  await engine.run(`
    CREATE TABLE stray_key AS
    SELECT DISTINCT e.key FROM event_row e
    ANTI JOIN person_key p ON p.key = e.key ANTI JOIN further_owner f ON f.identity = e.key`);
  await engine.run(`
    CREATE TABLE stray AS
    SELECT ord, seen, key, ids, ingested_at FROM event_row SEMI JOIN stray_key USING (key)
    WHERE ord NOT IN (SELECT ord FROM repeated_event)`);
  await engine.run(`
    CREATE TABLE claimed AS
    SELECT ord, arg_min(owner.key, position) AS key FROM (
      SELECT ord, unnest(list_transform(ids, lambda i: ${keyOf('i')})) AS identity, generate_subscripts(ids, 1) AS position
      FROM stray WHERE len(ids) > 1)
    JOIN (SELECT key AS identity, key FROM person_key UNION ALL SELECT identity, key FROM further_owner) owner
    USING (identity)
    GROUP BY ord`);
  await engine.run(`
    CREATE VIEW newcomer AS
    SELECT key, ids, seen, ingested_at FROM stray WHERE ord NOT IN (SELECT ord FROM claimed)`);
}

async function createPersons(engine: Engine, identityGraph: MergeRule['identityGraph']): Promise<void> {
  // One record that has all identities of its graph is that person as it stands.
  const linked = 'SELECT key, count(*) AS linked FROM alias WHERE key IS NOT NULL GROUP BY key';
  const isPdg = identityGraph === 'pdg';
  await engine.run(`
    CREATE TABLE person_in_order AS
    SELECT key, records, records <> 1 ${isPdg ? 'OR coalesce(linked, own) > own' : ''} AS joint
    FROM (SELECT key, records, own FROM person_key UNION ALL SELECT DISTINCT key, 0, 0 FROM newcomer)
    ${isPdg ? `LEFT JOIN (${linked}) USING (key)` : ''}
    ORDER BY hash(key), key`);
  await engine.run('CREATE VIEW person AS SELECT rowid AS pid, key, records, joint FROM person_in_order');
}
