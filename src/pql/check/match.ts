import type { Match } from '../ast';
import { matchesPattern } from '../functions/regex';
import type { Typed } from '../typed-tree';
import { booleanType } from '../typed-tree';
import { familyOf, nameType } from '../value-types';
import type { CheckRule } from './checker';
import { coerce } from './coercion';
import { overElements } from './collections';

/**
 * `like`: `%` any run, `_` one character, the whole text, case-sensitive. See docs/pql.md, "Values". `matches`: a
 * regular expression that any part of the text may match.
 */
export const checkMatch: CheckRule<Match> = (node, scope, checker) => {
  const [left, right] = [checker.value(node.left, scope), checker.value(node.right, scope)];
  if (node.operator === 'matches') {
    const spans = { span: node.left.span, patternSpan: node.right.span };
    return matchesPattern({ text: left, pattern: right, ...spans }, checker);
  }
  const { span } = node;
  return overElements({
    operands: [left, right],
    span,
    checker,
    build: ([text = left, pattern = right]): Typed => {
      if (!['text', 'null', 'unknown'].includes(familyOf(text.type))) {
        const problem = `"like" compares texts; on its left stands ${nameType(text.type)}.`;
        return checker.error('type-mismatch', node.left.span, { problem });
      }
      const args = [text, pattern].map((value) =>
        coerce({ value, target: { kind: 'string' }, span }, checker),
      );
      return { kind: 'apply', type: booleanType, form: 'operator', name: 'like', args };
    },
  });
};
