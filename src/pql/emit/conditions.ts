import type { OneOf, Typed } from '../typed-tree';
import type { Emitter } from './emitter';
import { emitSomeEvent } from './collections';
import { occursSql } from './occurs';
import { fitsScan } from '../reach';

/**
 * The SQL of a test where nothing but TRUE counts (`CASE WHEN`, `WHERE`, `FILTER`): TRUE where the test holds, else
 * FALSE or NULL. Without the guards against NULL the engine stops at the first part that is not true.
 */
export function emitCondition(node: Typed, emitter: Emitter): string {
  switch (node.kind) {
    case 'compare':
      return `${emitter.sql(node.left)} ${node.operator} ${emitter.sql(node.right)}`;
    case 'logical': {
      const operands = node.operands.map((operand) => emitCondition(operand, emitter));
      return `(${operands.join(node.operator === 'and' ? ' AND ' : ' OR ')})`;
    }
    case 'oneOf':
      return emitMembership(node, emitter);
    case 'isTrue':
      return emitter.sql(node.operand);
    case 'occurs':
      return occursSql(node, emitter);
    case 'exists':
      return fitsScan(node) ? emitSomeEvent(node, emitter) : emitter.sql(node);
    default:
      return emitter.sql(node);
  }
}

/** A null in the list would make NULL of what is not in it: that is false here, but true of `notIn`. */
function emitMembership(node: OneOf, emitter: Emitter): string {
  const { left, items, negated } = node;
  if (!isOneOfValues(node)) return emitter.sql(node);
  return `${emitter.sql(left)} ${negated ? 'NOT IN' : 'IN'} (${items.map((item) => emitter.sql(item)).join(', ')})`;
}

function isOneOfValues({ items }: OneOf): boolean {
  return items.length > 0 && items.every(isValue);
}

function isValue(node: Typed): boolean {
  return node.kind === 'constant' && node.value !== null;
}
