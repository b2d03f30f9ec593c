import { assertNever } from '../../../lib/assert';
import { quoteIdentifier, systemColumn } from '../../../xdm/columns';
import type { MergeRule } from '../../records';
import type { Engine } from '../engine/engine';
import type { PresentColumn } from './present-columns';
import { createSortedTable } from './sorted-table';

export interface ProfileTable {
  /** Of merged records. */
  readonly columns: readonly PresentColumn[];
  readonly identityGraph: MergeRule['identityGraph'];
}

/** Made of all identities that a person is known by, whatever spelling they came in. */
export const identityPaths: ReadonlySet<string> = new Set(['identityMap', 'identities']);

/**
 * Makes `gen.profile_row`, one row a person, ordered by `#pid`. Of each attribute the winning record that has it counts.
 * Nearly all people are one record; only the others pay for merging.
 */
export async function createProfileTable(
  engine: Engine,
  { columns, identityGraph }: ProfileTable,
): Promise<void> {
  await createJointIdentities(engine, identityGraph);
  await createNumberedSpaces(engine);
  const stored = columns.filter(({ path }) => !identityPaths.has(path));
  const shorts = stored.map(({ short }) => `, ${short}`).join('');
  const newest = stored.map((column) => `, ${newestSql(column)} AS ${column.short}`).join('');
  await createSortedTable(engine, {
    name: 'gen.main.profile_row',
    like: 'source_record',
    select: (ofSlice) => `
    SELECT pid AS ${quoteIdentifier(systemColumn.pid)}, ${xidOfKey} AS ${quoteIdentifier(systemColumn.xid)},
      ingested_at AS ${quoteIdentifier(systemColumn.ingestedAt)},
      has_record AS ${quoteIdentifier(systemColumn.hasRecord)}, number AS ${quoteIdentifier(systemColumn.set)},
      ${identityMapOfIds} AS identity_map${shorts}
    FROM (
      SELECT p.pid, p.key, r.ids, r.ingested_at, true AS has_record${shorts}
      FROM record_row r JOIN person p USING (key) WHERE NOT p.joint AND ${ofSlice('p.pid')}
      UNION ALL
      SELECT p.pid, p.key, i.ids, coalesce(m.ingested_at, n.ingested_at), p.records > 0${shorts}
      FROM person p JOIN joint_ids i USING (pid)
      LEFT JOIN (
        SELECT p.pid, max(r.ingested_at) AS ingested_at${newest}
        FROM record_row r JOIN person p USING (key) WHERE p.joint AND ${ofSlice('p.pid')} GROUP BY p.pid) m USING (pid)
      LEFT JOIN (SELECT key, max(ingested_at) AS ingested_at FROM newcomer GROUP BY key) n ON n.key = p.key
      WHERE p.joint AND ${ofSlice('p.pid')})
    JOIN numbered_spaces ON spaces IS NOT DISTINCT FROM ${spacesOfIds}
    ORDER BY pid`,
  });
}

/** `numbered_spaces(spaces, number)`: the sets of namespaces that people have identities in, perhaps some more. */
async function createNumberedSpaces(engine: Engine): Promise<void> {
  await engine.run(`
    CREATE TABLE numbered_spaces AS
    SELECT spaces, row_number() OVER (ORDER BY spaces)::INTEGER AS number FROM (
      SELECT ${spacesOfIds} AS spaces FROM record_row UNION SELECT ${spacesOfIds} FROM joint_ids)`);
}

/** `joint_ids(pid, ids)`: the identities that rows of a person say, each once; of one the newest saying counts. */
async function createJointIdentities(
  engine: Engine,
  identityGraph: MergeRule['identityGraph'],
): Promise<void> {
  const linked =
    identityGraph === 'none'
      ? ''
      : 'UNION ALL SELECT p.pid, l.seen, l.item FROM linked_identity l JOIN person p USING (key) WHERE p.joint';
  await engine.run(`
    CREATE TABLE joint_ids AS
    SELECT pid, list(item ORDER BY item.ns, item.id) AS ids FROM (
      SELECT pid, arg_max(item, seen) AS item FROM (
        SELECT p.pid, r.seen, unnest(r.ids) AS item FROM record_row r JOIN person p USING (key) WHERE p.joint
        UNION ALL SELECT p.pid, n.seen, unnest(n.ids) FROM newcomer n JOIN person p USING (key)
        ${linked})
      GROUP BY pid, item.ns, item.id)
    GROUP BY pid`);
}

/** The winning value that is there; maps join key by key, of each the winning value that is there, lists are taken whole. */
function newestSql({ short, type }: PresentColumn): string {
  switch (type.kind) {
    case 'map':
      return `list_reduce(list(r.${short} ORDER BY ord) FILTER (r.${short} IS NOT NULL), lambda a, b: map_concat(b, a, ${knownEntries('b')}))`;
    case 'string':
    case 'integer':
    case 'number':
    case 'boolean':
    case 'datetime':
    case 'date':
    case 'array':
    case 'object':
      return `arg_max(r.${short}, ord)`;
    default:
      return assertNever(type);
  }
}

function knownEntries(map: string): string {
  return `map_from_entries(list_filter(map_entries(${map}), lambda e: e."value" IS NOT NULL))`;
}

/** Base64url of `namespace:id`, without padding. */
const xidOfKey = `translate(rtrim(to_base64(encode(key)), '='), '+/', '-_')`;

const spacesOfIds = 'list_sort(list_distinct(list_transform(ids, lambda i: lower(i.code))))';

const identityMapOfIds = `map_from_entries(list_transform(list_sort(list_distinct(list_transform(ids, lambda i: i.code))),
  lambda c: struct_pack("key" := c, "value" := list_transform(list_filter(ids, lambda i: i.code = c),
    lambda i: struct_pack(id := i.id, "primary" := i."primary", "authenticatedState" := i."authenticatedState")))))`;
