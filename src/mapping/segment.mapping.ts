import type { CreateSegmentInput, UpdateSegmentInput } from '../schema/segment.input';
import type { EvaluationMethod, Segment } from '../schema/segment.type';
import type {
  EvaluationInfoWire,
  SegmentDefinitionBodyWire,
  SegmentDefinitionWire,
} from '../wire/segment-definition.wire';
import { toExpression, toExpressionWire } from './expression.mapping';
import { inPlaceOf, isMisread } from './misread';
import { fieldsOf } from './reading';
import type { Fields, JsonRecord } from './reading';

const read = fieldsOf({ service: 'segmentation', noun: 'segment definition' });

/** A definition as GraphQL shows it. */
export function toSegment(wire: SegmentDefinitionWire): Segment {
  const fields = wire as unknown as JsonRecord;
  const updateTime = fields['updateTime'] || fields['updateEpoch'];
  return {
    id: read.requiredId(wire.id, 'id'),
    name: read.requiredText(wire.name, 'name'),
    description: read.text(wire.description, 'description'),
    schemaName: toSchemaName(read, fields),
    version: toVersion(fields['version']),
    expression: toExpression(read, fields),
    mergePolicyId: read.id(wire.mergePolicyId, 'mergePolicyId'),
    evaluation: toEvaluation(wire.evaluationInfo),
    createdAt: read.time(wire.creationTime, 'creationTime'),
    updatedAt: read.time(updateTime, 'updateTime'),
  };
}

/**
 * Which schema a record is about: `schema` with a name or an id (quirk N16), `modelName` or `model` in older answers
 * (quirk N15). Profiles', the only one that rules are about, where none is told.
 */
export function toSchemaName(read: Fields, wire: object): string {
  const record = wire as JsonRecord;
  const schema = read.part(record['schema'], 'schema');
  if (isMisread(schema)) return inPlaceOf(schema);
  const name = schema?.['name'] ?? schema?.['id'] ?? record['modelName'] ?? record['model'];
  const told = read.text(name, 'schema.name');
  return told === null || told === '' ? profileSchemaName : told;
}

/** Source: OpenAPI of the segmentation API: the one value that `schema.name` of a definition has. */
export const profileSchemaName = '_xdm.context.profile';

/** "Latest" is Adobe's word for no version in particular (quirk T7). */
export function toVersion(version: unknown): number | null {
  return version === 'Latest' || version === 'latest' ? null : read.int(version, 'version');
}

/** The body that makes a segment definition; what was left out of the input is left out of it. */
export function toSegmentBodyWire(input: CreateSegmentInput): SegmentDefinitionBodyWire {
  return {
    name: input.name,
    ...(typeof input.description === 'string' && { description: input.description }),
    schema: { name: input.schemaName },
    expression: toExpressionWire(input.expression),
    ...(typeof input.mergePolicyId === 'string' && { mergePolicyId: input.mergePolicyId }),
    ...(Array.isArray(input.evaluation) && { evaluationInfo: toEvaluationWire(input.evaluation) }),
  };
}

/** Only what is to change: the upstream merges it over what it has (quirk M8). */
export function toSegmentPatchWire(input: UpdateSegmentInput): Partial<SegmentDefinitionBodyWire> {
  return {
    ...(typeof input.name === 'string' && { name: input.name }),
    ...(typeof input.description === 'string' && { description: input.description }),
    ...(input.expression && { expression: toExpressionWire(input.expression) }),
    ...(typeof input.mergePolicyId === 'string' && { mergePolicyId: input.mergePolicyId }),
    ...(Array.isArray(input.evaluation) && { evaluationInfo: toEvaluationWire(input.evaluation) }),
  };
}

/** continuous is STREAMING, synchronous is EDGE; without a word about it a definition is evaluated in batch. */
export function toEvaluation(info: unknown): EvaluationMethod[] {
  const ways = read.part(info, 'evaluationInfo');
  if (ways === null) return ['BATCH'];
  if (isMisread(ways)) return inPlaceOf(ways);
  return (Object.keys(methodsByWay) as (keyof typeof methodsByWay)[]).flatMap((way) => {
    const part = read.part(ways[way], `evaluationInfo.${way}`);
    const enabled = isMisread(part) ? part : read.flag(part?.['enabled'], `evaluationInfo.${way}.enabled`);
    if (isMisread(enabled)) return [inPlaceOf<EvaluationMethod>(enabled)];
    return enabled === true ? [methodsByWay[way]] : [];
  });
}

const methodsByWay = {
  batch: 'BATCH',
  continuous: 'STREAMING',
  synchronous: 'EDGE',
} as const satisfies Record<keyof EvaluationInfoWire, EvaluationMethod>;

function toEvaluationWire(methods: readonly EvaluationMethod[]): EvaluationInfoWire {
  return {
    batch: { enabled: methods.includes('BATCH') },
    continuous: { enabled: methods.includes('STREAMING') },
    synchronous: { enabled: methods.includes('EDGE') },
  };
}
