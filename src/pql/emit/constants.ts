import type { Typed } from '../typed-tree';

/**
 * The number that a node is before any profile is seen; null where it comes to nothing; undefined where it
 * depends.
 */
export function constantNumber(node: Typed, now: Date): number | null | undefined {
  switch (node.kind) {
    case 'constant':
      return typeof node.value === 'number' || node.value === null ? node.value : undefined;
    case 'negated': {
      const operand = constantNumber(node.operand, now);
      return typeof operand === 'number' ? -operand : operand;
    }
    case 'apply':
      return clockNumbers[node.name]?.(now);
    case 'calculation':
      return node.rest.reduce<number | null | undefined>(
        (left, { operator, operand }) => calculate(left, operator, constantNumber(operand, now)),
        constantNumber(node.first, now),
      );
    default:
      return undefined;
  }
}

const clockNumbers: Readonly<Record<string, (now: Date) => number>> = {
  currentYear: (now) => now.getUTCFullYear(),
  currentMonth: (now) => now.getUTCMonth() + 1,
  currentDayOfMonth: (now) => now.getUTCDate(),
};

function calculate(
  left: number | null | undefined,
  operator: string,
  right: number | null | undefined,
): number | null | undefined {
  if (left === undefined || right === undefined) return undefined;
  if (left === null || right === null) return null;
  const result = {
    '+': left + right,
    '-': left - right,
    '*': left * right,
    '/': right === 0 ? NaN : left / right,
    '%': left % right,
  }[operator];
  return result === undefined || Number.isNaN(result) ? null : result;
}
