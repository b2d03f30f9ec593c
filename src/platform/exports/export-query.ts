import { quoteIdentifier } from '../../xdm/columns';
import type { ExportRequest } from '../records';
import type { ExportSession } from '../store/api/export-session';
import { selectFields, selectionOf } from './field-selection';
import { projectFields, type ProjectedField } from './projection';

/** Makes the SELECT of the exported rows of the members in a range of `#pid`, its end excluded. */
export type ExportQuery = (range: MemberRange) => string;

export interface MemberRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Plans what an exported row looks like: nested XDM with `segmentMembership`, and `eventList` where events are asked for.
 * @throws ExportFailed that names a field which the schema does not have.
 */
export function planQuery(request: ExportRequest, session: ExportSession): ExportQuery {
  const paths = request.fields.length === 0 ? wholeProfile(session) : request.fields;
  const selection = selectFields({ entity: session.schema.profile, paths, label: 'fields' });
  const withMemberships = selectionOf(selection, 'segmentMembership') !== undefined;
  const fields = projectFields({
    entity: session.schema.profile,
    selection,
    table: 'p',
    presentPaths: session.presentPaths.profile,
    computed: { segmentMembership: 'm.segment_membership' },
  });
  const eventFields = request.events === undefined ? undefined : plannedEventFields(request.events, session);
  const columns = fields.map(({ name, sql }) => `${sql} AS ${quoteIdentifier(name)}`);
  if (eventFields !== undefined) columns.push(`coalesce(e.event_list, []) AS "eventList"`);
  return ({ from, to }) => `
    SELECT ${columns.join(', ')}
    FROM ${within('profile', { from, to })} p
    SEMI JOIN ${within(memberTable, { from, to })} USING ("#pid")
    ${withMemberships ? `LEFT JOIN (${membershipSql({ from, to })}) m USING ("#pid")` : ''}
    ${eventFields === undefined ? '' : `LEFT JOIN (${eventSql(request, eventFields, { from, to })}) e USING ("#pid")`}`;
}

/**
 * All fields of a profile are those that any profile has; a column of the schema that is empty throughout costs as much as
 * a full one. The older spelling of `identityMap` stays out, as it does when a profile is read.
 */
function wholeProfile({ presentPaths }: ExportSession): readonly string[] {
  return [...presentPaths.profile, 'segmentMembership'].filter((path) => path !== 'identities');
}

/** The table of those who are exported, `"#pid"`, `"set"` of namespaces and `weight` (their work); made before the queries run. */
export const memberTable = 'temp.main.member';

/**
 * The rows of a table whose `#pid` lies in a range. For each side of a join: the engine does not take the range of one side to
 * the other, and would look up the people of each file among all.
 */
export function within(table: string, { from, to }: MemberRange): string {
  return `(SELECT * FROM ${table} WHERE "#pid" >= ${from} AND "#pid" < ${to})`;
}

/** All fields of an event are those that any event has, as of a profile. */
function plannedEventFields(
  { fields }: NonNullable<ExportRequest['events']>,
  { schema, presentPaths }: ExportSession,
): readonly ProjectedField[] {
  const paths = fields.length === 0 ? [...presentPaths.event] : fields;
  const selection = selectFields({ entity: schema.event, paths, label: 'additionalFields.eventList.fields' });
  return projectFields({ entity: schema.event, selection, table: 'x', presentPaths: presentPaths.event });
}

/**
 * All segments of a member, not only those that were asked for. Lists of plain values, put together afterwards: to gather
 * entries takes the engine seven times as long. Lists of one group hold its rows in one and the same order, since the
 * engine takes each block of rows into all of them before the next.
 */
function membershipSql(range: MemberRange): string {
  const entry = `STRUCT("lastQualificationTime" VARCHAR, "status" VARCHAR)`;
  return `
    SELECT "#pid", CAST(struct_pack("ups" := map(
      list(segment_id),
      CAST(list_zip(list(strftime(qualified_at, '%Y-%m-%dT%H:%M:%S.%gZ')), list(status)) AS ${entry}[])
    )) AS MAP(VARCHAR, MAP(VARCHAR, ${entry}))) AS segment_membership
    FROM ${within('membership', range)} SEMI JOIN ${within(memberTable, range)} USING ("#pid")
    GROUP BY "#pid"`;
}

function eventSql(
  { events, ingestedAfter }: ExportRequest,
  fields: readonly ProjectedField[],
  { from, to }: MemberRange,
): string {
  const packed = fields.map(({ name, sql }) => `${quoteIdentifier(name)} := ${sql}`);
  const conditions = [`x."#pid" >= ${from}`, `x."#pid" < ${to}`];
  const bound = (operator: string, at: number | undefined): void => {
    if (at !== undefined) conditions.push(`x."#ingested_at" ${operator} epoch_ms(${Math.trunc(at)})`);
  };
  bound('>', ingestedAfter);
  bound('>=', events?.ingestedFrom);
  bound('<=', events?.ingestedTo);
  return `
    SELECT x."#pid", list(struct_pack(${packed.join(', ')}) ORDER BY x."timestamp") AS event_list
    FROM event x SEMI JOIN ${within(memberTable, { from, to })} USING ("#pid")
    WHERE ${conditions.join(' AND ')} GROUP BY x."#pid"`;
}
