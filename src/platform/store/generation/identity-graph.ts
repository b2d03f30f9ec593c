import type { Engine } from '../engine/engine';
import { keyOf } from '../ingest/identities-sql';

/** A graph of more identities than this is no single person any more. Source: Adobe's guardrails of profile data. */
export const mostIdentities = 50;

/**
 * Finds who is who by the identities that rows carry together: identities of one row are one person, and so are those
 * that are linked over any number of rows, records or events. Reads `any_record`, `source_record`, `source_event` and
 * `repeated_event`, and makes
 * - `alias(identity, key)`: the key of the person, for each identity that is linked to another; NULL where the person
 *   has too many;
 * - `linked_identity(key, item, seen)`: the identities of these people, each with the newest that rows with several say.
 *
 * The key of a person is the least identity that is the primary one of a merged record; without any, of an event.
 */
export async function createIdentityGraph(engine: Engine): Promise<void> {
  await createLinks(engine);
  await findComponents(engine);
  await engine.run(`
    CREATE TABLE alias AS
    SELECT identity, CASE WHEN label IN (SELECT label FROM crowded) THEN NULL ELSE key END AS key
    FROM node JOIN label USING (n) JOIN (
      SELECT label, coalesce(min(CASE WHEN identity IN (SELECT key FROM source_record) THEN identity END),
        min(CASE WHEN identity IN (SELECT key FROM link) THEN identity END), min(identity)) AS key
      FROM node JOIN label USING (n) GROUP BY label) USING (label)`);
  await engine.run(`
    CREATE TABLE linked_identity AS
    SELECT alias.key, item, seen FROM link JOIN alias USING (identity) WHERE alias.key IS NOT NULL`);
}

/** `link(key, identity, item, seen)`: what rows with several identities say, once for each primary identity and another. */
async function createLinks(engine: Engine): Promise<void> {
  await engine.run(`
    CREATE TABLE link AS
    SELECT key, ${keyOf('i')} AS identity, arg_max(i, seen) AS item, max(seen) AS seen
    FROM (
      SELECT key, seen, unnest(ids) AS i FROM any_record WHERE len(ids) > 1
      UNION ALL
      SELECT key, seen, unnest(ids) AS i FROM source_event
      WHERE len(ids) > 1 AND ord NOT IN (SELECT ord FROM repeated_event))
    GROUP BY ALL`);
  // The primary identity of a row is one of its identities, so all nodes are named there.
  await engine.run(`
    CREATE TABLE node AS
    SELECT row_number() OVER () AS n, identity FROM (SELECT DISTINCT identity FROM link)`);
  await engine.run(`
    CREATE TABLE edge AS
    SELECT DISTINCT least(a.n, b.n) AS u, greatest(a.n, b.n) AS v
    FROM link JOIN node a ON a.identity = link.key JOIN node b ON b.identity = link.identity WHERE a.n <> b.n`);
  await engine.run('CREATE TABLE label AS SELECT n, n AS label FROM node');
}

/**
 * `label(n, label)`: nodes of one component have one label; `crowded(label)`: components with too many nodes.
 *
 * In each round every node goes to its least neighbour and from there to that one's, and edges within a node vanish. The
 * greatest node of a component is nobody's least neighbour, so each round leaves one less at least: what is not one node
 * after as many rounds as a person may have identities is crowded. Usual graphs are done after two or three.
 */
async function findComponents(engine: Engine): Promise<void> {
  for (let round = 0; round < mostIdentities && (await hasEdges(engine)); round += 1) {
    await engine.run(`
      CREATE OR REPLACE TABLE least AS
      SELECT n, least(n, min(other)) AS least
      FROM (SELECT u AS n, v AS other FROM edge UNION ALL SELECT v, u FROM edge) GROUP BY n`);
    await engine.run(`
      CREATE OR REPLACE TABLE step AS
      SELECT a.n, b.least AS next FROM least a JOIN least b ON b.n = a.least`);
    await engine.run(`
      CREATE OR REPLACE TABLE next_label AS
      SELECT l.n, coalesce(s.next, l.label) AS label FROM label l LEFT JOIN step s ON s.n = l.label`);
    await engine.run('CREATE OR REPLACE TABLE label AS SELECT * FROM next_label');
    await engine.run(`
      CREATE OR REPLACE TABLE next_edge AS
      SELECT DISTINCT least(a.next, b.next) AS u, greatest(a.next, b.next) AS v
      FROM edge JOIN step a ON a.n = u JOIN step b ON b.n = v WHERE a.next <> b.next`);
    await engine.run('CREATE OR REPLACE TABLE edge AS SELECT * FROM next_edge');
  }
  await engine.run(`
    CREATE TABLE crowded AS
    SELECT label FROM label GROUP BY label HAVING count(*) > ${mostIdentities}
    UNION SELECT u FROM edge UNION SELECT v FROM edge`);
}

async function hasEdges(engine: Engine): Promise<boolean> {
  return (await engine.rows('SELECT 1 FROM edge LIMIT 1')).length > 0;
}
