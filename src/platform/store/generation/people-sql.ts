import { assertNever } from '../../../lib/assert';
import type { Engine } from '../engine/engine';
import { keyOf } from '../ingest/identities-sql';
import type { PresentColumn } from './present-columns';

/**
 * Decides who is who. Reads `record_row` and `event_row`, and makes
 * - `record(key, ids, ingested_at, …)`: one merged record for each primary identity that any record has;
 * - `newcomer(key, ids, ingested_at)`: people of whom only events speak;
 * - `person(key, pid)`: all of them, numbered;
 * - `joined_event(pid, …)`: each event once, with the person it belongs to.
 *
 * Nobody is stitched: records join when their primary identities are equal, and an event belongs to the person who owns
 * its primary identity, else to one who owns another of its identities, else to a newcomer.
 */
export async function createPeople(engine: Engine, columns: readonly PresentColumn[]): Promise<void> {
  await createRecords(engine, columns);
  await createOwners(engine);
  await createRepeatedEvents(engine);
  await createNewcomers(engine);
  await engine.run(`
    CREATE TABLE person AS
    SELECT key, row_number() OVER (ORDER BY hash(key), key) - 1 AS pid
    FROM (SELECT key FROM record UNION ALL SELECT key FROM newcomer)`);
  await engine.run(`
    CREATE TABLE identity_person AS
    SELECT identity, pid FROM owner JOIN person USING (key)
    UNION ALL SELECT key AS identity, pid FROM newcomer JOIN person USING (key)`);
  await engine.run(`
    CREATE VIEW joined_event AS
    SELECT p.pid, e.* FROM event_row e
    LEFT JOIN claimed c ON c.ord = e.ord
    JOIN identity_person p ON p.identity = coalesce(c.key, e.key)
    WHERE e.ord NOT IN (SELECT ord FROM repeated_event)`);
}

async function createRecords(engine: Engine, columns: readonly PresentColumn[]): Promise<void> {
  await engine.run(`CREATE TABLE repeated AS SELECT key FROM record_row GROUP BY key HAVING count(*) > 1`);
  const shorts = columns.map(({ short }) => `, ${short}`).join('');
  const newest = columns.map((column) => `, ${newestSql(column)} AS ${column.short}`).join('');
  // Nearly all people have one record; only the others pay for merging.
  await engine.run(`
    CREATE VIEW record AS
    SELECT key, ids, ingested_at${shorts} FROM record_row WHERE key NOT IN (SELECT key FROM repeated)
    UNION ALL
    SELECT key, ids, ingested_at${shorts} FROM (
      SELECT key, max(ingested_at) AS ingested_at${newest} FROM record_row SEMI JOIN repeated USING (key) GROUP BY key)
    JOIN (${joinedIds('record_row SEMI JOIN repeated USING (key)')}) USING (key)`);
}

/** The newest value that is there; maps join key by key, lists are taken whole. */
function newestSql({ short, type }: PresentColumn): string {
  switch (type.kind) {
    case 'map':
      return `list_reduce(list(${short} ORDER BY ord) FILTER (${short} IS NOT NULL), lambda a, b: map_concat(a, b))`;
    case 'string':
    case 'integer':
    case 'number':
    case 'boolean':
    case 'datetime':
    case 'date':
    case 'array':
    case 'object':
      return `arg_max(${short}, ord)`;
    default:
      return assertNever(type);
  }
}

/** SELECT of `key` and the union of the `ids` of its rows; of one identity the newest saying counts. */
function joinedIds(rows: string): string {
  return `
    SELECT key, list(item ORDER BY item.ns, item.id) AS ids FROM (
      SELECT key, arg_max(i, ord) AS item FROM (SELECT key, ord, unnest(ids) AS i FROM ${rows})
      GROUP BY key, i.ns, i.id)
    GROUP BY key`;
}

/** `owner(identity, key)`: who owns an identity: whose primary one it is, else the first by name. */
async function createOwners(engine: Engine): Promise<void> {
  await engine.run(`
    CREATE TABLE owner AS
    SELECT identity, coalesce(max(CASE WHEN identity = key THEN key END), min(key)) AS key
    FROM (SELECT key, unnest(list_transform(ids, lambda i: ${keyOf('i')})) AS identity FROM record)
    GROUP BY identity`);
}

/** `repeated_event(ord)`: rows whose event is there already. An event is a fact: the first saying stands. */
async function createRepeatedEvents(engine: Engine): Promise<void> {
  await engine.run(`
    CREATE TABLE repeated_event AS
    SELECT ord FROM event_id JOIN (
      SELECT id, min(ord) AS first FROM event_id GROUP BY id HAVING count(*) > 1) USING (id)
    WHERE ord > first`);
}

/** `claimed(ord, key)`: events that a person owns by an identity that is not their primary one; and `newcomer`. */
async function createNewcomers(engine: Engine): Promise<void> {
  await engine.run(`
    CREATE TABLE stray AS
    SELECT ord, key, ids, ingested_at FROM event_row ANTI JOIN owner ON owner.identity = event_row.key
    WHERE ord NOT IN (SELECT ord FROM repeated_event)`);
  await engine.run(`
    CREATE TABLE claimed AS
    SELECT ord, arg_min(owner.key, position) AS key FROM (
      SELECT ord, unnest(list_transform(ids, lambda i: ${keyOf('i')})) AS identity, generate_subscripts(ids, 1) AS position
      FROM stray WHERE len(ids) > 1) JOIN owner USING (identity)
    GROUP BY ord`);
  await engine.run(`
    CREATE TABLE newcomer AS
    SELECT key, ids, ingested_at
    FROM (SELECT key, max(ingested_at) AS ingested_at FROM (${unclaimed}) GROUP BY key)
    JOIN (${joinedIds(`(${unclaimed})`)}) USING (key)`);
}

const unclaimed = 'SELECT * FROM stray WHERE ord NOT IN (SELECT ord FROM claimed)';
