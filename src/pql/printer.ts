import { assertNever } from '../lib/assert';
import type {
  AccessStep,
  Argument,
  ChainClause,
  ChainElement,
  Expression,
  Lambda,
  Literal,
  OccursTail,
  Query,
  TimeReference,
  VariableDeclaration,
} from './ast';

/** How tightly a form binds; a looser one within a tighter one needs brackets. */
const binding = {
  open: 0,
  or: 1,
  and: 2,
  not: 3,
  relation: 4,
  additive: 5,
  multiplicative: 6,
  unary: 7,
  postfix: 8,
};
const primary = 9;

/** Writes a rule in its canonical form: parsing that gives an equal tree. */
export function printPql(query: Query): string {
  const { body } = query;
  if (body.kind === 'lambda') return printLambda(body);
  return isOpenEnded(body) ? printBare(body) : print(body, binding.open);
}

function print(node: Expression, needed: number): string {
  const bare = printBare(node);
  // An open-ended form would swallow what follows it, even a comma of the list around.
  return isOpenEnded(node) || bindingOf(node) < needed ? `(${bare})` : bare;
}

function isOpenEnded(node: Expression): boolean {
  return ['select', 'quantifier', 'aggregate', 'let'].includes(node.kind);
}

function bindingOf(node: Expression): number {
  switch (node.kind) {
    case 'logical':
      return node.operator === 'or' ? binding.or : binding.and;
    case 'not':
      return binding.not;
    case 'comparison':
    case 'membership':
    case 'match':
    case 'occurs':
      return binding.relation;
    case 'arithmetic':
      return node.level === 'additive' ? binding.additive : binding.multiplicative;
    case 'negation':
      return binding.unary;
    case 'access':
      return binding.postfix;
    case 'select':
    case 'quantifier':
    case 'aggregate':
    case 'let':
      return binding.open;
    default:
      return primary;
  }
}

function printBare(node: Expression): string {
  switch (node.kind) {
    case 'literal':
      return printLiteral(node);
    case 'list':
      return `[${node.items.map((item) => print(item, binding.open)).join(', ')}]`;
    case 'object':
      return `{${node.entries.map(({ key, value }) => `${printString(key)}: ${print(value, binding.open)}`).join(', ')}}`;
    case 'name':
      return node.name;
    case 'parameter':
      return `$${node.position}`;
    case 'up':
      return `${'^'.repeat(node.levels)}.${node.name}`;
    case 'call':
      return `${node.name}${printArguments(node.args)}`;
    case 'access':
      return print(node.base, primary) + node.steps.map(printStep).join('');
    case 'negation':
      return `-${print(node.operand, binding.postfix)}`;
    case 'arithmetic': {
      const operandBinding = bindingOf(node) + 1;
      const rest = node.rest.map(({ operator, operand }) => ` ${operator} ${print(operand, operandBinding)}`);
      return print(node.first, operandBinding) + rest.join('');
    }
    case 'comparison':
    case 'membership':
    case 'match':
      return `${print(node.left, binding.additive)} ${node.operator} ${print(node.right, binding.additive)}`;
    case 'occurs':
      return `${print(node.time, binding.additive)} occurs ${printOccursTail(node.tail)}`;
    case 'not':
      return `not ${print(node.operand, binding.not)}`;
    case 'logical':
      return node.operands.map((operand) => print(operand, bindingOf(node) + 1)).join(` ${node.operator} `);
    case 'select':
      return `select ${printDeclarations(node.variables)}`;
    case 'quantifier':
      return `${node.quantifier} ${printDeclarations(node.variables)}`;
    case 'aggregate': {
      const declarations = printDeclarations(node.variables);
      return node.value === null
        ? `${node.aggregate} ${declarations}`
        : `${node.aggregate} ${print(node.value, binding.open)} over ${declarations}`;
    }
    case 'let':
      return `let ${node.variable.name} = (${printBare(node.value)}) in (${printBare(node.body)})`;
    case 'application':
      return `(${printLambda(node.lambda)})`;
    case 'chain': {
      const elements = node.elements.map(printElement).join(', ');
      return `chain(${print(node.array, binding.additive)}, ${print(node.timestamp, binding.postfix)}, [${elements}])`;
    }
    default:
      return assertNever(node);
  }
}

function printLiteral(node: Literal): string {
  switch (node.type) {
    case 'string':
      return printString(node.value);
    case 'integer':
      return String(node.value);
    case 'double': {
      const digits = String(node.value);
      return /^[0-9]+$/.test(digits) ? `${digits}.0` : digits;
    }
    case 'boolean':
      return String(node.value);
    case 'null':
      return 'null';
    default:
      return assertNever(node);
  }
}

/** The escapes of PQL strings are those of JSON. */
function printString(value: string): string {
  return JSON.stringify(value);
}

function printLambda(lambda: Lambda): string {
  const names = lambda.parameters.map(({ name }) => name).join(', ');
  return `(${names}) => ${print(lambda.body, binding.open)}`;
}

function printArguments(args: readonly Argument[]): string {
  const printed = args.map((arg) => (arg.kind === 'lambda' ? printLambda(arg) : print(arg, binding.open)));
  return `(${printed.join(', ')})`;
}

function printStep(step: AccessStep): string {
  switch (step.kind) {
    case 'member':
      return `.${step.name}`;
    case 'method':
      return `.${step.name}${printArguments(step.args)}`;
    case 'filter':
      return `[${print(step.condition, binding.open)}]`;
    default:
      return assertNever(step);
  }
}

function printDeclarations(variables: readonly VariableDeclaration[]): string {
  return variables
    .map(({ variable, source, where }) => {
      const condition = where === null ? '' : ` where ${print(where, binding.open)}`;
      return `${variable.name} from ${print(source, binding.additive)}${condition}`;
    })
    .join(', ');
}

function printOccursTail(tail: OccursTail): string {
  switch (tail.form) {
    case 'distance': {
      const amount = print(tail.amount, binding.additive);
      return `${tail.operator} ${amount} ${tail.unit} ${tail.direction} ${printTimeReference(tail.reference)}`;
    }
    case 'direction':
      return `${tail.direction} ${printTimeReference(tail.reference)}`;
    case 'between':
      return `between ${printTimeReference(tail.first)} and ${printTimeReference(tail.last)}`;
    case 'on':
      return `on ${printTimeReference(tail.reference)}`;
    default:
      return assertNever(tail);
  }
}

function printTimeReference(reference: TimeReference): string {
  switch (reference.kind) {
    case 'calendar':
      return `${reference.which} ${reference.unit}`;
    case 'value':
      return print(reference.value, binding.additive);
    default:
      return reference.kind;
  }
}

function printElement(element: ChainElement): string {
  const clauses = element.clauses.map((clause) => ` ${printClause(clause)}`).join('');
  return `${element.name.name}: WHAT(${print(element.what, binding.open)})${clauses}`;
}

function printClause(clause: ChainClause): string {
  switch (clause.kind) {
    case 'where':
      return `WHERE(${print(clause.condition, binding.open)})`;
    case 'when':
      return `WHEN(${printOccursTail(clause.tail)})`;
    case 'count': {
      const operator = clause.operator === null ? '' : `${clause.operator} `;
      return `COUNT(${operator}${print(clause.count, binding.additive)})`;
    }
    default:
      return assertNever(clause);
  }
}
