import type { GatewayContext } from './context';
import { loadSegment } from './edges';
import { isStreamable } from './rule-check';
import { invalidInput } from './user-errors';
import type { ExpressionInput } from '../schema/expression.input';
import type { UpdateSegmentInput } from '../schema/segment.input';
import type { EvaluationMethod, Segment } from '../schema/segment.type';
import type { UpstreamMode } from '../schema/session.type';
import type { UserError } from '../schema/user-error.type';

const field = ['input', 'evaluation'];

interface AskedEvaluation {
  readonly evaluation?: readonly EvaluationMethod[] | null;
  readonly expression?: ExpressionInput | null;
}

/**
 * Ways of evaluation that cannot be, told before anything is written. Whether a rule can stream is judged for the embedded
 * platform alone: Adobe's own bounds move.
 */
export function findEvaluationErrors(
  { evaluation, expression }: AskedEvaluation,
  mode: UpstreamMode,
): UserError[] {
  if (!evaluation) return [];
  if (evaluation.length === 0)
    return [invalidInput(field, 'Name at least one way of evaluation.', 'Leave it out for BATCH.')];
  const faster = evaluation.filter((method) => method !== 'BATCH');
  if (mode === 'ADOBE' || faster.length === 0 || !expression || isStreamable(expression)) return [];
  return [
    invalidInput(
      field,
      `This rule cannot be evaluated by ${faster.join(' or ')}: it looks at events further back than 24 hours, or at several.`,
      'Ask for BATCH alone, or let the rule look at one event within 24 hours.',
    ),
  ];
}

/**
 * The ways of evaluation that a segment has before its rule or merge policy is another one: an upstream that cannot keep
 * them says nothing of it (contract §4.2). Empty where they are not in question; one call upstream where they are.
 */
export async function readKeptMethods(
  input: UpdateSegmentInput,
  context: GatewayContext,
): Promise<readonly EvaluationMethod[]> {
  if (input.evaluation || (!input.expression && typeof input.mergePolicyId !== 'string')) return [];
  const segment = await loadSegment(context, input.id);
  const evaluation: unknown = segment?.evaluation;
  return segment !== null && Array.isArray(evaluation) ? segment.evaluation : [];
}

/** What the upstream has given up of them by itself. */
export function findGivenUpMethods(kept: readonly EvaluationMethod[], saved: Segment | null): UserError[] {
  if (saved === null || !Array.isArray(saved.evaluation)) return [];
  const lost = kept.filter((method) => method !== 'BATCH' && !saved.evaluation.includes(method));
  if (lost.length === 0) return [];
  return [
    {
      code: 'UPSTREAM_REJECTED',
      message: `The segment is saved, but the upstream evaluates it by ${saved.evaluation.join(' and ')} only: no longer by ${lost.join(' and ')}, which what was changed does not allow.`,
      field,
      hint: `Change it back, or say evaluation: [${saved.evaluation.join(', ')}] if that is meant.`,
    },
  ];
}

/** What the upstream has kept less of than was asked: the segment is saved, but not as it was meant. */
export function findLostMethods({ evaluation }: AskedEvaluation, saved: Segment | null): UserError[] {
  if (!evaluation || saved === null || !Array.isArray(saved.evaluation)) return [];
  const lost = [...new Set(evaluation)].filter((method) => !saved.evaluation.includes(method));
  if (lost.length === 0) return [];
  return [
    {
      code: 'UPSTREAM_REJECTED',
      message: `The segment is saved, but the upstream evaluates it by ${saved.evaluation.join(' and ')} only, not by ${lost.join(' and ')}.`,
      field,
      hint: lost.includes('EDGE')
        ? 'EDGE needs a merge policy that is active on the edge, and a rule that can stream.'
        : 'The rule may not fit this way of evaluation.',
    },
  ];
}
