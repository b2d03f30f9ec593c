import type { Checker } from '../check/checker';
import type { Typed } from '../typed-tree';
import { booleanType } from '../typed-tree';
import type { FunctionCall, PqlFunction } from './pql-function';

/** Segments of segments. Source: docs/pql.md, "Segments of segments". */
export const segmentFunctions: readonly PqlFunction[] = [
  {
    name: 'inSegment',
    form: 'function',
    signature: 'inSegment("id")',
    documentation: 'True when the rule of that segment holds for the profile, at the same clock',
    arity: [1, 1],
    check: checkInSegment,
  },
];

/** The id is written down, so that it is known before anything is evaluated which segments come first. */
function checkInSegment({ args, span }: FunctionCall, checker: Checker): Typed {
  const [id] = args;
  if (id?.kind === 'literal' && id.type === 'string' && id.value !== '') {
    return { kind: 'inSegment', type: booleanType, id: id.value };
  }
  const problem = 'The id of a segment is written as a text, such as inSegment("6ba5d34a").';
  return checker.error('type-mismatch', id?.span ?? span, { problem });
}
