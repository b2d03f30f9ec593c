import { utcDay } from '../check/iso-time';
import type { OccursTest, TypedReference, TypedTail } from '../typed-tree';
import type { TimeUnit } from '../words';
import { shiftInstant, startOfUnit } from './calendar';
import { constantNumber } from './constants';
import type { Emitter } from './emitter';
import type { Amount, Moment } from './moments';
import { momentSql, noMoment, shifted, startOf } from './moments';

/** A reference as a stretch of time; of an instant, start and end are the same. */
interface Stretch {
  readonly start: Moment;
  readonly end: Moment;
  readonly isInstant: boolean;
  readonly isNow: boolean;
}

/**
 * The SQL of `t occurs …`: comparisons with bounds that are computed here as far as they can be. See
 * docs/pql.md, "occurs".
 */
export function emitOccurs(test: OccursTest, emitter: Emitter): string {
  return `COALESCE(${occursSql(test, emitter)}, FALSE)`;
}

/** The same, but NULL where a time is null. */
export function occursSql(test: OccursTest, emitter: Emitter): string {
  return new OccursEmitter(emitter.sql(test.time), emitter).condition(test.tail);
}

type Distance = Extract<TypedTail, { form: 'distance' }>;

class OccursEmitter {
  constructor(
    private readonly time: string,
    private readonly emitter: Emitter,
  ) {}

  condition(tail: TypedTail): string {
    switch (tail.form) {
      case 'on':
        return this.within(this.stretch(tail.reference));
      case 'between': {
        const [first, last] = [this.stretch(tail.first), this.stretch(tail.last)];
        return this.and(this.is('>=', first.start), this.is(last.isInstant ? '<=' : '<', last.end));
      }
      case 'direction': {
        const reference = this.stretch(tail.reference);
        return tail.direction === 'before' ? this.isBefore(reference) : this.isAfter(reference);
      }
      case 'distance':
        return this.distance(tail);
    }
  }

  private distance(tail: Distance): string {
    const reference = this.stretch(tail.reference);
    if (tail.direction === 'before') return this.before(tail, reference);
    if (tail.direction === 'after') return this.after(tail, reference);
    if (tail.operator === '!=') return `(NOT ${this.either({ ...tail, operator: '=' }, reference)})`;
    const either = this.either(tail, reference);
    const isNear = tail.operator === '<' || tail.operator === '<=';
    if (!isNear) return either;
    // However near: without an amount nothing is.
    const amount = this.amount(tail);
    const isNone = typeof amount === 'number' ? '' : ` AND ${amount.sql} IS NOT NULL`;
    return `(${either} OR (${this.within(reference)}${isNone}))`;
  }

  private either(tail: Distance, reference: Stretch): string {
    return `(${this.before(tail, reference)} OR ${this.after(tail, reference)})`;
  }

  private before(tail: Distance, reference: Stretch): string {
    const { start, isNow } = reference;
    const bound = shifted(start, { amount: this.amount(tail), unit: tail.unit, sign: -1 }, this.emitter);
    switch (tail.operator) {
      case '<':
        return this.and(this.is('>', bound), this.is('<', start));
      case '<=':
        // What happens at this very instant counts as within the last n units.
        return this.and(this.is('>=', bound), this.is(isNow ? '<=' : '<', start));
      case '>':
        return this.is('<', bound);
      case '>=':
        return this.is('<=', bound);
      case '=':
        return this.inUnitOf(bound, tail.unit);
      case '!=':
        return this.and(this.isBefore(reference), `NOT ${this.inUnitOf(bound, tail.unit)}`);
    }
  }

  private after(tail: Distance, reference: Stretch): string {
    const shift = { amount: this.amount(tail), unit: tail.unit, sign: 1 } as const;
    const bound = shifted(reference.end, shift, this.emitter);
    switch (tail.operator) {
      case '<':
      case '<=':
        return this.and(this.isAfter(reference), this.is(tail.operator, bound));
      case '>':
      case '>=':
        return this.is(tail.operator, bound);
      case '=':
        return this.inUnitOf(shifted(reference.start, shift, this.emitter), tail.unit);
      case '!=': {
        const around = shifted(reference.start, shift, this.emitter);
        return this.and(this.isAfter(reference), `NOT ${this.inUnitOf(around, tail.unit)}`);
      }
    }
  }

  private isBefore({ start }: Stretch): string {
    return this.is('<', start);
  }

  private isAfter({ end, isInstant }: Stretch): string {
    return this.is(isInstant ? '>' : '>=', end);
  }

  private within({ start, end, isInstant }: Stretch): string {
    return isInstant ? this.is('=', start) : this.and(this.is('>=', start), this.is('<', end));
  }

  private inUnitOf(moment: Moment, unit: TimeUnit): string {
    const start = startOf(moment, unit);
    const end = shifted(start, { amount: 1, unit, sign: 1 }, this.emitter);
    return this.and(this.is('>=', start), this.is('<', end));
  }

  private is(operator: '<' | '<=' | '>' | '>=' | '=', moment: Moment): string {
    return `${this.time} ${operator} ${momentSql(moment, this.emitter)}`;
  }

  private and(first: string, second: string): string {
    return `(${first} AND ${second})`;
  }

  private amount(tail: Distance): Amount {
    const constant = constantNumber(tail.amount, this.emitter.now);
    if (typeof constant === 'number' && Number.isInteger(constant)) return constant;
    return { sql: constant === undefined ? this.emitter.sql(tail.amount) : 'NULL' };
  }

  private stretch(reference: TypedReference): Stretch {
    const now = this.emitter.now.getTime();
    switch (reference.kind) {
      case 'now':
        return { start: { ms: now }, end: { ms: now }, isInstant: true, isNow: true };
      case 'today':
        return this.unit(now, 'day', 0);
      case 'yesterday':
        return this.unit(now, 'day', -1);
      case 'tomorrow':
        return this.unit(now, 'day', 1);
      case 'calendar':
        return this.unit(now, reference.unit, { last: -1, this: 0, next: 1 }[reference.which]);
      case 'day':
        return this.day(reference.day);
      case 'instant': {
        const { value } = reference;
        const moment: Moment =
          value.kind === 'constant' && typeof value.value === 'number'
            ? { ms: value.value }
            : { sql: this.emitter.sql(value) };
        return { start: moment, end: moment, isInstant: true, isNow: false };
      }
    }
  }

  private unit(around: number, unit: TimeUnit, offset: number): Stretch {
    const start = shiftInstant(startOfUnit(around, unit), offset, unit);
    const end = shiftInstant(start, 1, unit);
    return { start: { ms: start }, end: { ms: end }, isInstant: false, isNow: false };
  }

  private day(day: Extract<TypedReference, { kind: 'day' }>['day']): Stretch {
    const { now } = this.emitter;
    const parts = [day.year, day.month, day.day].map((part) => constantNumber(part, now));
    const isKnown = parts.every((part) => part !== undefined);
    const [year, month, date] = parts.map((part) => part ?? NaN);
    const known = utcDay(year ?? NaN, month ?? NaN, date ?? NaN);
    const start: Moment = isKnown
      ? known === undefined
        ? noMoment
        : { ms: known }
      : { sql: this.emitter.sql(day) };
    const end = shifted(start, { amount: 1, unit: 'day', sign: 1 }, this.emitter);
    return { start, end, isInstant: false, isNow: false };
  }
}
