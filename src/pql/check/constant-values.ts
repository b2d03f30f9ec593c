import type { ComparisonOperator } from '../ast';
import type { Compare, Constant, Typed } from '../typed-tree';

/** The same comparison seen from its other side. */
export const mirrored: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  '=': '=',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/** The value of what is written down, arithmetic with numbers included; undefined where it depends. */
export function constantOf(node: Typed): Constant['value'] | undefined {
  switch (node.kind) {
    case 'constant':
      return node.value;
    case 'negated': {
      const operand = constantOf(node.operand);
      return typeof operand === 'number' ? -operand : operand === null ? null : undefined;
    }
    case 'calculation':
      return node.rest.reduce(
        (left, { operator, operand }) => calculated(left, operator, constantOf(operand)),
        constantOf(node.first),
      );
    default:
      return undefined;
  }
}

function calculated(
  left: Constant['value'] | undefined,
  operator: '+' | '-' | '*' | '/' | '%',
  right: Constant['value'] | undefined,
): number | null | undefined {
  if (left === null || right === null) return null;
  if (typeof left !== 'number' || typeof right !== 'number') return undefined;
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0 ? null : left / right;
    case '%':
      return right === 0 ? null : left % right;
  }
}

/** Whether a comparison is decided by what is written down; a number of things is at least 0. */
export function holdsBetween({ operator, left, right }: Compare): boolean | undefined {
  const [one, other] = [constantOf(left), constantOf(right)];
  if (one === null || other === null) return false;
  if (one !== undefined && other !== undefined) return compared(one, operator, other);
  if (isCount(left) && typeof other === 'number') return countHolds(operator, other);
  if (isCount(right) && typeof one === 'number') return countHolds(mirrored[operator], one);
  return undefined;
}

type Known = Exclude<Constant['value'], null>;

/** Undefined for the order of texts: that is the engine's affair. */
function compared(left: Known, operator: ComparisonOperator, right: Known): boolean | undefined {
  if (operator === '=') return left === right;
  if (operator === '!=') return left !== right;
  if (typeof left !== 'number' || typeof right !== 'number') return undefined;
  if (operator === '<' || operator === '<=') return left < right || (operator === '<=' && left === right);
  return left > right || (operator === '>=' && left === right);
}

function isCount(node: Typed): boolean {
  return node.kind === 'aggregation' && node.aggregate === 'count';
}

/** Of a count and a number: decided where no count, or every one, would do. */
function countHolds(operator: ComparisonOperator, number: number): boolean | undefined {
  switch (operator) {
    case '>=':
      return number <= 0 ? true : undefined;
    case '>':
      return number < 0 ? true : undefined;
    case '<':
      return number <= 0 ? false : undefined;
    case '<=':
    case '=':
      return number < 0 ? false : undefined;
    case '!=':
      return number < 0 ? true : undefined;
  }
}
