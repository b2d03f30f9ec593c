import type { ExtractedColumn } from './extraction';

/**
 * The type of a row's `ids`: each identity once, in the order of the row. `ns` is the namespace folded to lower case,
 * by which namespaces are compared; `code` is how the row spells it.
 */
export const identityItemType =
  'STRUCT(ns VARCHAR, code VARCHAR, id VARCHAR, "primary" BOOLEAN, "authenticatedState" VARCHAR)';

export const maxIdentityLength = 1024;

/** Where identities stand in rows, beside `identityMap`. */
const endUserNamespaces: Readonly<Record<string, string>> = {
  mcid: 'ECID',
  aaid: 'AAID',
  acid: 'ACID',
  emailid: 'Email',
};

/** Wraps a SELECT of the extracted columns: adds `ids`, the identities of a row that have an id, each once. */
export function withIdentities(select: string, columns: readonly ExtractedColumn[]): string {
  const keys = `list_transform(given, lambda k: ${keyOf('k')})`;
  const once = `list_filter(given, lambda i, place: list_position(${keys}, ${keyOf('i')}) = place)`;
  return `
    SELECT * EXCLUDE (given), CASE WHEN len(given) < 2 THEN given ELSE ${once} END AS ids
    FROM (
      SELECT * EXCLUDE (found),
        list_filter(found, lambda i: coalesce(trim(i.id), '') <> '' AND coalesce(trim(i.ns), '') <> '') AS given
      FROM (SELECT *, ${foundIdentities(columns)} AS found FROM (${select})))`;
}

function foundIdentities(columns: readonly ExtractedColumn[]): string {
  const byPath = new Map(columns.map(({ path, column }) => [path, column]));
  const lists: string[] = [];
  const identityMap = byPath.get('identityMap');
  if (identityMap !== undefined) {
    lists.push(
      `flatten(list_transform(map_entries(${identityMap}), lambda e: list_transform(coalesce(e."value", []), lambda i: ` +
        `${item({ code: 'e."key"', id: 'i.id', primary: 'i."primary"', state: 'i."authenticatedState"' })})))`,
    );
  }
  const identities = byPath.get('identities');
  if (identities !== undefined) {
    lists.push(
      `list_transform(${identities}, lambda i: ` +
        `${item({ code: 'i."namespace".code', id: 'i.id', primary: 'i."primary"', state: 'NULL' })})`,
    );
  }
  for (const [key, fallback] of Object.entries(endUserNamespaces)) {
    const leaf = (name: string): string => byPath.get(`endUserIDs._experience.${key}.${name}`) ?? 'NULL';
    if (leaf('id') === 'NULL') continue;
    const code = `coalesce(${leaf('namespace.code')}, '${fallback}')`;
    lists.push(`[${item({ code, id: leaf('id'), primary: leaf('primary'), state: 'NULL' })}]`);
  }
  const all = lists.map((list) => `coalesce(${list}, [])`).join(' || ');
  return `CAST(${all === '' ? '[]' : all} AS ${identityItemType}[])`;
}

function item(from: { code: string; id: string; primary: string; state: string }): string {
  return (
    `struct_pack(ns := lower(${from.code}), code := CAST(${from.code} AS VARCHAR), id := CAST(${from.id} AS VARCHAR), ` +
    `"primary" := coalesce(TRY_CAST(${from.primary} AS BOOLEAN), false), "authenticatedState" := CAST(${from.state} AS VARCHAR))`
  );
}

/** What an identity is known by: namespace and id. */
export function keyOf(identity: string): string {
  return `${identity}.ns || ':' || ${identity}.id`;
}

/** SQL of the key of a row's primary identity: the first that says so, else the first. */
export function primaryKeySql(ids: string): string {
  const flagged = `list_filter(${ids}, lambda i: i."primary")[1]`;
  return `coalesce(${keyOf(flagged)}, ${keyOf(`${ids}[1]`)})`;
}
