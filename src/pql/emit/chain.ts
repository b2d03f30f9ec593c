import type { Sequence, SequenceElement, Typed } from '../typed-tree';
import { booleanType, yes } from '../typed-tree';
import type { Emitter } from './emitter';
import { combinationCountSql, combinationsSql, conjunction, someCombinationSql } from './generators';
import { fitsScan, leanedOn } from '../reach';

/** Where the group of an element can end; that is all that the groups after it ask about. */
type State = Earliest | Ends;

/** A column with the earliest end. An earlier one is always the better one, unless a later element leans on it. */
interface Earliest {
  readonly kind: 'earliest';
  readonly column: string;
}

/**
 * SQL of a list of all ends that matter. Where later elements lean on ends before this one, it is a list of structs: `t`,
 * the end itself, and `e<item>` for each of these.
 */
interface Ends {
  readonly kind: 'ends';
  readonly list: string;
  /** The item that stands for the end. */
  readonly end: number;
  readonly before: readonly number[];
}

/** An element that is not the last one, and what later elements want to know of its end. */
interface Step {
  readonly element: SequenceElement;
  /** Whether it matters which of several possible ends is taken; else the earliest serves. */
  readonly isChoice: boolean;
  /** Ends of earlier elements that later ones lean on. */
  readonly before: readonly number[];
}

/**
 * `chain(…)`, from element to element: the possible ends of a group out of those of the group before. All choices are
 * followed; where an element leans on the one before it, that takes the square of the number of events.
 */
export function emitChain({ elements }: Sequence, emitter: Emitter): string {
  const last = elements.at(-1);
  if (last === undefined) throw new Error('Invariant broken: a chain has elements');
  const state = stepsOf(elements).reduce<State | undefined>(
    (before, step) => (before === undefined ? begun(step, emitter) : continued(step, before, emitter)),
    undefined,
  );
  return ended(last, state, emitter);
}

function stepsOf(elements: readonly SequenceElement[]): readonly Step[] {
  const last = elements.at(-1);
  return elements.slice(0, -1).map((element, index) => {
    const needed = leanedOn(elements, index);
    // With more events less is left to count, so that a later end may be the better one.
    const countsExactly = index === elements.length - 2 && last?.count.operator !== '>=';
    const before = needed.filter((end) => end !== element.end);
    return { element, before, isChoice: needed.includes(element.end) || countsExactly };
  });
}

function begun(step: Step, emitter: Emitter): State {
  const { element, isChoice } = step;
  if (!isChoice && element.count.value === 1 && fitsScan(element.times)) {
    return { kind: 'earliest', column: emitter.sql(extreme('min', element)) };
  }
  return ends(step, `list_distinct(${endsOf(emitter.sql(element.times), step)})`);
}

function continued(step: Step, state: State, emitter: Emitter): Ends {
  const { element, isChoice, before } = step;
  if (state.kind === 'earliest') {
    return ends(step, `list_distinct(${endsOf(timesAfter(element, state.column, emitter), step)})`);
  }
  const isOfTimes = before.length === 0;
  if (isChoice && isOfTimes && element.count.value === 1) return ends(step, reached(element, state, emitter));
  const next = overEnds(state, emitter, (end, nameOf) => {
    const found = endsOf(timesAfter(element, end, emitter), step);
    const known = before.map((item) => `e${item} := ${nameOf(item)}`);
    return isOfTimes ? found : `list_transform(${found}, lambda t: struct_pack(t := t, ${known.join(', ')}))`;
  });
  const all = `flatten(list_transform(${state.list}, ${next}))`;
  return ends(step, isOfTimes && !isChoice ? `[list_min(${all})]` : `list_distinct(${all})`);
}

function ends({ element, before }: Step, list: string): Ends {
  return { kind: 'ends', list, end: element.end, before };
}

/** Where a group can end that is made of some of these times: at any from the n-th on, or at the n-th. */
function endsOf(times: string, { element, isChoice }: Step): string {
  const { value: count } = element.count;
  if (count === 1) return isChoice ? times : `[list_min(${times})]`;
  return `list_sort(${times})[${count}:${isChoice ? '' : count}]`;
}

/**
 * The times of one event before which some group can end: each event looks at the ends, so that never all pairs are
 * there at once.
 */
function reached({ times, relative }: SequenceElement, state: Ends, emitter: Emitter): string {
  const known = `"#k${state.end}"`;
  const candidates = combinationsSql(
    { generators: times.generators, isOrdered: false },
    () => {
      const time = emitter.sql(times.value);
      const isBefore = overEnds(state, emitter, (end) =>
        conjunction([`${time} > ${end}`, relative && emitter.sql(relative)]),
      );
      return `CASE WHEN len(list_filter(${known}, ${isBefore})) > 0 THEN ${time} END`;
    },
    emitter,
  );
  return `list_transform([${state.list}], lambda ${known}: list_distinct(${candidates}))[1]`;
}

/** The times of an element that come after an end, where the elements before it allow them. */
function timesAfter(element: SequenceElement, end: string, emitter: Emitter): string {
  const { times, relative } = element;
  if (relative === null) return `list_filter(${emitter.sql(times)}, lambda t: t > ${end})`;
  const all = combinationsSql(
    { generators: times.generators, isOrdered: false },
    () => `CASE WHEN ${isAfter(element, end, emitter)} THEN ${emitter.sql(times.value)} END`,
    emitter,
  );
  return `list_filter(${all}, lambda t: t IS NOT NULL)`;
}

function isAfter({ times, relative }: SequenceElement, end: string, emitter: Emitter): string {
  return conjunction([`${emitter.sql(times.value)} > ${end}`, relative && emitter.sql(relative)]);
}

/** A lambda over possible ends, within which elements find those that they lean on. */
function overEnds(
  { end, before }: Ends,
  emitter: Emitter,
  makeBody: (end: string, nameOf: (item: number) => string) => string,
): string {
  const name = `"#e${end}"`;
  const time = before.length === 0 ? name : `${name}.t`;
  const nameOf = (item: number): string => (item === end ? time : `${name}.e${item}`);
  const names = new Map([end, ...before].map((item) => [item, nameOf(item)]));
  return `lambda ${name}: ${emitter.withNames(names, () => makeBody(time, nameOf))}`;
}

/** Whether the last group can follow. */
function ended(element: SequenceElement, state: State | undefined, emitter: Emitter): string {
  if (state === undefined) return alone(element, emitter);
  if (state.kind === 'earliest') return `COALESCE(${canFollow(element, state.column, emitter)}, FALSE)`;
  const follows = overEnds(state, emitter, (end) => canFollow(element, end, emitter));
  return `COALESCE(len(list_filter(${state.list}, ${follows})) > 0, FALSE)`;
}

function alone({ times, count }: SequenceElement, emitter: Emitter): string {
  const { generators, value, distinct } = times;
  if (count.operator === '>=' && count.value === 1) {
    return emitter.sql({ kind: 'exists', type: booleanType, generators, condition: yes });
  }
  const type = { kind: 'integer' } as const;
  const all: Typed = { kind: 'aggregation', type, aggregate: 'count', generators, value, distinct };
  return `(${emitter.sql(all)} ${count.operator} ${emitter.bind(count.value, 'BIGINT')})`;
}

/** Whether enough events come after an end; null or false of an end that is null. */
function canFollow(element: SequenceElement, end: string, emitter: Emitter): string {
  const { times, relative, count } = element;
  const isOnce = count.operator === '>=' && count.value === 1;
  if (isOnce && relative === null && fitsScan(times))
    return `${emitter.sql(extreme('max', element))} > ${end}`;
  const { generators } = times;
  const condition = (): string => isAfter(element, end, emitter);
  if (isOnce) return someCombinationSql(generators, condition, emitter);
  const found =
    relative === null
      ? `len(${timesAfter(element, end, emitter)})`
      : combinationCountSql({ generators, isOrdered: false }, condition, emitter);
  return `(${end} IS NOT NULL AND COALESCE(${found}, 0) ${count.operator} ${emitter.bind(count.value, 'BIGINT')})`;
}

function extreme(aggregate: 'min' | 'max', { times }: SequenceElement): Typed {
  return { ...times, kind: 'aggregation', type: times.value.type, aggregate };
}
