import type { Match } from '../ast';
import type { Typed } from '../typed-tree';
import { booleanType } from '../typed-tree';
import { familyOf, nameType } from '../value-types';
import type { CheckRule } from './checker';
import { coerce } from './coercion';
import { overElements } from './collections';

/**
 * `like`: `%` any run, `_` one character, the whole text, case-sensitive. See docs/pql.md, "Values".
 * `matches` waits.
 */
export const checkMatch: CheckRule<Match> = (node, scope, checker) => {
  if (node.operator === 'matches') {
    return checker.error('unsupported', node.span, { what: 'Matching regular expressions ("matches")' });
  }
  const { span } = node;
  return overElements({
    operands: [checker.value(node.left, scope), checker.value(node.right, scope)],
    span,
    checker,
    build: (operands): Typed => {
      const args = operands.map((value) => coerce({ value, target: { kind: 'string' }, span }, checker));
      const [left] = operands;
      if (left !== undefined && !['text', 'null', 'unknown'].includes(familyOf(left.type))) {
        const problem = `"like" compares texts; on its left stands ${nameType(left.type)}.`;
        return checker.error('type-mismatch', node.left.span, { problem });
      }
      return { kind: 'apply', type: booleanType, name: 'like', args };
    },
  });
};
