import type { CreateSegmentInput, UpdateSegmentInput } from '../schema/segment.input';
import type { EvaluationMethod, Segment } from '../schema/segment.type';
import type { SchemaRefWire } from '../wire/common.wire';
import type {
  EvaluationInfoWire,
  ExpressionWire,
  SegmentDefinitionBodyWire,
  SegmentDefinitionWire,
} from '../wire/segment-definition.wire';
import { toExpression, toExpressionWire } from './expression.mapping';
import { toDate } from './time.mapping';

/** The oldest answers are flat: no schema, and the rule a text beside its `type` and `format` (quirk N5). */
type AnyDefinitionWire = Omit<SegmentDefinitionWire, 'schema' | 'expression'> & {
  readonly schema?: SchemaRefWire;
  readonly expression: ExpressionWire | string;
  readonly type?: string;
  readonly format?: string;
};

/** A definition as GraphQL shows it. `version` is null: the definitions API does not tell it. */
export function toSegment(wire: AnyDefinitionWire): Segment {
  const { schema, expression, type = 'PQL', format = 'pql/text' } = wire;
  return {
    id: wire.id,
    name: wire.name,
    description: wire.description ?? null,
    schemaName: schema?.name ?? schema?.id ?? '',
    version: null,
    expression: toExpression(
      typeof expression === 'string' ? { type, format, value: expression } : expression,
    ),
    mergePolicyId: wire.mergePolicyId ?? null,
    evaluation: toEvaluation(wire.evaluationInfo),
    createdAt: toDate(wire.creationTime),
    updatedAt: toDate(wire.updateTime) ?? toDate(wire.updateEpoch),
  };
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
export function toEvaluation(info: EvaluationInfoWire | undefined): EvaluationMethod[] {
  if (info === undefined) return ['BATCH'];
  const methods: EvaluationMethod[] = [];
  if (info.batch?.enabled === true) methods.push('BATCH');
  if (info.continuous?.enabled === true) methods.push('STREAMING');
  if (info.synchronous?.enabled === true) methods.push('EDGE');
  return methods;
}

function toEvaluationWire(methods: readonly EvaluationMethod[]): EvaluationInfoWire {
  return {
    batch: { enabled: methods.includes('BATCH') },
    continuous: { enabled: methods.includes('STREAMING') },
    synchronous: { enabled: methods.includes('EDGE') },
  };
}
