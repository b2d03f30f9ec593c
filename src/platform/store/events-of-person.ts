import { columnsOf, quoteIdentifier, systemColumn, type Column } from '../../xdm/columns';
import type { UnionSchema } from '../../xdm/union-schema';
import type { Engine, EngineRow, PreparedStatement } from './engine/engine';
import { nestedEntity } from './nested-entity';
import type { EventEntity, EventsToFind } from './api/events';

/** Reads the events of one person; one question at a time. */
export interface EventReader {
  read(pid: number, wanted: EventsToFind): Promise<readonly EventEntity[]>;
}

/** Prepares what reads events from the view `event`, in either order of time. */
export async function createEventReader(
  engine: Engine,
  schema: UnionSchema,
  present: ReadonlySet<string>,
): Promise<EventReader> {
  const columns = columnsOf(schema.event).filter(({ path }) => present.has(path));
  const statements = {
    asc: await engine.prepare(eventsSql(columns, 'asc')),
    desc: await engine.prepare(eventsSql(columns, 'desc')),
  };
  return {
    read: async (pid, wanted) => readEvents(statements[wanted.direction], columns, { pid, wanted }),
  };
}

/** Events have a time and an id always; those of one time stand in the order of their ids. */
function eventsSql(columns: readonly Column[], direction: EventsToFind['direction']): string {
  const named = columns.map(({ name }) => quoteIdentifier(name));
  const from = direction === 'asc' ? '>=' : '<=';
  return `
    SELECT epoch_us("timestamp") AS "#time", ${[quoteIdentifier(systemColumn.ingestedAt), ...named].join(', ')} FROM event
    WHERE "#pid" = $pid AND epoch_us("timestamp") >= $from AND epoch_us("timestamp") < $to
      AND (epoch_us("timestamp"), "_id") ${from} ($time, $id)
    ORDER BY "timestamp" ${direction}, "_id" ${direction} LIMIT CAST($limit AS BIGINT)`;
}

/** Further off than any time that the engine holds and JavaScript can say, in µs. */
const endOfTime = 9_000_000_000_000_000_000n;
const greatestText = '\u{10FFFF}';

async function readEvents(
  statement: PreparedStatement,
  columns: readonly Column[],
  { pid, wanted }: { readonly pid: number; readonly wanted: EventsToFind },
): Promise<readonly EventEntity[]> {
  const { from, to, direction, first, limit } = wanted;
  const start = direction === 'asc' ? { time: -endOfTime, id: '' } : { time: endOfTime, id: greatestText };
  const rows = await statement.rows({
    pid,
    from: from === undefined ? -endOfTime : BigInt(from) * 1000n,
    to: to === undefined ? endOfTime : BigInt(to) * 1000n,
    time: first === undefined ? start.time : BigInt(first.timeUs),
    id: first === undefined ? start.id : first.id,
    limit,
  });
  return rows.map((row) => toEvent(row, columns));
}

function toEvent(row: EngineRow, columns: readonly Column[]): EventEntity {
  return {
    id: String(row['_id']),
    timeUs: Number(row['#time']),
    entity: nestedEntity(row, columns),
    lastModifiedAt: (row[systemColumn.ingestedAt] as Date).getTime(),
  };
}
