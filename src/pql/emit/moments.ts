import type { TimeUnit } from '../words';
import { lengthOf, shiftInstant, startOfUnit } from './calendar';
import type { Emitter } from './emitter';

/** An instant that is known when the rule is compiled, or SQL that finds it. */
export type Moment = { readonly ms: number } | { readonly sql: string };

/** An amount of units, likewise. */
export type Amount = number | { readonly sql: string };

export const noMoment: Moment = { sql: 'CAST(NULL AS TIMESTAMP)' };

/** SQL of a moment; one that is known is bound as a parameter. */
export function momentSql(moment: Moment, emitter: Emitter): string {
  return 'ms' in moment ? emitter.instant(moment.ms) : moment.sql;
}

export interface Shift {
  readonly amount: Amount;
  readonly unit: TimeUnit;
  readonly sign: 1 | -1;
}

/**
 * A moment moved by units. What leaves the engine's range of time becomes null, never an error: TRY alone does not see
 * to that, for the engine takes a part that two of them share out of both and computes it before.
 */
export function shifted(moment: Moment, { amount, unit, sign }: Shift, emitter: Emitter): Moment {
  if ('ms' in moment && typeof amount === 'number') {
    return { ms: shiftInstant(moment.ms, sign * amount, unit) };
  }
  const from = momentSql(moment, emitter);
  const count = typeof amount === 'number' ? emitter.bind(amount, 'DOUBLE') : `CAST(${amount.sql} AS DOUBLE)`;
  const length = lengthOf(unit);
  return 'ms' in length
    ? {
        sql: `TRY(make_timestamp(epoch_us(${from}) + TRY_CAST(${count} * ${sign * length.ms * 1000} AS BIGINT)))`,
      }
    : { sql: `TRY(${from} + to_months(TRY_CAST(${count} * ${sign * length.months} AS INTEGER)))` };
}

/** First instant of the calendar unit around a moment. */
export function startOf(moment: Moment, unit: TimeUnit): Moment {
  if ('ms' in moment) return { ms: startOfUnit(moment.ms, unit) };
  return { sql: `TRY(date_trunc('${unit}', ${moment.sql}))` };
}
