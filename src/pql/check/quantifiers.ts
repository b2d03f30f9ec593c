import type { Aggregate, Expression, Quantifier, Select, VariableDeclaration } from '../ast';
import type { Generator, Typed } from '../typed-tree';
import { booleanType, reported, yes } from '../typed-tree';
import { nameType } from '../value-types';
import { aggregateOf } from './aggregation';
import type { Checker, CheckRule, Scope } from './checker';
import { withVariable } from './checker';
import type { Elements } from './collections';
import { allOf, elementsOf, filtered, isList, listFrom, present, someElement } from './collections';

/**
 * `select V from A where C`: the items that satisfy C; with more variables, the combinations. See
 * docs/pql.md, "Lists and events".
 */
export const checkSelect: CheckRule<Select> = (node, scope, checker) => {
  const declared = declare(node.variables, scope, checker);
  return declared === undefined ? reported : listFrom(declared.elements);
};

/** `exists`, and `forall` as "none that does not". */
export const checkQuantifier: CheckRule<Quantifier> = (node, scope, checker) => {
  if (node.quantifier === 'exists') {
    const declared = declare(node.variables, scope, checker);
    return declared === undefined ? reported : someElement(declared.elements, yes);
  }
  reportRepeats(node.variables, checker);
  return checkForall(node.variables, scope, checker);
};

/**
 * `forall V from A where C`: every item satisfies its condition; with more variables, so does every item of the later
 * lists, for each of the earlier ones. True of an empty list.
 */
function checkForall(variables: readonly VariableDeclaration[], scope: Scope, checker: Checker): Typed {
  const [declaration, ...others] = variables;
  if (declaration === undefined) return yes;
  const declared = declare([{ ...declaration, where: null }], scope, checker);
  if (declared === undefined) return reported;
  const own = declaration.where === null ? yes : checker.test(declaration.where, declared.scope);
  const condition = others.length === 0 ? own : allOf([own, checkForall(others, declared.scope, checker)]);
  const counterexample: Typed = { kind: 'not', type: booleanType, operand: condition };
  return { kind: 'not', type: booleanType, operand: someElement(declared.elements, counterexample) };
}

/** `sum e over V from A where C`, `sum V from A where C`. */
export const checkAggregate: CheckRule<Aggregate> = (node, scope, checker) => {
  const declared = declare(node.variables, scope, checker);
  if (declared === undefined) return reported;
  const value = node.value === null ? declared.elements.value : checker.value(node.value, declared.scope);
  return aggregateOf(
    { aggregate: node.aggregate, elements: { ...declared.elements, value }, span: node.span },
    checker,
  );
};

interface Declared {
  readonly elements: Elements;
  /** Where all variables are known. */
  readonly scope: Scope;
}

/** Declarations from left to right: each sees the variables before it. */
function declare(
  declarations: readonly VariableDeclaration[],
  scope: Scope,
  checker: Checker,
): Declared | undefined {
  reportRepeats(declarations, checker);
  let inner = scope;
  let elements: Elements | undefined;
  for (const declaration of declarations) {
    const source = elementsFrom(declaration.source, inner, checker);
    if (source === undefined) return undefined;
    const generators: readonly Generator[] = [...(elements?.generators ?? []), ...source.generators];
    inner = withVariable(inner, declaration.variable, {
      kind: 'value',
      value: source.value,
    });
    elements = { ...source, generators, tuples: declarations.length > 1, base: null };
    if (declaration.where !== null) elements = filtered(elements, checker.test(declaration.where, inner));
  }
  return elements && { elements, scope: inner };
}

/** Two variables of one name in one declaration. */
function reportRepeats(declarations: readonly VariableDeclaration[], checker: Checker): void {
  const names = new Set<string>();
  for (const { variable } of declarations) {
    const { name, span } = variable;
    if (names.has(name)) checker.error('duplicate-name', span, { name });
    names.add(name);
  }
}

function elementsFrom(source: Expression, scope: Scope, checker: Checker): Elements | undefined {
  const list = checker.value(source, scope);
  const mayBeList = list.kind === 'dynamic' && list.path !== null;
  if (isList(list) || mayBeList) return present(elementsOf(list, checker));
  if (list.type.kind !== 'unknown') {
    const problem = `"from" needs a list such as xEvent, not ${nameType(list.type)}.`;
    checker.error('type-mismatch', source.span, { problem });
  }
  return undefined;
}
