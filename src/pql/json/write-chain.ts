import { assertNever } from '../../lib/assert';
import type { Chain, ChainClause, ChainElement } from '../ast';
import type { PqlNode } from './json-node';
import type { Scope } from './scope';
import { whenScope } from './scope';
import { writeTimeConstraint } from './write-time';
import type { Writer } from './writer';

/** A sequence of events. A condition on time sees the elements before its own. */
export function writeChain({ array, timestamp, elements }: Chain, scope: Scope, writer: Writer): PqlNode {
  const names = elements.map(({ name }) => name.name);
  return {
    nodeType: 'chain',
    array: writer.writeNode(array, scope),
    timestampField: writer.writeItemLambda(timestamp, scope),
    elements: elements.map((element, index) =>
      writeElement(element, { scope, earlier: names.slice(0, index), writer }),
    ),
  };
}

interface ElementPlace {
  readonly scope: Scope;
  /** Names of the elements before. */
  readonly earlier: readonly string[];
  readonly writer: Writer;
}

type Member = Omit<PqlNode, 'nodeType'>;

/** One member for each clause; a list of them where that would lose their order or a second one of a kind. */
function writeElement({ name, what, clauses }: ChainElement, place: ElementPlace): Member {
  const head = { name: name.name, what: place.writer.writeItemLambda(what, place.scope) };
  const order = clauses.map(({ kind }) => usualOrder.indexOf(kind));
  const isUsual = order.every((rank, index) => index === 0 || rank > (order[index - 1] ?? -1));
  const written = clauses.map((clause) => writeClause(clause, place));
  return isUsual
    ? written.reduce((all, one) => ({ ...all, ...one }), head as Member)
    : { ...head, clauses: written };
}

const usualOrder: readonly ChainClause['kind'][] = ['where', 'when', 'count'];

function writeClause(clause: ChainClause, { scope, earlier, writer }: ElementPlace): Member {
  switch (clause.kind) {
    case 'where':
      return { where: writer.writeItemLambda(clause.condition, scope) };
    case 'when':
      return { when: writeTimeConstraint(clause.tail, whenScope(scope, earlier), writer) };
    case 'count': {
      const value = writer.writeNode(clause.count, scope);
      const isExplicit = clause.operator === '>=' ? { explicit: true } : {};
      return { count: { comparison: clause.operator ?? '>=', value, ...isExplicit } };
    }
    default:
      return assertNever(clause);
  }
}
