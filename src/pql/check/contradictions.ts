import { assertNever } from '../../lib/assert';
import type { ComparisonOperator } from '../ast';
import type { Constant, Field, Typed } from '../typed-tree';
import { constantOf, mirrored } from './constant-values';

type Known = Exclude<Constant['value'], null>;

/** What a value may be once everything that is said of it holds. */
interface Possible {
  /** Absent is one of the things that it may be. */
  mayBeAbsent: boolean;
  mustBeAbsent: boolean;
  /** The only values; null where nothing names them. */
  only: readonly Known[] | null;
  readonly never: Set<Known>;
  above: { readonly value: number; readonly included: boolean };
  below: { readonly value: number; readonly included: boolean };
}

/**
 * True where tests cannot hold together for what they say of one attribute: `a = 1 and a = 2`, `a > 5 and a < 3`,
 * `a.isNull() and a = 1`. Only what compares an attribute with what is written down is looked at.
 *
 * @param negated whether each of them is to fail instead.
 */
export function contradicts(tests: readonly Typed[], negated: boolean): boolean {
  const attributes = new Map<string, Possible>();
  const possibleOf = (field: Field): Possible => {
    const key = JSON.stringify([field.owner, field.path]);
    const found = attributes.get(key) ?? anything();
    attributes.set(key, found);
    return found;
  };
  for (const test of tests) claim(test, negated, possibleOf);
  return [...attributes.values()].some(isImpossible);
}

function anything(): Possible {
  return {
    mayBeAbsent: true,
    mustBeAbsent: false,
    only: null,
    never: new Set(),
    above: { value: -Infinity, included: true },
    below: { value: Infinity, included: true },
  };
}

type Find = (field: Field) => Possible;

/** Adds what a test, or its failing, says of an attribute. */
function claim(test: Typed, negated: boolean, find: Find): void {
  switch (test.kind) {
    case 'not':
      return claim(test.operand, !negated, find);
    case 'logical':
      if ((test.operator === 'and') !== negated) {
        for (const operand of test.operands) claim(operand, negated, find);
      }
      return;
    case 'isTrue':
      if (test.operand.kind === 'field')
        return restrict(find(test.operand), { operator: '=', value: true, negated });
      return;
    case 'defined':
      if (test.operand.kind === 'field') return demand(find(test.operand), test.negated === negated);
      return;
    case 'compare': {
      const [left, right] = [constantOf(test.left), constantOf(test.right)];
      if (test.left.kind === 'field' && right !== undefined && right !== null)
        return restrict(find(test.left), { operator: test.operator, value: right, negated });
      if (test.right.kind === 'field' && left !== undefined && left !== null)
        return restrict(find(test.right), { operator: mirrored[test.operator], value: left, negated });
      return;
    }
    case 'oneOf': {
      const values = test.items.map(constantOf).filter((value) => value !== undefined && value !== null);
      if (test.left.kind === 'field' && values.length === test.items.length)
        return among(find(test.left), { values, isIn: test.negated === negated, negated });
      return;
    }
    default:
  }
}

function demand(possible: Possible, isThere: boolean): void {
  if (isThere) possible.mayBeAbsent = false;
  else possible.mustBeAbsent = true;
}

interface Claim {
  readonly operator: ComparisonOperator;
  readonly value: Known;
  /** The comparison fails: the opposite holds, or nothing is there. */
  readonly negated: boolean;
}

const opposites: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  '=': '!=',
  '!=': '=',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
};

function restrict(possible: Possible, { operator, value, negated }: Claim): void {
  if (!negated) possible.mayBeAbsent = false;
  const holding = negated ? opposites[operator] : operator;
  switch (holding) {
    case '=':
      possible.only = (possible.only ?? [value]).filter((one) => one === value);
      return;
    case '!=':
      possible.never.add(value);
      return;
    case '<':
    case '<=':
      if (typeof value === 'number') lower(possible, value, holding === '<=');
      return;
    case '>':
    case '>=':
      if (typeof value === 'number') raise(possible, value, holding === '>=');
      return;
    default:
      return assertNever(holding);
  }
}

function lower(possible: Possible, value: number, included: boolean): void {
  const { below } = possible;
  if (value < below.value || (value === below.value && !included)) possible.below = { value, included };
}

function raise(possible: Possible, value: number, included: boolean): void {
  const { above } = possible;
  if (value > above.value || (value === above.value && !included)) possible.above = { value, included };
}

interface Membership {
  readonly values: readonly Known[];
  readonly isIn: boolean;
  readonly negated: boolean;
}

function among(possible: Possible, { values, isIn, negated }: Membership): void {
  if (!negated) possible.mayBeAbsent = false;
  if (isIn) possible.only = (possible.only ?? values).filter((one) => values.includes(one));
  else for (const value of values) possible.never.add(value);
}

function isImpossible(possible: Possible): boolean {
  if (possible.mustBeAbsent) return !possible.mayBeAbsent;
  return !possible.mayBeAbsent && hasNoValue(possible);
}

function hasNoValue({ only, never, above, below }: Possible): boolean {
  if (only !== null) return !only.some((value) => !never.has(value) && isBetween(value, above, below));
  if (never.has(true) && never.has(false)) return true;
  return above.value > below.value || (above.value === below.value && !(above.included && below.included));
}

function isBetween(value: Known, above: Possible['above'], below: Possible['below']): boolean {
  if (typeof value !== 'number') return true;
  const isAbove = value > above.value || (above.included && value === above.value);
  return isAbove && (value < below.value || (below.included && value === below.value));
}
