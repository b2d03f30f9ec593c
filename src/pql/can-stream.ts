import type { Chain, ChainElement, Expression, OccursTail } from './ast';
import type { CheckedRule } from './check/check-pql';
import type { TimeUnit } from './words';

const hoursOf: Readonly<Partial<Record<TimeUnit, number>>> = {
  millisecond: 1 / 3_600_000,
  second: 1 / 3600,
  minute: 1 / 60,
  hour: 1,
  day: 24,
};

const longestWindowHours = 24;

/**
 * True where Adobe evaluates a rule as data come in: one of attributes alone, or one that looks at events once, within 24
 * hours, several of them in a strict order of time; and not by their absence alone, nor together with `inSegment`.
 *
 * Source: contract of the REST API §4.2, "Streaming/edge eligibility".
 */
export function canStream({ query, attributes, segmentIds }: CheckedRule): boolean {
  if (!attributes.some((path) => path === 'xEvent' || path.startsWith('xEvent.'))) return true;
  if (segmentIds.length > 0 || isAbsence(query.body)) return false;
  const { eventNames, chains, tails } = findEventTests(query);
  if (eventNames !== 1) return false;
  const [chain] = chains;
  return chain === undefined ? tails.some(isNarrow) : chain.elements.every(hasNarrowWindow);
}

/** `not(…)` around the whole rule. */
function isAbsence(body: Expression | { readonly kind: 'lambda'; readonly body: Expression }): boolean {
  return (body.kind === 'lambda' ? body.body : body).kind === 'not';
}

function hasNarrowWindow({ clauses }: ChainElement): boolean {
  return clauses.some((clause) => clause.kind === 'when' && isNarrow(clause.tail));
}

/** `< 24 hours before now`, `<= 1 day after A`, `today`. */
function isNarrow(tail: OccursTail): boolean {
  if (tail.form === 'on') return tail.reference.kind === 'today';
  if (tail.form !== 'distance' || (tail.operator !== '<' && tail.operator !== '<=')) return false;
  const { amount, unit } = tail;
  const hours = hoursOf[unit];
  if (amount.kind !== 'literal' || typeof amount.value !== 'number' || hours === undefined) return false;
  return amount.value * hours <= longestWindowHours;
}

interface EventTests {
  /** How often the rule says `xEvent`. */
  readonly eventNames: number;
  readonly chains: readonly Chain[];
  readonly tails: readonly OccursTail[];
}

/** Without recursion, and over whatever nodes there are: only three kinds are of interest. */
function findEventTests(query: CheckedRule['query']): EventTests {
  let eventNames = 0;
  const chains: Chain[] = [];
  const tails: OccursTail[] = [];
  const open: unknown[] = [query];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    const node = next as Partial<Expression>;
    if (node.kind === 'name' && node.name === 'xEvent') eventNames += 1;
    if (node.kind === 'chain') chains.push(next as Chain);
    if (node.kind === 'occurs' && node.tail !== undefined) tails.push(node.tail);
    for (const inner of Object.values(next)) if (inner !== undefined) open.push(inner);
  }
  return { eventNames, chains, tails };
}
