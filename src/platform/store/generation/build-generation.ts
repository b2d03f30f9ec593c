import { quoteIdentifier, systemColumn } from '../../../xdm/columns';
import type { UnionSchema } from '../../../xdm/union-schema';
import type { MergeRule } from '../../records';
import type { ReportProgress } from '../api/progress';
import { openEngine, type Engine, type EngineLimits } from '../engine/engine';
import { createPeople } from './people-sql';
import type { FragmentFile, PresentColumn } from './present-columns';
import { createProfileTable, identityPaths } from './profile-table';
import { createSortedTable } from './sorted-table';
import { createSourceViews, type PresentParts } from './source-views';

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
 *   so that any range of it is a fair sample; `#set` is the number of the set of namespaces that the person has an identity in.
 *   Since decision 0021 an index finds one of them.
 * - `event_row`: ordered by `#pid`, then time.
 * - `identity`: `namespace` in lower case, `id`, `#pid`, `is_primary`, and `hash` (`identityHash`), by which it is ordered.
 * - `namespace_set`: the `set` and the `code` of each of its namespaces.
 * - `crowded`: the identities, as `namespace:id`, of those who have too many to be one person.
 * - `present`: `entity` (`system`: a system column that not all generations have), `path` and the SQL in `column` of what is filled; all else is left to `createDataViews`.
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
  const { mergeRule, onProgress } = build;
  const { identityGraph } = mergeRule;
  try {
    const parts = await createSourceViews(engine, build);
    const steps = [
      () => createPeople(engine, identityGraph),
      () => createProfileTable(engine, { columns: parts.profile, identityGraph }),
      () => createEventTable(engine, parts.event),
      () => createIdentityTables(engine, identityGraph),
      () => createPresentTable(engine, parts),
      () => createPersonIndex(engine),
      () => engine.run('CHECKPOINT gen'),
    ];
    for (const [index, step] of steps.entries()) {
      await step();
      await onProgress?.({ done: index + 1, total: steps.length });
    }
    const [counts] = await engine.rows(
      'SELECT (SELECT count(*) FROM gen.main.profile_row) AS profiles, (SELECT count(*) FROM gen.main.event_row) AS events',
    );
    await engine.run('DETACH gen');
    return { profiles: Number(counts?.['profiles']), events: Number(counts?.['events']) };
  } finally {
    engine.close();
  }
}

async function createEventTable(engine: Engine, present: readonly PresentColumn[]): Promise<void> {
  const shortOf = (path: string): string | undefined => present.find((column) => column.path === path)?.short;
  const order = ['pid', shortOf('timestamp'), 'ord'].filter((column) => column !== undefined);
  await createSortedTable(engine, {
    name: 'gen.main.event_row',
    like: 'source_event',
    select: (ofSlice) => `
      SELECT pid AS ${quoteIdentifier(systemColumn.pid)}, ingested_at AS ${quoteIdentifier(systemColumn.ingestedAt)}
        ${present.map(({ short }) => `, ${short}`).join('')}
      FROM joined_event WHERE ${ofSlice('pid')} ORDER BY ${order.join(', ')}`,
  });
}

async function createIdentityTables(
  engine: Engine,
  identityGraph: MergeRule['identityGraph'],
): Promise<void> {
  const pid = quoteIdentifier(systemColumn.pid);
  await engine.run(`
    CREATE TABLE owned AS
    SELECT pid, code, lower(code) AS ns, unnest(items, recursive := true) FROM (
      SELECT ${pid} AS pid, unnest(map_keys(identity_map)) AS code, unnest(map_values(identity_map)) AS items
      FROM gen.main.profile_row)`);
  await engine.run(`
    CREATE TABLE gen.main.identity AS
    SELECT ${identityHash("o.ns || ':' || o.id")} AS hash, o.ns AS namespace, o.id, o.pid AS ${pid},
      o.ns || ':' || o.id = p.key AS is_primary
    FROM owned o JOIN person p USING (pid) ORDER BY hash`);
  await createNamespaceSets(engine);
  const crowded =
    identityGraph === 'pdg' ? 'SELECT identity FROM alias WHERE key IS NULL' : 'SELECT NULL WHERE false';
  await engine.run(`CREATE TABLE gen.main.crowded AS SELECT identity::VARCHAR AS identity FROM (${crowded}) c(identity)
    ORDER BY identity`);
}

/**
 * By which one person's row is found. What a scan for one row takes is to unpack the texts of whole segments; an index
 * leads to the row, of which each text is unpacked alone. Last, so that nothing is sorted beside it.
 */
function createPersonIndex(engine: Engine): Promise<void> {
  return engine.run(`CREATE INDEX person_row ON gen.main.profile_row (${quoteIdentifier(systemColumn.pid)})`);
}

/** SQL of a number of an identity `namespace:id`, by which the engine finds it faster than by its text. */
export function identityHash(identity: string): string {
  return `(md5_number(${identity}) & 9223372036854775807)::BIGINT`;
}

/** Sources spell a namespace in several ways; the most frequent one is shown. */
function createNamespaceSets(engine: Engine): Promise<void> {
  return engine.run(`
    CREATE TABLE gen.main.namespace_set AS
    SELECT number AS "set", code FROM (SELECT number, unnest(spaces) AS ns FROM numbered_spaces)
    JOIN (SELECT ns, arg_max(code, uses) AS code
      FROM (SELECT ns, code, count(*) AS uses FROM owned GROUP BY ALL) GROUP BY ns) USING (ns)
    ORDER BY "set", code`);
}

/** The older spelling of `identityMap`, made of it whenever somebody asks. */
const identitiesOfMap = `flatten(list_transform(map_entries(identity_map), lambda e: list_transform(e."value",
  lambda i: struct_pack(id := i.id, "namespace" := struct_pack(code := e."key"), "primary" := i."primary"))))`;

/** One statement for all: each would be a commit of its own, and synced. */
function createPresentTable(engine: Engine, parts: PresentParts): Promise<void> {
  const rows = [
    { entity: 'system', path: systemColumn.set, column: systemColumn.set },
    { entity: 'profile', path: 'identityMap', column: 'identity_map' },
    { entity: 'profile', path: 'identities', column: identitiesOfMap },
    ...parts.profile
      .filter(({ path }) => !identityPaths.has(path))
      .map(({ path, short }) => ({ entity: 'profile', path, column: short })),
    ...parts.event.map(({ path, short }) => ({ entity: 'event', path, column: short })),
  ];
  return engine.run(
    `CREATE TABLE gen.main.present AS SELECT unnest(
      from_json($rows, '[{"entity": "VARCHAR", "path": "VARCHAR", "column": "VARCHAR"}]'), recursive := true)`,
    { rows: JSON.stringify(rows) },
  );
}
