import { columnsOf, quoteIdentifier, systemColumn, type Column } from '../../../xdm/columns';
import type { UnionSchema } from '../../../xdm/union-schema';
import { openEngine, type Engine, type EngineLimits } from '../engine/engine';
import { identityItemType } from '../ingest/identities-sql';
import { createPeople } from './people-sql';
import {
  allRowsSql,
  finishedColumns,
  presentColumns,
  type FragmentFile,
  type PresentColumn,
} from './present-columns';

export interface GenerationToBuild {
  readonly fragments: readonly FragmentFile[];
  readonly schema: UnionSchema;
  /** A new file. */
  readonly target: string;
  readonly fragmentFolder: string;
  readonly limits: EngineLimits;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Builds the tables that rules read, from the typed rows of all batches.
 *
 * - `profile`: one row a person, ordered by `#pid`, which counts from 0 in the order of a hash of the primary identity,
 *   so that any range of it is a fair sample.
 * - `event`: ordered by `#pid`, then time.
 * - `identity`: `namespace` in lower case, `id`, `#pid`, `is_primary`; ordered by the first two.
 * - `namespace`: `#pid` and the `code` of each namespace that the person has an identity in, once.
 * - `present`: `entity` and `path` of the columns that hold anything.
 */
export async function buildGeneration(
  build: GenerationToBuild,
): Promise<{ readonly profiles: number; readonly events: number }> {
  const { limits, signal, target } = build;
  const engine = await openEngine({
    limits,
    signal,
    attach: [{ path: target, as: 'gen', readOnly: false }],
    folders: [build.fragmentFolder],
  });
  try {
    const parts = await createSources(engine, build);
    await createPeople(engine, parts.profile.present);
    await createProfileTable(engine, parts.profile);
    await createEventTable(engine, parts.event);
    await createIdentityTables(engine);
    await createPresentTable(engine, parts);
    const [counts] = await engine.rows(
      'SELECT (SELECT count(*) FROM gen.main.profile) AS profiles, (SELECT count(*) FROM gen.main.event) AS events',
    );
    await engine.run('CHECKPOINT gen');
    await engine.run('DETACH gen');
    return { profiles: Number(counts?.['profiles']), events: Number(counts?.['events']) };
  } finally {
    engine.close();
  }
}

interface EntityColumns {
  readonly columns: readonly Column[];
  readonly present: readonly PresentColumn[];
}

interface Parts {
  readonly profile: EntityColumns;
  readonly event: EntityColumns;
}

/** Makes the views `record_row`, `event_row` and `event_id` over the fragments. */
async function createSources(engine: Engine, { fragments, schema }: GenerationToBuild): Promise<Parts> {
  const make = async (entity: 'profile' | 'event', view: string): Promise<EntityColumns> => {
    const columns = columnsOf(schema[entity]);
    const own = fragments.filter((fragment) => fragment.entity === entity);
    const present = presentColumns(columns, own);
    await engine.run(`CREATE VIEW ${view} AS ${own.length === 0 ? noRows : allRowsSql(own, present)}`);
    return { columns, present };
  };
  const parts = { profile: await make('profile', 'record_row'), event: await make('event', 'event_row') };
  const eventId = parts.event.present.find(({ path }) => path === '_id')?.short ?? 'NULL::VARCHAR';
  await engine.run(`CREATE VIEW event_id AS SELECT ord, ${eventId} AS id FROM event_row`);
  return parts;
}

const noRows = `
  SELECT 0::BIGINT AS ord, ''::VARCHAR AS key, []::${identityItemType}[] AS ids, NULL::TIMESTAMP AS ingested_at
  WHERE false`;

async function createProfileTable(engine: Engine, { columns, present }: EntityColumns): Promise<void> {
  const shorts = present.map(({ short }) => `, ${short}`).join('');
  const empties = present.map(({ short }) => `, NULL AS ${short}`).join('');
  const values = finishedColumns(columns, present, {
    identityMap: identityMapOfIds,
    identities: identitiesOfIds,
  });
  await engine.run(`
    CREATE TABLE gen.main.profile AS
    SELECT pid AS ${quoteIdentifier(systemColumn.pid)}, ${xidOfKey} AS ${quoteIdentifier(systemColumn.xid)},
      ingested_at AS ${quoteIdentifier(systemColumn.ingestedAt)},
      has_record AS ${quoteIdentifier(systemColumn.hasRecord)}
      ${values.map(({ column, value }) => `, ${value} AS ${quoteIdentifier(column.name)}`).join('')}
    FROM (
      SELECT * FROM person JOIN (
        SELECT key, ids, ingested_at, true AS has_record${shorts} FROM record
        UNION ALL SELECT key, ids, ingested_at, false AS has_record${empties} FROM newcomer
      ) USING (key) ORDER BY pid)`);
}

/** Base64url of `namespace:id`, without padding. */
const xidOfKey = `translate(rtrim(to_base64(encode(key)), '='), '+/', '-_')`;

const identityMapOfIds = `map_from_entries(list_transform(list_sort(list_distinct(list_transform(ids, lambda i: i.code))),
  lambda c: struct_pack("key" := c, "value" := list_transform(list_filter(ids, lambda i: i.code = c),
    lambda i: struct_pack(id := i.id, "primary" := i."primary", "authenticatedState" := i."authenticatedState")))))`;

/** The older spelling of the same. */
const identitiesOfIds = `list_transform(ids, lambda i:
  struct_pack(id := i.id, "namespace" := struct_pack(code := i.code), "primary" := i."primary"))`;

async function createEventTable(engine: Engine, { columns, present }: EntityColumns): Promise<void> {
  const short = (path: string): string | undefined => present.find((column) => column.path === path)?.short;
  const values = finishedColumns(columns, present, {});
  const order = ['pid', short('timestamp'), short('_id')].filter((column) => column !== undefined);
  await engine.run(`
    CREATE TABLE gen.main.event AS
    SELECT pid AS ${quoteIdentifier(systemColumn.pid)}, ingested_at AS ${quoteIdentifier(systemColumn.ingestedAt)}
      ${values.map(({ column, value }) => `, ${value} AS ${quoteIdentifier(column.name)}`).join('')}
    FROM (SELECT * FROM joined_event ORDER BY ${order.join(', ')})`);
}

async function createIdentityTables(engine: Engine): Promise<void> {
  await engine.run(`
    CREATE TABLE owned AS
    SELECT pid, key, unnest(ids) AS i
    FROM person JOIN (SELECT key, ids FROM record UNION ALL SELECT key, ids FROM newcomer) USING (key)`);
  const pid = quoteIdentifier(systemColumn.pid);
  await engine.run(`
    CREATE TABLE gen.main.identity AS
    SELECT i.ns AS namespace, i.id AS id, pid AS ${pid}, i.ns || ':' || i.id = key AS is_primary
    FROM owned ORDER BY namespace, id, ${pid}`);
  // Sources spell a namespace in several ways; the most frequent one is shown.
  await engine.run(`
    CREATE TABLE gen.main.namespace AS
    SELECT pid AS ${pid}, code
    FROM (SELECT DISTINCT pid, i.ns AS ns FROM owned)
    JOIN (SELECT ns, arg_max(code, uses) AS code
      FROM (SELECT i.ns AS ns, i.code AS code, count(*) AS uses FROM owned GROUP BY ALL) GROUP BY ns) USING (ns)
    ORDER BY pid, code`);
}

async function createPresentTable(engine: Engine, parts: Parts): Promise<void> {
  await engine.run('CREATE TABLE gen.main.present (entity VARCHAR, path VARCHAR)');
  const insert = await engine.prepare('INSERT INTO gen.main.present VALUES ($entity, $path)');
  for (const entity of ['profile', 'event'] as const) {
    const paths = new Set(parts[entity].present.map(({ path }) => path));
    if (entity === 'profile') paths.add('identityMap').add('identities');
    for (const path of paths) await insert.run({ entity, path });
  }
  insert.dispose();
}
