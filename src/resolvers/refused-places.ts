import type { UpstreamProblemItem } from '../errors/upstream-error';
import type { UserError } from '../schema/user-error.type';
import type { Subject } from './rejection-rules';

interface RefusedPlace {
  /** As the upstream names it, in front of its complaint; `#` is an index. */
  readonly path: string;
  /** Where that stands in the input; `#` is the same index. */
  readonly field: readonly string[];
  /** Said instead of the upstream's words, where those speak of its own body. */
  readonly says?: string;
}

const schemaName: RefusedPlace = {
  path: 'schema',
  field: ['input', 'schemaName'],
  says: 'The upstream does not take this "schemaName"; leave it out for profiles.',
};
const segmentId = (path: string): RefusedPlace => ({ path, field: ['input', 'segments', 'ids', '#'] });

/**
 * Where in the input stands what the upstream names by its own path. Adobe's complaints about a body begin with the
 * field's name often enough, those of the embedded platform always do. A longer path stands before its beginning.
 */
const refusedPlaces: Readonly<Record<Subject, readonly RefusedPlace[]>> = {
  segment: [
    { path: 'name', field: ['input', 'name'] },
    { path: 'description', field: ['input', 'description'] },
    { path: 'expression.value', field: ['input', 'expression'] },
    { path: 'mergePolicyId', field: ['input', 'mergePolicyId'] },
    { path: 'evaluationInfo', field: ['input', 'evaluation'] },
    { ...schemaName, path: 'schema.name' },
    schemaName,
  ],
  'segment-deletion': [],
  preview: [
    { path: 'predicateExpression', field: ['input', 'expression'] },
    { ...schemaName, path: 'predicateModel' },
  ],
  'segment-job': [segmentId('#.segmentId')],
  'export-job': [
    { path: 'fields', field: ['input', 'fields'] },
    { path: 'mergePolicy.id', field: ['input', 'mergePolicyId'] },
    { path: 'mergePolicy', field: ['input', 'mergePolicyId'] },
    { path: 'filter.segments.#.segmentId', field: ['input', 'segments', '#', 'segmentId'] },
    { path: 'filter.segments.#.segmentNs', field: ['input', 'segments', '#', 'namespace'] },
    { path: 'filter.segments.#.status', field: ['input', 'segments', '#', 'statuses'] },
    { path: 'filter.segments', field: ['input', 'segments'] },
    { path: 'filter.segmentQualificationTime.startTime', field: ['input', 'qualifiedFrom'] },
    { path: 'filter.segmentQualificationTime.endTime', field: ['input', 'qualifiedTo'] },
    { path: 'filter.fromIngestTimestamp', field: ['input', 'ingestedAfter'] },
    { path: 'additionalFields.eventList.fields', field: ['input', 'events', 'fields'] },
    {
      path: 'additionalFields.eventList.filter.fromIngestTimestamp',
      field: ['input', 'events', 'ingestedFrom'],
    },
    {
      path: 'additionalFields.eventList.filter.toIngestTimestamp',
      field: ['input', 'events', 'ingestedTo'],
    },
    { path: 'destination.datasetId', field: ['input', 'destination', 'datasetId'] },
    { path: 'destination', field: ['input', 'destination'] },
    { ...schemaName, path: 'schema.name' },
    schemaName,
  ],
  schedule: [
    { path: 'name', field: ['input', 'name'] },
    { path: 'schedule', field: ['input', 'cron'] },
    { path: 'state', field: ['input', 'state'] },
    { path: 'type', field: ['input', 'type'] },
    segmentId('properties.segments.#'),
    { path: 'properties.segments', field: ['input', 'segments'] },
  ],
  'audience-template': [],
  dataset: [{ path: 'name', field: ['name'] }],
};

/** The user error for a complaint that names a place of the input; null where it names none that is known. */
export function toPlacedError(
  subject: Subject,
  { message, heard }: Pick<UpstreamProblemItem, 'message' | 'heard'>,
): UserError | null {
  for (const place of refusedPlaces[subject]) {
    const found = pattern(place.path).exec(message ?? heard ?? '');
    if (found === null) continue;
    const [, index = '', colon = '', complaint = ''] = found;
    const field = place.field.map((step) => (step === '#' ? index : step));
    return {
      code: 'INVALID_INPUT',
      message: place.says ?? (message === null ? untold(field) : inOurWords(field, colon === ':', complaint)),
      field,
      hint: null,
    };
  }
  return null;
}

/** `name must not be empty`, and `state: An export schedule cannot …`. */
function pattern(path: string): RegExp {
  const [before = '', after] = path.replaceAll('.', String.raw`\.`).split('#');
  return new RegExp(`^${before}${after === undefined ? '()' : String.raw`(\d+)${after}`}(:?) (.+)$`, 's');
}

function inOurWords(field: readonly string[], isSentence: boolean, complaint: string): string {
  const sentence = /[.!?]$/.test(complaint) ? complaint : `${complaint}.`;
  if (isSentence) return sentence;
  return `"${nameOf(field)}" ${sentence}`;
}

/** For a complaint in words that are not shown. */
function untold(field: readonly string[]): string {
  return `The upstream does not take this "${nameOf(field)}"; its words cannot be shown.`;
}

function nameOf(field: readonly string[]): string {
  return field.findLast((step) => !/^\d+$/.test(step)) ?? '';
}
