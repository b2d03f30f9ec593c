import type { Chain, ChainClause, ChainElement, ComparisonOperator } from '../../../src/pql/ast';
import { asNumber, compares } from './comparing';
import { occurs } from './references';
import type { Evaluate, Scope } from './scope';
import { withItem, withVariable } from './scope';
import type { Value } from './values';
import { instant, isTime, isTrue, itemsOf } from './values';

interface Place {
  readonly scope: Scope;
  readonly evaluate: Evaluate;
}

/** An event and when it happened; one without a time has no place in an order. */
interface Moment {
  readonly event: Value;
  readonly ms: number;
}

/**
 * Can each element be given events, all of them strictly later than those of the element before it? Every choice is
 * tried, so that an early choice never hides a later one.
 */
export function holdsChain(node: Chain, place: Place): boolean {
  const moments = itemsOf(place.evaluate(node.array, place.scope)).flatMap((event) => {
    const time = place.evaluate(node.timestamp, withItem(place.scope, event));
    return isTime(time) ? [{ event, ms: time.ms }] : [];
  });
  return follows(node.elements, { moments, after: -Infinity, place });
}

interface Search {
  readonly moments: readonly Moment[];
  /** The time of the last event taken. */
  readonly after: number;
  /** Names of earlier elements are seen as variables here: the time of their last event. */
  readonly place: Place;
}

function follows(elements: readonly ChainElement[], search: Search): boolean {
  const [element, ...others] = elements;
  if (element === undefined) return true;
  const { place } = search;
  const matching = search.moments.filter(
    (moment) => moment.ms > search.after && isMeant(element, moment, place),
  );
  const count = element.clauses.find((clause) => clause.kind === 'count');
  if (count !== undefined && !isAtLeast(count)) return countsTo(count, matching.length, place);
  // Whichever event is the last of the element's, those up to its time can be its companions.
  return matching.some((last) => {
    const companions = matching.filter((moment) => moment.ms <= last.ms);
    if (count === undefined || countsTo(count, companions.length, place)) {
      const scope = withVariable(place.scope, element.name.name, instant(last.ms));
      return follows(others, { ...search, after: last.ms, place: { ...place, scope } });
    }
    return false;
  });
}

/** WHAT and WHERE are true of the event, and its time is as WHEN says; bare names are the event's in all three. */
function isMeant(element: ChainElement, { event, ms }: Moment, place: Place): boolean {
  const inner = { ...place, scope: withItem(place.scope, event) };
  const holds = (clause: ChainClause): boolean => {
    if (clause.kind === 'where') return isTrue(inner.evaluate(clause.condition, inner.scope));
    return clause.kind === 'count' || occurs(instant(ms), clause.tail, inner);
  };
  return isTrue(inner.evaluate(element.what, inner.scope)) && element.clauses.every(holds);
}

type Count = Extract<ChainClause, { readonly kind: 'count' }>;

/** `COUNT(5)` and `COUNT(>= 5)` are satisfied by any group that is large enough; the others look at all matches. */
function isAtLeast({ operator }: Count): boolean {
  return operator === null || operator === '>=' || operator === '>';
}

function countsTo({ operator, count }: Count, found: number, { scope, evaluate }: Place): boolean {
  return compares(found, operator ?? ('>=' satisfies ComparisonOperator), asNumber(evaluate(count, scope)));
}
