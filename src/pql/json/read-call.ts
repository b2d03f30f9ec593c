import type { Expression, VariableDeclaration } from '../ast';
import { isReservedWord } from '../words';
import type { CallNode } from './call-node';
import { isWord } from './call-node';
import { lambdaNames } from './json-node';
import { child, isProfileRoot } from './place';
import type { Place, Reader } from './reader';
import { nowhere } from './reader';
import { readOperator } from './read-operator';
import type { Scope } from './scope';

/** Operators, functions and quantifiers: every `fnApply` but the steps of a path. */
export function readCall(call: CallNode, scope: Scope, reader: Reader): Expression {
  switch (call.form) {
    case 'operator':
      return readOperator(call, scope, reader);
    case 'quantifier':
      return readLambdaQuantifier(call, scope, reader);
    default:
      break;
  }
  const { place, name, params } = call;
  const isName = isWord(name) && (name === 'if' || !isReservedWord(name)) && name.toLowerCase() !== 'chain';
  if (!isName) return reader.unknown(child(place, 'fnName'), `the function "${name}"`);
  const args = reader.readArguments(params, scope);
  return { kind: 'call', span: nowhere, name, nameSpan: nowhere, args };
}

/** `forall` of a list and a lambda. */
function readLambdaQuantifier({ place, name, params }: CallNode, scope: Scope, reader: Reader): Expression {
  const [list, lambda] = params;
  if ((name !== 'exists' && name !== 'forall') || list === undefined || lambda === undefined) {
    return reader.fault(place, 'A quantifier is exists or forall of a list and a lambda.');
  }
  const source = reader.readNode(list, scope);
  const { parameters, body } = reader.readLambda(lambda, scope);
  const [variable] = parameters;
  if (variable === undefined) return reader.fault(lambda, 'The lambda of a quantifier has one variable.');
  const declaration: VariableDeclaration = { span: nowhere, variable, source, where: body };
  return { kind: 'quantifier', span: nowhere, quantifier: name, variables: [declaration] };
}

/** A lambda that is called: with the profile as itself, with anything else as the variables of `let`. */
export function readApplication(place: Place, scope: Scope, reader: Reader): Expression {
  const lambda = child(place, 'function');
  const params = reader.readArray(child(place, 'params'), 'params');
  const [first] = params;
  if (params.length === 1 && first !== undefined && isProfileRoot(first)) {
    return { kind: 'application', span: nowhere, lambda: reader.readLambda(lambda, scope) };
  }
  const count = lambdaNames(lambda.value)?.length;
  if (params.length === 0 || count !== params.length) {
    return reader.fault(place, `A function of ${count ?? 'no'} variables is called with ${params.length}.`);
  }
  const values = params.map((param) => reader.readNode(param, scope));
  const { parameters, body } = reader.readLambda(lambda, scope);
  const names = parameters.map(({ name }) => name);
  // Nested lets let a later value see an earlier variable, which a call does not.
  if (
    new Set(names).size < names.length ||
    (names.length > 1 && names.some((name) => scope.variables.has(name)))
  ) {
    return reader.fault(place, 'The variables of a function that is called need names of their own.');
  }
  return values.reduceRight<Expression>((inner, value, index) => {
    const variable = parameters[index];
    return variable === undefined ? inner : { kind: 'let', span: nowhere, variable, value, body: inner };
  }, body);
}
