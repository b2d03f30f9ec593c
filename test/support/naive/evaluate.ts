import { assertNever } from '../../../src/lib/assert';
import type {
  Access,
  Aggregate,
  Arithmetic,
  ArithmeticOperator,
  Expression,
  Query,
  VariableDeclaration,
} from '../../../src/pql/ast';
import type { UnionSchema } from '../../../src/xdm/union-schema';
import { aggregated } from './aggregating';
import { callOf } from './calls';
import { holdsChain } from './chaining';
import { asNumber, compares, isSame } from './comparing';
import { methodOf } from './methods';
import { occurs } from './references';
import type { Scope } from './scope';
import { nameAbove, nameIn, withItem, withVariable } from './scope';
import { isLike } from './text';
import type { PlainPerson, Thing, Value } from './values';
import { attributeOf, isTrue, itemsOf, leavesOf, profileOf, withoutNulls } from './values';
import { findsPattern, textsOf } from './text-values';

/** What a rule is looked at with. */
export interface NaiveOptions {
  readonly now: Date;
  readonly schema: UnionSchema;
  /** Other segments by id, for `inSegment`. */
  readonly segments?: ReadonlyMap<string, Query>;
}

/**
 * Is the rule true of the person? Walks the tree with values in hand, one person at a time, as slowly and plainly as can
 * be; shares no line with the compiler behind the parser.
 *
 * @throws Error when the rule is not well typed for this person; rules are checked before.
 */
export function matchesNaively(query: Query, person: PlainPerson, options: NaiveOptions): boolean {
  const profile = profileOf(person, options.schema);
  const run = { now: options.now.getTime(), profile, segments: options.segments ?? new Map() };
  return isTrue(resultOf(query, { run, items: [profile], variables: new Map() }));
}

/** A lambda as the whole rule is called with the profile. */
function resultOf(query: Query, scope: Scope): Value {
  const { body } = query;
  if (body.kind !== 'lambda') return evaluate(body, scope);
  return evaluate({ kind: 'application', span: body.span, lambda: body }, scope);
}

export function evaluate(node: Expression, scope: Scope): Value {
  const of = (inner: Expression): Value => evaluate(inner, scope);
  switch (node.kind) {
    case 'literal':
      return node.value;
    case 'list':
      // A null that is written into a list is passed over.
      return withoutNulls(node.items.map(of));
    case 'object':
      return writtenObject(node.entries.map(({ key, value }) => [key, of(value)]));
    case 'name':
      return nameIn(scope, node.name);
    case 'parameter':
      return scope.run.profile;
    case 'up':
      return nameAbove(scope, node.levels, node.name);
    case 'call':
      return callOf(node, { scope, evaluate, resultOf });
    case 'access':
      return followed(node, scope);
    case 'negation':
      return calculated(0, '-', of(node.operand));
    case 'arithmetic':
      return calculatedFrom(node, scope);
    case 'comparison':
      return compares(of(node.left), node.operator, of(node.right));
    case 'membership':
      return isMember(node.operator, of(node.left), of(node.right));
    case 'match':
      return textsOf(of(node.left)).some((text) =>
        textsOf(of(node.right)).some((pattern) =>
          node.operator === 'like' ? isLike(text, pattern) : findsPattern(text, pattern),
        ),
      );
    case 'occurs':
      return occurs(of(node.time), node.tail, { scope, evaluate });
    case 'not':
      return !isTrue(of(node.operand));
    case 'logical':
      return node.operator === 'and'
        ? node.operands.every((operand) => isTrue(of(operand)))
        : node.operands.some((operand) => isTrue(of(operand)));
    case 'select':
      return tuplesOf(node.variables, scope).map((tuple) => tupleValue(tuple));
    case 'quantifier':
      return node.quantifier === 'exists'
        ? tuplesOf(node.variables, scope).length > 0
        : holdsForAll(node.variables, scope);
    case 'aggregate':
      return aggregateOf(node, scope);
    case 'let':
      return evaluate(node.body, withVariable(scope, node.variable.name, of(node.value)));
    case 'application': {
      const { parameters, body } = node.lambda;
      return evaluate(
        body,
        parameters.reduce((outer, { name }) => withVariable(outer, name, scope.run.profile), scope),
      );
    }
    case 'chain':
      return holdsChain(node, { scope, evaluate });
    default:
      return assertNever(node);
  }
}

/** As an object of a profile, one that is written down is not there when none of its attributes is. */
function writtenObject(entries: readonly (readonly [string, Value])[]): Value {
  if (entries.every(([, value]) => value === null)) return null;
  return { kind: 'thing', attributes: new Map(entries) };
}

/** `base.member.method(…)[filter]`, from the left. A filter keeps the items for which its condition is true. */
function followed(node: Access, scope: Scope): Value {
  return node.steps.reduce<Value>(
    (value, step) => {
      switch (step.kind) {
        case 'member':
          return attributeOf(value, step.name);
        case 'filter':
          return value === null
            ? null
            : itemsOf(value).filter((item) => isTrue(evaluate(step.condition, withItem(scope, item))));
        case 'method':
          return methodOf(value, step, { scope, evaluate });
      }
    },
    evaluate(node.base, scope),
  );
}

function calculatedFrom(node: Arithmetic, scope: Scope): Value {
  return node.rest.reduce<Value>(
    (left, { operator, operand }) => calculated(left, operator, evaluate(operand, scope)),
    evaluate(node.first, scope),
  );
}

/** Null as soon as a side is null; by zero there is neither quotient nor rest; the rest has the sign of the dividend. */
function calculated(left: Value, operator: ArithmeticOperator, right: Value): Value {
  const one = asNumber(left);
  const other = asNumber(right);
  if (one === null || other === null) return null;
  switch (operator) {
    case '+':
      return one + other;
    case '-':
      return one - other;
    case '*':
      return one * other;
    case '/':
      return other === 0 ? null : one / other;
    case '%':
      return other === 0 ? null : one % other;
  }
}

/** Both sides have to be there. The items of the list take the type of the value that is looked for. */
function isMember(operator: 'in' | 'notIn', left: Value, right: Value): boolean {
  if (right === null) return false;
  return leavesOf(left).some((value) => {
    const isIn = leavesOf(right).some((item) => isSame(value, item));
    return operator === 'in' ? isIn : !isIn;
  });
}

/** The variables of one tuple, and the scope in which they are seen. */
interface Tuple {
  readonly values: readonly Value[];
  readonly scope: Scope;
}

/**
 * A dependent join, from left to right: each list and each condition sees the variables before it, and the condition
 * its own. The meaning of bare names stays what it is outside.
 */
function tuplesOf(variables: readonly VariableDeclaration[], scope: Scope): readonly Tuple[] {
  return variables.reduce<readonly Tuple[]>(
    (tuples, declaration) =>
      tuples.flatMap((tuple) =>
        candidatesOf(declaration, tuple.scope)
          .map((item) => ({
            values: [...tuple.values, item],
            scope: withVariable(tuple.scope, declaration.variable.name, item),
          }))
          .filter((one) => passes(declaration, one.scope)),
      ),
    [{ values: [], scope }],
  );
}

function candidatesOf(declaration: VariableDeclaration, scope: Scope): readonly Value[] {
  return itemsOf(evaluate(declaration.source, scope));
}

function passes({ where }: VariableDeclaration, scope: Scope): boolean {
  return where === null || isTrue(evaluate(where, scope));
}

/** One variable: its item, so that a path goes on from it. Several: a tuple, an object of its own. */
function tupleValue({ values }: Tuple): Value {
  const [only, ...others] = values;
  if (others.length === 0) return only ?? null;
  const attributes: Thing['attributes'] = new Map();
  return { kind: 'thing', attributes };
}

/** All items satisfy the condition, those of a later variable for each of an earlier one; true of an empty list. */
function holdsForAll(variables: readonly VariableDeclaration[], scope: Scope): boolean {
  const [declaration, ...others] = variables;
  if (declaration === undefined) return true;
  return candidatesOf(declaration, scope).every((item) => {
    const inner = withVariable(scope, declaration.variable.name, item);
    return passes(declaration, inner) && holdsForAll(others, inner);
  });
}

/** `sum e over V from A where C`: e for each tuple; the short form takes the items themselves. */
function aggregateOf(node: Aggregate, scope: Scope): Value {
  const values = tuplesOf(node.variables, scope).map((tuple) =>
    node.value === null ? (tuple.values[0] ?? null) : evaluate(node.value, tuple.scope),
  );
  return aggregated(node.aggregate, values);
}
