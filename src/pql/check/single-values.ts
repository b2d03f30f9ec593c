import type { Conditional, Typed } from '../typed-tree';
import { childrenOf } from '../typed-tree';
import { familyOf } from '../value-types';

/**
 * What of a rule would have to be one value in SQL and cannot be, in words; undefined where there is nothing.
 *
 * Objects and maps that a rule makes are taken apart wherever something is said of them. What is left of them in the
 * checked tree is handed on as a whole, as are parts of events, whose attributes are columns of their own.
 */
export function unwritablePart(rule: Typed): string | undefined {
  const visit = (node: Typed, parent: Typed): string | undefined => {
    const problem = problemOf(node, parent);
    if (problem !== undefined) return problem;
    for (const child of childrenOf(node)) {
      const found = visit(child, node);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return visit(rule, rule);
}

function problemOf(node: Typed, parent: Typed): string | undefined {
  switch (node.kind) {
    case 'object':
      return 'Handing on an object that is written down';
    case 'mapping':
      return 'Handing on a map that the rule makes';
    case 'if':
      return problemOfChoice(node);
    case 'field': {
      const isWhole = node.type.kind !== 'object' || (node.owner.kind !== 'profile' && node.path === '');
      const isInItem = node.owner.kind === 'item';
      const isLookedAt = parent.kind === 'defined' || parent.kind === 'aggregation';
      return isWhole || isInItem || isLookedAt ? undefined : 'Handing on a part of an event or a profile';
    }
    default:
      return undefined;
  }
}

/** Scalars may be chosen from, and lists of scalars of one family. */
function problemOfChoice({ whenTrue, whenFalse }: Conditional): string | undefined {
  const families = [whenTrue, whenFalse].map(({ type }) =>
    familyOf(type.kind === 'array' ? type.items : type),
  );
  if (families.some((family) => ['object', 'map', 'list'].includes(family))) {
    return 'Handing on an "if" between objects';
  }
  return families[0] === families[1] ? undefined : 'Handing on an "if" between lists of several kinds';
}
