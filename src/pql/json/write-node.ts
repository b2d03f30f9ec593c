import { assertNever } from '../../lib/assert';
import type {
  AccessStep,
  Argument,
  Arithmetic,
  Expression,
  Lambda,
  ListLiteral,
  Literal,
  Name,
  VariableDeclaration,
} from '../ast';
import type { Json, PqlNode } from './json-node';
import { call, implicitItem, itemMethods, profileRoot } from './json-node';
import type { Scope } from './scope';
import { withItem, withVariables } from './scope';
import { writeChain } from './write-chain';
import { writeTimeConstraint } from './write-time';
import type { Writer } from './writer';

const writer: Writer = { writeNode, writeItemLambda };

/** Writes an expression as a node; what names mean is told by the scope. */
export function writeNode(node: Expression, scope: Scope): PqlNode {
  switch (node.kind) {
    case 'literal':
      return writeLiteral(node);
    case 'list':
      return { nodeType: 'literal', literalType: 'List', value: writeItems(node, scope) };
    case 'object': {
      const entries = node.entries.map(({ key, value }) => ({ key, value: writeNode(value, scope) }));
      return { nodeType: 'object', entries };
    }
    case 'name':
      return writeName(node, scope);
    case 'parameter':
      return { nodeType: 'parameterReference', position: node.position };
    case 'up':
      return lookup(node.name, { nodeType: 'upReference', levels: node.levels });
    case 'call':
      return call('function', node.name, writeArguments(node.args, scope));
    case 'access':
      return writeAccess(node.base, node.steps, scope);
    case 'negation':
      return negatedLiteral(node.operand) ?? call('operator', '-', [writeNode(node.operand, scope)]);
    case 'arithmetic':
      return writeArithmetic(node, scope);
    case 'comparison':
    case 'membership':
    case 'match':
      return call('operator', node.operator, [writeNode(node.left, scope), writeNode(node.right, scope)]);
    case 'occurs':
      return call('operator', 'occurs', [
        writeNode(node.time, scope),
        writeTimeConstraint(node.tail, scope, writer),
      ]);
    case 'not':
      return call('operator', 'not', [writeNode(node.operand, scope)]);
    case 'logical': {
      const { operator, operands } = node;
      const params = operands.map((operand) => {
        const isSame = operand.kind === 'logical' && operand.operator === operator;
        return bracketedWhen(isSame, writeNode(operand, scope));
      });
      return call('operator', operator, params);
    }
    case 'select':
      return { nodeType: 'select', variables: writeDeclarations(node.variables, scope).variables };
    case 'quantifier':
      return { nodeType: node.quantifier, variables: writeDeclarations(node.variables, scope).variables };
    case 'aggregate': {
      const { variables, inner } = writeDeclarations(node.variables, scope);
      const value = node.value === null ? {} : { value: writeNode(node.value, inner) };
      return { nodeType: 'aggregate', aggregate: node.aggregate, ...value, variables };
    }
    case 'let': {
      const { name } = node.variable;
      const value = writeNode(node.value, scope);
      const body = writeNode(node.body, withVariables(scope, [name]));
      return { nodeType: 'let', varName: name, value, body };
    }
    case 'application':
      return { nodeType: 'fnApply', function: writeLambda(node.lambda, scope), params: [profileRoot] };
    case 'chain':
      return writeChain(node, scope, writer);
    default:
      return assertNever(node);
  }
}

/** A lambda that is written as one. */
export function writeLambda(lambda: Lambda, scope: Scope): PqlNode {
  const varNames = lambda.parameters.map(({ name }) => name);
  return { nodeType: 'lambda', varNames, body: writeNode(lambda.body, withVariables(scope, varNames)) };
}

/** What is read in the item, as a lambda of the item. */
function writeItemLambda(body: Expression, scope: Scope): PqlNode {
  const inside = withItem(scope, implicitItem);
  return { nodeType: 'lambda', varNames: [implicitItem], body: writeNode(body, inside) };
}

function lookup(fieldName: string, object: PqlNode): PqlNode {
  return { nodeType: 'fieldLookup', fieldName, object };
}

/** Brackets that change nothing leave no trace in the parameters; this keeps them. */
function bracketedWhen(condition: boolean, node: PqlNode): PqlNode {
  return condition ? { ...node, bracketed: true } : node;
}

const eventsName = 'xEvent';

/** Events and bare names outside of filters belong to the profile. Source: docs/pql.md, "Names". */
function writeName({ name }: Name, scope: Scope): PqlNode {
  if (name === eventsName) return lookup(name, profileRoot);
  if (scope.variables.has(name)) return { nodeType: 'varRef', varName: name };
  return lookup(name, scope.contexts === 0 ? profileRoot : { nodeType: 'varRef', varName: implicitItem });
}

function writeLiteral(node: Literal): PqlNode {
  const literal = (literalType: string, value: Json): PqlNode => ({
    nodeType: 'literal',
    literalType,
    value,
  });
  switch (node.type) {
    case 'string':
      return literal('String', node.value);
    case 'integer':
      return literal('Integer', node.value);
    case 'double':
      return literal('Double', node.value);
    case 'boolean':
      return literal('Boolean', node.value);
    case 'null':
      return literal('Null', null);
    default:
      return assertNever(node);
  }
}

/** `-5` is a literal in pql/json, a minus before a number in text. */
function negatedLiteral(operand: Expression): PqlNode | undefined {
  if (operand.kind !== 'literal' || operand.value === 0) return undefined;
  if (operand.type === 'integer')
    return { nodeType: 'literal', literalType: 'Integer', value: -operand.value };
  if (operand.type === 'double') return { nodeType: 'literal', literalType: 'Double', value: -operand.value };
  return undefined;
}

/** Plain values where every item is one, as Adobe writes lists; nodes otherwise. */
function writeItems(list: ListLiteral, scope: Scope): readonly Json[] {
  const plain = list.items.map(plainValue);
  const isPlain = plain.every((value) => value !== undefined);
  return isPlain ? plain : list.items.map((item) => writeNode(item, scope));
}

/** A literal as plain JSON, where that says its type too. */
function plainValue(node: Expression): Json | undefined {
  if (node.kind === 'negation') {
    const value = plainValue(node.operand);
    return typeof value === 'number' && value > 0 ? -value : undefined;
  }
  if (node.kind !== 'literal') return undefined;
  return node.type === 'double' && Number.isSafeInteger(node.value) ? undefined : node.value;
}

function writeAccess(base: Expression, steps: readonly AccessStep[], scope: Scope): PqlNode {
  let node = bracketedWhen(base.kind === 'access', writeNode(base, scope));
  // Without a word a field of the profile is a bare name.
  const isRoot = base.kind === 'parameter' && base.position === 1;
  if (isRoot && steps[0]?.kind === 'member') node = { ...node, explicit: true };
  for (const step of steps) node = writeStep(node, step, scope);
  return node;
}

function writeStep(receiver: PqlNode, step: AccessStep, scope: Scope): PqlNode {
  switch (step.kind) {
    case 'member':
      return lookup(step.name, receiver);
    case 'filter':
      return call('filter', 'filter', [receiver, writeItemLambda(step.condition, scope)]);
    case 'method': {
      const { name, args } = step;
      const [first, ...others] = args;
      if (first === undefined) return call('method', name, [receiver]);
      const isInItem = itemMethods.has(name) && first.kind !== 'lambda';
      const written = isInItem ? writeItemLambda(first, scope) : writeArgument(first, scope);
      return call('method', name, [receiver, written, ...writeArguments(others, scope)]);
    }
    default:
      return assertNever(step);
  }
}

function writeArguments(args: readonly Argument[], scope: Scope): readonly PqlNode[] {
  return args.map((argument) => writeArgument(argument, scope));
}

function writeArgument(argument: Argument, scope: Scope): PqlNode {
  return argument.kind === 'lambda' ? writeLambda(argument, scope) : writeNode(argument, scope);
}

/** `a + b - c` is `-` of (`+` of a and b) and c. */
function writeArithmetic({ level, first, rest }: Arithmetic, scope: Scope): PqlNode {
  const isSame = first.kind === 'arithmetic' && first.level === level;
  let node = bracketedWhen(isSame, writeNode(first, scope));
  for (const { operator, operand } of rest) {
    node = call('operator', operator, [node, writeNode(operand, scope)]);
  }
  return node;
}

/** Each declaration sees the variables before it, its condition its own too. */
function writeDeclarations(
  declarations: readonly VariableDeclaration[],
  scope: Scope,
): { readonly variables: readonly PqlNode[]; readonly inner: Scope } {
  let inner = scope;
  const variables: PqlNode[] = [];
  for (const { variable, source, where } of declarations) {
    const from = writeNode(source, inner);
    inner = withVariables(inner, [variable.name]);
    const condition = where === null ? {} : { where: writeNode(where, inner) };
    variables.push({ nodeType: 'varDecl', varName: variable.name, from, ...condition });
  }
  return { variables, inner };
}
