import { columnsOf, quoteIdentifier, systemColumn } from '../../../xdm/columns';
import type { UnionSchema } from '../../../xdm/union-schema';
import type { MergeRule } from '../../records';
import type { ReportProgress } from '../platform-store';
import { openEngine, type Engine, type EngineLimits } from '../engine/engine';
import { identityItemType } from '../ingest/identities-sql';
import { createPeople } from './people-sql';
import { allRowsSql, presentColumns, type FragmentFile, type PresentColumn } from './present-columns';

export interface GenerationToBuild {
  readonly fragments: readonly FragmentFile[];
  readonly mergeRule: MergeRule;
  readonly schema: UnionSchema;
  /** A new file. */
  readonly target: string;
  readonly fragmentFolder: string;
  readonly limits: EngineLimits;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ReportProgress | undefined;
}

/**
 * Builds the tables that rules read, from the typed rows of all batches.
 *
 * - `profile_row`: one row a person, ordered by `#pid`, which counts from 0 in the order of a hash of the primary identity,
 *   so that any range of it is a fair sample.
 * - `event_row`: ordered by `#pid`, then time.
 * - `identity`: `namespace` in lower case, `id`, `#pid`, `is_primary`; ordered by the first two.
 * - `namespace`: `#pid` and the `code` of each namespace that the person has an identity in, once.
 * - `present`: `entity`, `path` and `column` of what is filled; all else is left to `createDataViews`.
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
    await createPeople(engine, parts.profile);
    await createProfileTable(engine, parts.profile);
    await createEventTable(engine, parts.event);
    await createIdentityTables(engine);
    await createPresentTable(engine, parts);
    const [counts] = await engine.rows(
      'SELECT (SELECT count(*) FROM gen.main.profile_row) AS profiles, (SELECT count(*) FROM gen.main.event_row) AS events',
    );
    await engine.run('CHECKPOINT gen');
    await engine.run('DETACH gen');
    return { profiles: Number(counts?.['profiles']), events: Number(counts?.['events']) };
  } finally {
    engine.close();
  }
}

interface Parts {
  readonly profile: readonly PresentColumn[];
  readonly event: readonly PresentColumn[];
}

/** Makes the views `record_row`, `event_row` and `event_id` over the fragments. */
async function createSources(engine: Engine, { fragments, schema }: GenerationToBuild): Promise<Parts> {
  const make = async (entity: 'profile' | 'event', view: string): Promise<readonly PresentColumn[]> => {
    const own = fragments.filter((fragment) => fragment.entity === entity);
    const present = presentColumns(columnsOf(schema[entity]), own);
    await engine.run(`CREATE VIEW ${view} AS ${own.length === 0 ? noRows : allRowsSql(own, present)}`);
    return present;
  };
  const parts = { profile: await make('profile', 'record_row'), event: await make('event', 'event_row') };
  const eventId = parts.event.find(({ path }) => path === '_id')?.short ?? 'NULL::VARCHAR';
  await engine.run(`CREATE VIEW event_id AS SELECT ord, ${eventId} AS id FROM event_row`);
  return parts;
}

const noRows = `
  SELECT 0::BIGINT AS ord, ''::VARCHAR AS key, []::${identityItemType}[] AS ids, NULL::TIMESTAMP AS ingested_at
  WHERE false`;

async function createProfileTable(engine: Engine, present: readonly PresentColumn[]): Promise<void> {
  const stored = present.filter(({ path }) => !identityPaths.has(path));
  const shorts = stored.map(({ short }) => `, ${short}`).join('');
  const empties = stored.map(({ short }) => `, NULL AS ${short}`).join('');
  await engine.run(`
    CREATE TABLE gen.main.profile_row AS
    SELECT pid AS ${quoteIdentifier(systemColumn.pid)}, ${xidOfKey} AS ${quoteIdentifier(systemColumn.xid)},
      ingested_at AS ${quoteIdentifier(systemColumn.ingestedAt)},
      has_record AS ${quoteIdentifier(systemColumn.hasRecord)},
      ${identityMapOfIds} AS identity_map, ${identitiesOfIds} AS identities${shorts}
    FROM (
      SELECT * FROM person JOIN (
        SELECT key, ids, ingested_at, true AS has_record${shorts} FROM record
        UNION ALL SELECT key, ids, ingested_at, false AS has_record${empties} FROM newcomer
      ) USING (key) ORDER BY pid)`);
}

/** Made of all identities that a person is known by, whatever spelling they came in. */
const identityPaths: ReadonlySet<string> = new Set(['identityMap', 'identities']);

/** Base64url of `namespace:id`, without padding. */
const xidOfKey = `translate(rtrim(to_base64(encode(key)), '='), '+/', '-_')`;

const identityMapOfIds = `map_from_entries(list_transform(list_sort(list_distinct(list_transform(ids, lambda i: i.code))),
  lambda c: struct_pack("key" := c, "value" := list_transform(list_filter(ids, lambda i: i.code = c),
    lambda i: struct_pack(id := i.id, "primary" := i."primary", "authenticatedState" := i."authenticatedState")))))`;

/** The older spelling of the same. */
const identitiesOfIds = `list_transform(ids, lambda i:
  struct_pack(id := i.id, "namespace" := struct_pack(code := i.code), "primary" := i."primary"))`;

async function createEventTable(engine: Engine, present: readonly PresentColumn[]): Promise<void> {
  const shortOf = (path: string): string | undefined => present.find((column) => column.path === path)?.short;
  const order = ['pid', shortOf('timestamp'), shortOf('_id')].filter((column) => column !== undefined);
  await engine.run(`
    CREATE TABLE gen.main.event_row AS
    SELECT pid AS ${quoteIdentifier(systemColumn.pid)}, ingested_at AS ${quoteIdentifier(systemColumn.ingestedAt)}
      ${present.map(({ short }) => `, ${short}`).join('')}
    FROM joined_event ORDER BY ${order.join(', ')}`);
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
  await engine.run('CREATE TABLE gen.main.present (entity VARCHAR, path VARCHAR, "column" VARCHAR)');
  const insert = await engine.prepare('INSERT INTO gen.main.present VALUES ($entity, $path, $column)');
  const add = (entity: string, path: string, column: string): Promise<void> =>
    insert.run({ entity, path, column });
  await add('profile', 'identityMap', 'identity_map');
  await add('profile', 'identities', 'identities');
  for (const { path, short } of parts.profile)
    if (!identityPaths.has(path)) await add('profile', path, short);
  for (const { path, short } of parts.event) await add('event', path, short);
  insert.dispose();
}
