import { columnsOf } from '../../../xdm/columns';
import type { UnionSchema } from '../../../xdm/union-schema';
import type { MergeRule } from '../../records';
import type { Engine } from '../engine/engine';
import { identityItemType } from '../ingest/identities-sql';
import {
  allRowsSql,
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
  await createView(engine, 'source_record', rowsOrNone(merged, profile));
  await createView(engine, 'any_record', rowsOrNone(records, []));
  await createView(engine, 'source_event', rowsOrNone(events, event));
  const eventId = event.find(({ path }) => path === '_id')?.short ?? 'NULL::VARCHAR';
  await createView(engine, 'event_id', `SELECT ord, ${eventId} AS id FROM source_event`);
  return { profile, event };
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
