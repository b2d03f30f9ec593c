import { assertNever } from '../../../src/lib/assert';
import type { OccursTail, TimeReference } from '../../../src/pql/ast';
import { addUnits, unitAround } from './calendar';
import { asNumber, timeFrom } from './comparing';
import type { Reference } from './occurring';
import { isAfter, isAtDistance, isBefore, isBetween, isOn } from './occurring';
import type { Evaluate, Scope } from './scope';
import type { Value } from './values';
import { isTime, leavesOf } from './values';

interface Place {
  readonly scope: Scope;
  readonly evaluate: Evaluate;
}

/** `time occurs tail`; of lists any item. Where the time, the reference or the amount is null: false. */
export function occurs(time: Value, tail: OccursTail, place: Place): boolean {
  return leavesOf(time).some((one) => isTime(one) && occursAt(one.ms, tail, place));
}

function occursAt(t: number, tail: OccursTail, place: Place): boolean {
  switch (tail.form) {
    case 'direction':
      return referencesOf(tail.reference, place).some((reference) => {
        if (tail.direction === 'from') return isBefore(t, reference) || isAfter(t, reference);
        return tail.direction === 'before' ? isBefore(t, reference) : isAfter(t, reference);
      });
    case 'on':
      return referencesOf(tail.reference, place).some((reference) => isOn(t, reference));
    case 'between':
      return referencesOf(tail.first, place).some((first) =>
        referencesOf(tail.last, place).some((last) => isBetween(t, first, last)),
      );
    case 'distance': {
      const amount = asNumber(place.evaluate(tail.amount, place.scope));
      if (amount === null) return false;
      return referencesOf(tail.reference, place).some((reference) =>
        isAtDistance(t, { ...tail, amount }, reference),
      );
    }
    default:
      return assertNever(tail);
  }
}

/** Days and calendar units are stretches; `now`, attributes, text and milliseconds are instants. A list has several. */
function referencesOf(reference: TimeReference, { scope, evaluate }: Place): readonly Reference[] {
  const { now } = scope.run;
  switch (reference.kind) {
    case 'now':
      return [{ start: now, end: now, isNow: true }];
    case 'today':
    case 'yesterday':
    case 'tomorrow': {
      const days = { today: 0, yesterday: -1, tomorrow: 1 }[reference.kind];
      return [{ ...unitAround(addUnits(now, days, 'day'), 'day'), isNow: false }];
    }
    case 'calendar': {
      const units = { this: 0, last: -1, next: 1 }[reference.which];
      const begin = unitAround(now, reference.unit).start;
      return [{ ...unitAround(addUnits(begin, units, reference.unit), reference.unit), isNow: false }];
    }
    case 'value':
      return leavesOf(evaluate(reference.value, scope)).flatMap((value) => {
        const time = timeFrom(value);
        if (time === null || !isTime(time)) return [];
        const end = time.wholeDay ? addUnits(time.ms, 1, 'day') : time.ms;
        return [{ start: time.ms, end, isNow: false }];
      });
  }
}
