import { isStreamable } from './rule-check';
import { invalidInput } from './user-errors';
import type { ExpressionInput } from '../schema/expression.input';
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
