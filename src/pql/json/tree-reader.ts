import type { Argument, Expression, Identifier, Lambda, Query } from '../ast';
import type { Reporter } from '../reporter';
import { limits } from '../source';
import { nearestName } from '../../lib/nearest-name';
import { isReservedWord } from '../words';
import { isWord } from './call-node';
import { lambdaNames } from './json-node';
import { child, describe, has, nodeTypeOf, wholeNumberOf } from './place';
import { readAccess } from './read-access';
import { readApplication } from './read-call';
import { readChain } from './read-chain';
import { readLiteral, readPlain } from './read-literal';
import { readDeclarations } from './read-variables';
import type { Place, Reader } from './reader';
import { lost, nowhere } from './reader';
import type { Scope } from './scope';
import { outermost, withItem, withVariables } from './scope';

/**
 * Nodes within nodes, steps of paths and left operands aside: half of what the stack has been seen to take. Every tree that
 * we write keeps below it.
 */
const deepestNode = 500;
/** A node is at least a character of text. */
const mostNodes = limits.textUnits;

const nodeTypes: readonly string[] = [
  ...['literal', 'fieldLookup', 'fnApply', 'parameterReference', 'varRef', 'upReference', 'object', 'let'],
  ...['select', 'set', 'exists', 'forall', 'aggregate', 'chain'],
];
/** Nodes that stand only within certain others. */
const parts: readonly string[] = ['lambda', 'fnCreate', 'varDecl', 'timeConstraint', 'timeRef'];

/** Reads a tree whatever dialect it is in; what cannot be read is reported, each fault once. */
export class TreeReader implements Reader {
  private depth = 0;
  private nodes = 0;
  private readonly said = new Set<string>();

  constructor(private readonly reporter: Reporter) {}

  /** The whole tree; what it answers is of no use where errors were reported. */
  readQuery(tree: unknown): Query {
    const root: Place = { value: tree, pointer: '' };
    const isLambda = lambdaNames(tree) !== undefined;
    const body = isLambda ? this.readLambda(root, outermost) : this.readNode(root, outermost);
    return { kind: 'query', span: nowhere, body };
  }

  readNode(place: Place, scope: Scope): Expression {
    this.nodes += 1;
    if (this.nodes > mostNodes) return this.tooLarge(place);
    if (this.depth >= deepestNode) return this.tooDeep();
    this.depth += 1;
    try {
      return this.dispatch(place, scope);
    } finally {
      this.depth -= 1;
    }
  }

  readValue(place: Place, scope: Scope): Expression {
    if (this.depth >= deepestNode) return this.tooDeep();
    this.depth += 1;
    try {
      return readPlain(place, scope, this) ?? this.readNode(place, scope);
    } finally {
      this.depth -= 1;
    }
  }

  readLambda(place: Place, scope: Scope): Lambda {
    const list = child(place, nodeTypeOf(place) === 'fnCreate' ? 'params' : 'varNames');
    if (lambdaNames(place.value) === undefined) {
      this.fault(place, `A lambda is needed here, not ${describe(place)}.`);
    }
    const parameters = this.readArray(list, 'The variables of a lambda').map((item) =>
      this.readIdentifier(typeof item.value === 'string' ? item : child(item, 'varName'), 'A variable'),
    );
    const names = parameters.map(({ name }) => name);
    const body = this.readNode(child(place, 'body'), withVariables(scope, names));
    return { kind: 'lambda', span: nowhere, parameters, body };
  }

  readItemLambda(place: Place, scope: Scope): Expression {
    const names = lambdaNames(place.value);
    // Not a lambda: a value that is looked at for each item.
    if (names === undefined) return this.readNode(place, withItem(scope, ''));
    const [name] = names;
    if (names.length !== 1 || typeof name !== 'string') {
      return this.fault(place, 'A lambda of one variable, the item, is needed here.');
    }
    return this.readNode(child(place, 'body'), withItem(scope, name));
  }

  readArguments(places: readonly Place[], scope: Scope): readonly Argument[] {
    return places.map((place) => {
      const isLambda = lambdaNames(place.value) !== undefined;
      return isLambda ? this.readLambda(place, scope) : this.readNode(place, scope);
    });
  }

  readIdentifier(place: Place, what: string): Identifier {
    const { value } = place;
    if (!isWord(value)) {
      this.fault(place, `${what} is a name of letters, digits and "_", not ${describe(place)}.`);
    } else if (isReservedWord(value)) {
      this.fault(place, `"${value}" is a word of PQL and cannot be a name.`);
    }
    return { name: isWord(value) ? value : '_', span: nowhere };
  }

  readArray(place: Place, what: string): readonly Place[] {
    const { value } = place;
    if (Array.isArray(value)) return value.map((_, index) => child(place, index));
    this.fault(place, `${what} should be a list, not ${describe(place)}.`);
    return [];
  }

  readRow(place: Place, what: string): readonly Place[] {
    const places = this.readArray(place, what);
    const excess = places[limits.row];
    if (excess !== undefined) this.fault(excess, `More than ${limits.row} ${what} stand in a row.`);
    return places.slice(0, limits.row);
  }

  readWord<Word extends string>(place: Place, words: readonly Word[]): Word {
    const [first] = words;
    const found = words.find((word) => word === place.value);
    if (first === undefined) throw new Error('Invariant broken: there are words to choose from');
    if (found === undefined) this.fault(place, `One of ${words.join(', ')} is needed here.`);
    return found ?? first;
  }

  fault(place: Place, problem: string): Expression {
    if (this.isNews(place)) this.reporter.error('invalid-tree', nowhere, { pointer: place.pointer, problem });
    return lost;
  }

  unknown(place: Place, what: string, suggestion?: string): Expression {
    const { pointer } = place;
    if (this.isNews(place)) this.reporter.error('unknown-node', nowhere, { pointer, what, suggestion });
    return lost;
  }

  private dispatch(place: Place, scope: Scope): Expression {
    const type = nodeTypeOf(place);
    switch (type) {
      case 'literal':
        return readLiteral(place, scope, this);
      case 'fieldLookup':
        return readAccess(place, scope, this);
      case 'fnApply':
        return has(place, 'function') ? readApplication(place, scope, this) : readAccess(place, scope, this);
      case 'parameterReference':
        return this.readParameter(place);
      case 'varRef':
        return this.readVariable(child(place, 'varName'), scope);
      case 'object':
        return this.readObject(place, scope);
      case 'let':
        return this.readLet(place, scope);
      case 'select':
      case 'set': {
        const { variables } = readDeclarations(child(place, 'variables'), scope, this);
        return { kind: 'select', span: nowhere, variables };
      }
      case 'exists':
      case 'forall': {
        const { variables } = readDeclarations(child(place, 'variables'), scope, this);
        return { kind: 'quantifier', span: nowhere, quantifier: type, variables };
      }
      case 'aggregate':
        return this.readAggregate(place, scope);
      case 'chain':
        return readChain(place, scope, this);
      default:
        return this.refuseNode(place, type);
    }
  }

  private refuseNode(place: Place, type: unknown): Expression {
    if (typeof type !== 'string') {
      return this.fault(place, `A node, an object with a nodeType, is needed here, not ${describe(place)}.`);
    }
    if (type === 'upReference') return this.fault(place, 'An upReference is the object of a fieldLookup.');
    if (parts.includes(type)) return this.fault(place, `A ${type} cannot stand here.`);
    const suggestion = nearestName(type, [...nodeTypes, ...parts]);
    return this.unknown(child(place, 'nodeType'), `the nodeType "${type}"`, suggestion);
  }

  /** `$1`, the profile. */
  private readParameter(place: Place): Expression {
    const position = child(place, 'position');
    const number = wholeNumberOf(position.value);
    if (number === undefined) return this.fault(position, 'A position is a whole number.');
    return { kind: 'parameter', span: nowhere, position: number };
  }

  private readVariable(place: Place, scope: Scope): Expression {
    const { value: name } = place;
    if (typeof name !== 'string') return this.fault(place, 'A varRef has a varName.');
    const meaning = scope.variables.get(name);
    if (meaning === 'variable') return { kind: 'name', span: nowhere, name };
    if (meaning !== undefined) {
      return this.fault(place, 'Text has no name for the item itself here, only for its fields.');
    }
    const suggestion = nearestName(name, scope.variables.keys());
    return this.unknown(place, `the variable "${name}"`, suggestion);
  }

  private readObject(place: Place, scope: Scope): Expression {
    const entries = this.readArray(child(place, 'entries'), 'entries').map((entry) => {
      const key = child(entry, 'key');
      const name = typeof key.value === 'string' ? key.value : '';
      if (typeof key.value !== 'string') this.fault(key, 'A key is a text.');
      return { key: name, value: this.readNode(child(entry, 'value'), scope) };
    });
    return { kind: 'object', span: nowhere, entries };
  }

  private readLet(place: Place, scope: Scope): Expression {
    const variable = this.readIdentifier(child(place, 'varName'), 'A varName');
    const value = this.readNode(child(place, 'value'), scope);
    const body = this.readNode(child(place, 'body'), withVariables(scope, [variable.name]));
    return { kind: 'let', span: nowhere, variable, value, body };
  }

  private readAggregate(place: Place, scope: Scope): Expression {
    const aggregate = this.readWord(child(place, 'aggregate'), ['sum', 'average', 'min', 'max'] as const);
    const { variables, inner } = readDeclarations(child(place, 'variables'), scope, this);
    const value = has(place, 'value') ? this.readNode(child(place, 'value'), inner) : null;
    if (value === null && variables.length > 1) {
      this.fault(place, 'An aggregate of several variables has a value.');
    }
    return { kind: 'aggregate', span: nowhere, aggregate, value, variables };
  }

  private tooDeep(): Expression {
    if (this.isNews({ value: null, pointer: 'depth' })) this.reporter.error('too-deep', nowhere, {});
    return lost;
  }

  private tooLarge(place: Place): Expression {
    if (this.isNews({ value: null, pointer: 'size' })) {
      const problem = `The tree has more nodes than a rule has characters: ${mostNodes}.`;
      this.reporter.error('invalid-tree', nowhere, { pointer: place.pointer, problem });
    }
    return lost;
  }

  private isNews({ pointer }: Place): boolean {
    if (this.said.has(pointer)) return false;
    this.said.add(pointer);
    return true;
  }
}
