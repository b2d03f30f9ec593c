import type { ExportRequest, ExportSegment } from '../records';
import { timestampOf } from '../store/engine/sql-text';
import type { SqlParameters } from '../store/api/sample-session';

/** What a profile `p` must meet to be exported, with the values that it binds. */
export interface MemberFilter {
  readonly condition: string;
  readonly parameters: SqlParameters;
  /** SELECT of `"#pid"`, each once, among which it must be; undefined: no membership is asked for. */
  readonly members: { readonly sql: string; readonly parameters: SqlParameters } | undefined;
}

/**
 * Who is exported: who has an entry of one of the listed segments in one of the statuses that this segment's element
 * lists, and whose last qualification lies in the window, bounds included. Without segments everybody is.
 */
export function memberFilter(request: ExportRequest, segments: readonly ExportSegment[]): MemberFilter {
  const conditions: string[] = [];
  const parameters: Record<string, string | number | boolean> = {};
  if (!request.emptyProfiles) conditions.push('p."#has_record"');
  if (request.ingestedAfter !== undefined) {
    conditions.push(`p."#ingested_at" > ${timestampOf('ingested_after')}`);
    parameters['ingested_after'] = request.ingestedAfter;
  }
  const condition = conditions.length === 0 ? 'true' : conditions.join(' AND ');
  return { condition, parameters, members: membersOf(request, segments) };
}

function membersOf(request: ExportRequest, segments: readonly ExportSegment[]): MemberFilter['members'] {
  const parameters: Parameters = {};
  const window = qualificationWindow(request, parameters);
  if (segments.length === 0 && window.length === 0) return undefined;
  const entries = [anyOf(segments, parameters), ...window].join(' AND ');
  // A person has one membership of a segment; of several segments each person counts once.
  const select = segments.length === 1 ? 'SELECT' : 'SELECT DISTINCT';
  return { sql: `${select} "#pid" FROM membership WHERE ${entries}`, parameters };
}

type Parameters = Record<string, string | number | boolean>;

function qualificationWindow(
  { qualifiedFrom, qualifiedTo }: ExportRequest,
  parameters: Parameters,
): string[] {
  const bounds: string[] = [];
  if (qualifiedFrom !== undefined) {
    bounds.push(`qualified_at >= ${timestampOf('qualified_from')}`);
    parameters['qualified_from'] = qualifiedFrom;
  }
  if (qualifiedTo !== undefined) {
    bounds.push(`qualified_at <= ${timestampOf('qualified_to')}`);
    parameters['qualified_to'] = qualifiedTo;
  }
  return bounds;
}

function anyOf(segments: readonly ExportSegment[], parameters: Parameters): string {
  // A window without segments asks for members of any.
  if (segments.length === 0) return `status IN ('realized', 'existing')`;
  const elements = segments.map(({ segmentId, namespace, statuses }, index) => {
    // Memberships of other namespaces come from elsewhere; this platform has none.
    if (namespace.toLowerCase() !== 'ups' || statuses.length === 0) return 'false';
    parameters[`segment_${index}`] = segmentId;
    const words = statuses.map((status, number) => {
      parameters[`status_${index}_${number}`] = status;
      return `$status_${index}_${number}`;
    });
    return `(segment_id = $segment_${index} AND status IN (${words.join(', ')}))`;
  });
  return `(${elements.join(' OR ')})`;
}
