import type { Chain, ChainClause, ChainElement, ComparisonOperator, Expression } from '../ast';
import { child, describe, has } from './place';
import { readTimeConstraint } from './read-time';
import type { Place, Reader } from './reader';
import { nowhere } from './reader';
import type { Scope } from './scope';
import { whenScope } from './scope';
import { isRecord } from '../../lib/is-record';

/** A sequence of events. Names of elements may be left out; they are E1, E2 … then. */
export function readChain(place: Place, scope: Scope, reader: Reader): Chain {
  const elements: ChainElement[] = [];
  const places = reader.readRow(child(place, 'elements'), 'elements');
  if (places.length === 0) reader.fault(child(place, 'elements'), 'A chain has at least one element.');
  places.forEach((element, index) => {
    const earlier = elements.map(({ name }) => name.name);
    elements.push(readElement(element, { scope, reader, earlier, index }));
  });
  return {
    kind: 'chain',
    span: nowhere,
    array: reader.readNode(child(place, 'array'), scope),
    timestamp: readTimestamp(child(place, 'timestampField'), scope, reader),
    elements,
  };
}

/** A lambda of the event, or its path as a text. */
function readTimestamp(place: Place, scope: Scope, reader: Reader): Expression {
  if (typeof place.value !== 'string') return reader.readItemLambda(place, scope);
  const [first, ...others] = place.value.split('.').map((name) => ({ value: name, pointer: place.pointer }));
  const base: Expression = {
    kind: 'name',
    span: nowhere,
    name: reader.readIdentifier(first ?? place, 'A timestampField').name,
  };
  if (others.length === 0) return base;
  const steps = others.map((part) => {
    const { name } = reader.readIdentifier(part, 'A timestampField');
    return { kind: 'member' as const, span: nowhere, name };
  });
  return { kind: 'access', span: nowhere, base, steps };
}

interface ElementReading {
  readonly scope: Scope;
  readonly reader: Reader;
  /** Names of the elements before. */
  readonly earlier: readonly string[];
  readonly index: number;
}

const clauseKinds = ['where', 'when', 'count'] as const;
const knownMembers: readonly string[] = [...clauseKinds, 'nodeType', 'name', 'what', 'clauses'];

function readElement(place: Place, reading: ElementReading): ChainElement {
  const { scope, reader, index } = reading;
  refuseUnknownMembers(place, knownMembers, reader);
  const name = has(place, 'name')
    ? reader.readIdentifier(child(place, 'name'), 'The name of an element')
    : { name: `E${index + 1}`, span: nowhere };
  const what = reader.readItemLambda(child(place, 'what'), scope);
  const listed = has(place, 'clauses') ? reader.readArray(child(place, 'clauses'), 'clauses') : [];
  const clauses = [...readClauses(place, reading), ...listed.flatMap((one) => readClauses(one, reading))];
  return { span: nowhere, name, what, clauses };
}

function readClauses(place: Place, { scope, reader, earlier }: ElementReading): readonly ChainClause[] {
  return clauseKinds
    .filter((kind) => has(place, kind))
    .map((kind): ChainClause => {
      const clause = child(place, kind);
      switch (kind) {
        case 'where':
          return { kind, condition: reader.readItemLambda(clause, scope) };
        case 'when':
          return { kind, tail: readTimeConstraint(clause, whenScope(scope, earlier), reader) };
        case 'count':
          return readCount(clause, scope, reader);
      }
    });
}

const comparisons: readonly ComparisonOperator[] = ['=', '!=', '<', '<=', '>', '>='];

/** `COUNT(n)` is at least n: without a comparison, or with `>=` that is not said to be explicit. */
function readCount(place: Place, scope: Scope, reader: Reader): ChainClause {
  if (!isRecord(place.value) || has(place, 'nodeType')) {
    return { kind: 'count', operator: null, count: reader.readValue(place, scope) };
  }
  refuseUnknownMembers(place, ['comparison', 'value', 'explicit'], reader);
  const comparison = child(place, 'comparison');
  const operator = has(place, 'comparison') ? reader.readWord(comparison, comparisons) : '>=';
  const isPlain = operator === '>=' && child(place, 'explicit').value !== true;
  const count = reader.readValue(child(place, 'value'), scope);
  return { kind: 'count', operator: isPlain ? null : operator, count };
}

/** How Adobe writes these is not published: what we do not know might change what the rule means. */
function refuseUnknownMembers(place: Place, known: readonly string[], reader: Reader): void {
  if (!isRecord(place.value)) {
    reader.fault(place, `An object is needed here, not ${describe(place)}.`);
    return;
  }
  for (const name of Object.keys(place.value)) {
    if (!known.includes(name)) reader.unknown(child(place, name), `the member "${name}" of an element`);
  }
}
