import type { Span } from '../source';
import type { Generator, Typed } from '../typed-tree';
import type { Checker } from './checker';
import { contradicts } from './contradictions';
import { constantOf, holdsBetween } from './constant-values';

/** A test and where it is written. */
export interface WrittenTest {
  readonly span: Span;
  readonly test: Typed;
}

/**
 * Warns of what is decided before any profile is seen: of the whole rule, or else of its widest parts that are.
 */
export function warnOfConstants(
  { whole, parts }: { readonly whole: WrittenTest; readonly parts: readonly WrittenTest[] },
  checker: Checker,
): void {
  const verdicts: Verdicts = new WeakMap();
  const verdict = verdictOf(whole.test, verdicts);
  if (verdict !== undefined) {
    checker.warn('constant-rule', whole.span, { holds: verdict });
    return;
  }
  let end = -1;
  for (const { span, test } of [...parts].sort(widestFirst)) {
    const holds = span.from < end ? undefined : verdictOf(test, verdicts);
    if (holds === undefined) continue;
    end = span.to;
    checker.warn('constant-condition', span, { holds });
  }
}

function widestFirst(one: WrittenTest, other: WrittenTest): number {
  return one.span.from - other.span.from || other.span.to - one.span.to;
}

/** What was found out: variables of `let` make one node stand in many places. */
type Verdicts = WeakMap<Typed, { readonly holds: boolean | undefined }>;

/** Whether a test is true, or false, of everybody; undefined where that depends, or is not plainly visible. */
function verdictOf(test: Typed, known: Verdicts): boolean | undefined {
  const found = known.get(test) ?? { holds: decide(test, known) };
  known.set(test, found);
  return found.holds;
}

function decide(test: Typed, known: Verdicts): boolean | undefined {
  switch (test.kind) {
    case 'constant':
      return typeof test.value === 'boolean' ? test.value : undefined;
    case 'not':
      return opposite(verdictOf(test.operand, known));
    case 'isTrue':
      return constantOf(test.operand) === undefined ? undefined : constantOf(test.operand) === true;
    case 'defined': {
      const value = constantOf(test.operand);
      return value === undefined ? undefined : (value !== null) !== test.negated;
    }
    case 'compare':
      return holdsBetween(test);
    case 'oneOf':
      return isAmong(test);
    case 'inList':
      return constantOf(test.left) === null ? false : undefined;
    case 'apply':
      // Functions that are tests are false where one of their sides is null.
      return test.args.some((side) => constantOf(side) === null) ? false : undefined;
    case 'occurs':
      return constantOf(test.time) === null ? false : undefined;
    case 'logical':
      return decideAll(test, known);
    case 'if':
      return decideChoice(test, known);
    case 'exists':
      return isNeverFound([...conditionsOf(test), test.condition], known);
    case 'chain':
      return test.elements.some(
        ({ times, count }) =>
          count.operator === '>=' && count.value > 0 && isNeverFound(conditionsOf(times), known) === false,
      )
        ? false
        : undefined;
    default:
      return undefined;
  }
}

function opposite(verdict: boolean | undefined): boolean | undefined {
  return verdict === undefined ? undefined : !verdict;
}

function isAmong({ left, items, negated }: Extract<Typed, { readonly kind: 'oneOf' }>): boolean | undefined {
  const value = constantOf(left);
  if (value === null) return false;
  if (items.length === 0 && !negated) return false;
  const among = items.map(constantOf);
  if (value === undefined || among.includes(undefined)) return undefined;
  return among.includes(value) !== negated;
}

/** `and`: one part that is never true decides; of `or` one that always is. Else parts may forbid each other. */
function decideAll(
  { operator, operands }: Extract<Typed, { readonly kind: 'logical' }>,
  known: Verdicts,
): boolean | undefined {
  const decisive = operator === 'or';
  const verdicts = operands.map((operand) => verdictOf(operand, known));
  if (verdicts.includes(decisive)) return decisive;
  if (verdicts.every((verdict) => verdict === !decisive)) return !decisive;
  // `a or b` holds of everybody where neither `a` nor `b` failing is possible.
  return contradicts(operands, decisive) ? decisive : undefined;
}

function decideChoice(
  { test, whenTrue, whenFalse }: Extract<Typed, { readonly kind: 'if' }>,
  known: Verdicts,
): boolean | undefined {
  const chosen = verdictOf(test, known);
  if (chosen !== undefined) return verdictOf(chosen ? whenTrue : whenFalse, known);
  const [one, other] = [verdictOf(whenTrue, known), verdictOf(whenFalse, known)];
  return one === other ? one : undefined;
}

function conditionsOf({
  generators,
}: {
  readonly generators: readonly Generator[];
}): readonly (Typed | null)[] {
  return generators.map(({ where }) => where);
}

/** False where a condition on what is looked for is never true. */
function isNeverFound(conditions: readonly (Typed | null)[], known: Verdicts): false | undefined {
  return conditions.some((condition) => condition !== null && verdictOf(condition, known) === false)
    ? false
    : undefined;
}
