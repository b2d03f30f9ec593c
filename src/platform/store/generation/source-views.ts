import { columnsOf } from '../../../xdm/columns';
import type { UnionSchema } from '../../../xdm/union-schema';
import type { MergeRule } from '../../records';
import type { Engine } from '../engine/engine';
import { identityItemType } from '../ingest/identities-sql';
import {
  allRowsSql,
  deletionsSql,
  presentColumns,
  type AgedFragment,
  type FragmentFile,
  type PresentColumn,
} from './present-columns';

export interface Sources {
  /** Of all batches, oldest first. */
  readonly fragments: readonly FragmentFile[];
  readonly mergeRule: MergeRule;
  readonly schema: UnionSchema;
}

export interface PresentParts {
  readonly profile: readonly PresentColumn[];
  readonly event: readonly PresentColumn[];
}

/**
 * Makes views over the fragments, each with `ord` (the greater wins), `seen` (ascending by age), `key`, `ids` and
 * `ingested_at`:
 * - `source_record`: records that are merged, with their present columns;
 * - `source_event`: all events, with theirs; `event_id(ord, id)` beside it;
 * - `any_record`: records of all datasets, for who is who.
 */
export async function createSourceViews(
  engine: Engine,
  { fragments, mergeRule, schema }: Sources,
): Promise<PresentParts> {
  const aged = fragments.map((fragment, age): AgedFragment => ({ ...fragment, age }));
  const records = aged.filter(({ entity }) => entity === 'profile');
  const merged = inOrderOfPrecedence(records, mergeRule);
  const events = aged.filter(({ entity }) => entity === 'event');
  const profile = presentColumns(columnsOf(schema.profile), merged);
  const event = presentColumns(columnsOf(schema.event), events);
  const eventId = event.find(({ path }) => path === '_id')?.short;
  const hasDeletions = await createDeletions(
    engine,
    aged.filter(({ entity }) => entity === 'deletion'),
  );
  const left = (rows: string, id?: string): string => (hasDeletions ? withoutDeleted(rows, id) : rows);
  await createView(engine, 'source_record', left(rowsOrNone(merged, profile)));
  await createView(engine, 'any_record', left(rowsOrNone(records, [])));
  await createView(engine, 'source_event', left(rowsOrNone(events, event), eventId));
  await createView(engine, 'event_id', `SELECT ord, ${eventId ?? 'NULL::VARCHAR'} AS id FROM source_event`);
  return { profile, event };
}

/** `deleted_key(key, seen)` and `deleted_event(id, seen)`: what is left out where it is older; false where there is nothing. */
async function createDeletions(engine: Engine, deletions: readonly AgedFragment[]): Promise<boolean> {
  if (deletions.length === 0) return false;
  await engine.run(`CREATE TABLE deleted AS ${deletionsSql(deletions)}`);
  for (const [table, column, name] of [
    ['deleted_key', 'key', 'key'],
    ['deleted_event', 'event_id', 'id'],
  ] as const) {
    await engine.run(
      `CREATE TABLE ${table} AS SELECT ${column} AS ${name}, max(seen) AS seen FROM deleted
      WHERE ${column} IS NOT NULL GROUP BY ${column}`,
    );
  }
  return true;
}

function withoutDeleted(rows: string, eventId: string | undefined): string {
  const byKey = `SELECT r.* FROM (${rows}) r LEFT JOIN deleted_key d ON d.key = r.key WHERE d.seen IS NULL OR r.seen > d.seen`;
  if (eventId === undefined) return byKey;
  return `SELECT r.* FROM (${byKey}) r LEFT JOIN deleted_event d ON d.id = r.${eventId} WHERE d.seen IS NULL OR r.seen > d.seen`;
}

/** What comes later wins: of one dataset the newest, of several the one that the rule lists first; others are left out. */
function inOrderOfPrecedence(
  records: readonly AgedFragment[],
  { attributeMerge: { type, order = [] } }: MergeRule,
): readonly AgedFragment[] {
  if (type === 'timestampOrdered') return records;
  return order
    .filter((id, place) => order.indexOf(id) === place)
    .toReversed()
    .flatMap((id) => records.filter(({ datasetId }) => datasetId === id));
}

function rowsOrNone(fragments: readonly AgedFragment[], columns: readonly PresentColumn[]): string {
  return fragments.length === 0 ? noRows : allRowsSql(fragments, columns);
}

const noRows = `
  SELECT 0::BIGINT AS ord, 0::BIGINT AS seen, ''::VARCHAR AS key, []::${identityItemType}[] AS ids,
    NULL::TIMESTAMP AS ingested_at
  WHERE false`;

function createView(engine: Engine, name: string, select: string): Promise<void> {
  return engine.run(`CREATE VIEW ${name} AS ${select}`);
}
