import type { ComparisonOperator } from '../ast';
import type { Span } from '../source';
import type { Field, Typed } from '../typed-tree';
import { booleanType, no } from '../typed-tree';
import type { Checker } from './checker';
import { allOf, defined } from './collections';

/** What makes an object this one: the way to it, and its place in each list on the way. */
interface Identity {
  readonly way: string;
  readonly places: readonly Typed[];
}

export interface ComparedObjects {
  readonly operator: ComparisonOperator;
  readonly left: Typed;
  readonly right: Typed;
  readonly span: Span;
}

/** `=` and `!=` of objects: an object is equal only to itself, whatever it holds. See docs/pql.md, "Values". */
export function compareObjects({ operator, left, right, span }: ComparedObjects, checker: Checker): Typed {
  if (operator !== '=' && operator !== '!=') {
    const problem = `Objects have no order: "${operator}" needs numbers, times or texts.`;
    return checker.error('type-mismatch', span, { problem });
  }
  const [one, other] = [identityOf(left, checker), identityOf(right, checker)];
  if (one === undefined || other === undefined) {
    return checker.error('unsupported', span, {
      what: 'Comparing objects out of a list that a function made',
    });
  }
  const areThere = [defined(left), defined(right)];
  const isSame = one.way === other.way ? samePlaces(one, other) : no;
  if (operator === '=') return allOf([...areThere, isSame]);
  return allOf([...areThere, { kind: 'not', type: booleanType, operand: isSame }]);
}

function samePlaces(one: Identity, other: Identity): Typed {
  return allOf(
    one.places.flatMap((left, index): readonly Typed[] => {
      const right = other.places[index];
      return right === undefined ? [] : [{ kind: 'compare', type: booleanType, operator: '=', left, right }];
    }),
  );
}

/** Undefined where an item's place in the list that it was first in is not known any more. */
function identityOf(value: Typed, checker: Checker): Identity | undefined {
  if (value.kind === 'first') {
    const identity = identityOf(value.value, checker);
    if (identity === undefined) return undefined;
    const places = identity.places.map((place): Typed => ({ ...value, type: place.type, value: place }));
    return { ...identity, places };
  }
  return value.kind === 'field' ? identityOfField(value, checker) : undefined;
}

function identityOfField({ owner, path }: Field, checker: Checker): Identity | undefined {
  if (owner.kind === 'profile') return { way: path, places: [] };
  const place: Typed = { kind: 'position', type: { kind: 'integer' }, owner };
  if (owner.kind === 'event') return { way: `xEvent/${path}`, places: [place] };
  const source = checker.sourceOf(owner.item);
  if (source?.kind !== 'list') return undefined;
  const list = identityOf(source.list, checker);
  return list && { way: `${list.way}/${path}`, places: [...list.places, place] };
}
