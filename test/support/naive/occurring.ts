import type { ComparisonOperator, Direction } from '../../../src/pql/ast';
import type { TimeUnit } from '../../../src/pql/words';
import type { Stretch } from './calendar';
import { addUnits, unitAround } from './calendar';

/** What a time is compared with: a stretch, or an instant, of which `now` is the one with a rule of its own. */
export interface Reference extends Stretch {
  readonly isNow: boolean;
}

export interface Distance {
  readonly operator: ComparisonOperator;
  readonly amount: number;
  readonly unit: TimeUnit;
  readonly direction: Direction;
}

function isInstant(reference: Stretch): boolean {
  return reference.start === reference.end;
}

/** Before a stretch is before its start. */
export function isBefore(t: number, reference: Stretch): boolean {
  return t < reference.start;
}

/** After a stretch is at its end or later: the end is not part of it. After an instant is later than it. */
export function isAfter(t: number, reference: Stretch): boolean {
  return isInstant(reference) ? t > reference.start : t >= reference.end;
}

/** On a stretch is within it; on an instant is at it. */
export function isOn(t: number, reference: Stretch): boolean {
  return isInstant(reference) ? t === reference.start : isWithin(t, reference);
}

/** Both ends count: the whole of a last day, and a last instant itself. */
export function isBetween(t: number, first: Stretch, last: Stretch): boolean {
  return first.start <= t && (isInstant(last) ? t <= last.end : t < last.end);
}

function isWithin(t: number, stretch: Stretch): boolean {
  return stretch.start <= t && t < stretch.end;
}

/** `t occurs < 3 days before R`, in each direction. */
export function isAtDistance(t: number, distance: Distance, reference: Reference): boolean {
  if (distance.direction === 'before') return isAtDistanceBefore(t, distance, reference);
  if (distance.direction === 'after') return isAtDistanceAfter(t, distance, reference);
  // Either direction. What is nearer than something also lies within the reference itself; "not at n units" is the
  // negation of "at n units".
  if (distance.operator === '!=') return !isAtDistance(t, { ...distance, operator: '=' }, reference);
  return (
    isAtDistanceBefore(t, distance, reference) ||
    isAtDistanceAfter(t, distance, reference) ||
    (['<', '<='].includes(distance.operator) && isOn(t, reference))
  );
}

/** Distances back are counted from the start. "Exactly n units before" is the calendar unit in which that time lies. */
function isAtDistanceBefore(t: number, distance: Distance, reference: Reference): boolean {
  const far = addUnits(reference.start, -distance.amount, distance.unit);
  switch (distance.operator) {
    case '<':
      return far < t && t < reference.start;
    case '<=':
      // What happens right now happened within the last 24 hours.
      return far <= t && (reference.isNow ? t <= reference.start : t < reference.start);
    case '>':
      return t < far;
    case '>=':
      return t <= far;
    case '=':
      return isWithin(t, unitAround(far, distance.unit));
    case '!=':
      return t < reference.start && !isWithin(t, unitAround(far, distance.unit));
  }
}

/** Distances forward are counted from the end, but the unit of "exactly" from the start. Zero is no distance. */
function isAtDistanceAfter(t: number, distance: Distance, reference: Reference): boolean {
  const far = addUnits(reference.end, distance.amount, distance.unit);
  const unit = unitAround(addUnits(reference.start, distance.amount, distance.unit), distance.unit);
  switch (distance.operator) {
    case '<':
      return isAfter(t, reference) && t < far;
    case '<=':
      return isAfter(t, reference) && t <= far;
    case '>':
      return t > far;
    case '>=':
      return t >= far;
    case '=':
      return isWithin(t, unit);
    case '!=':
      return isAfter(t, reference) && !isWithin(t, unit);
  }
}
