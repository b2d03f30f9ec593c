import type { Checker } from '../check/checker';
import { coerce } from '../check/coercion';
import { collect, elementsOf, isList } from '../check/collections';
import { numberOf } from '../check/arithmetic';
import { utcDay } from '../check/iso-time';
import type { Typed } from '../typed-tree';
import { datetimeType } from '../typed-tree';
import { familyOf, nameType } from '../value-types';
import type { FunctionCall, PqlFunction } from './pql-function';

const integerType = { kind: 'integer' } as const;

/** Functions of the calendar; all in UTC. Source: docs/pql.md, "Functions". */
export const timeFunctions: readonly PqlFunction[] = [
  current('currentYear', 'The year of the run', (now) => now.getUTCFullYear()),
  current('currentMonth', 'The month of the run, 1 to 12', (now) => now.getUTCMonth() + 1),
  current('currentDayOfMonth', 'The day of the month of the run', (now) => now.getUTCDate()),
  part('getYear', 'year', 'The year of a time'),
  part('getMonth', 'month', 'The month of a time, 1 to 12'),
  part('getDayOfMonth', 'day', 'The day of the month of a time'),
  {
    name: 'date',
    form: 'function',
    signature: 'date(year, month, day)',
    documentation: 'A day; after `occurs` the whole of it, elsewhere its first instant. No such day: null',
    arity: [3, 3],
    check: checkDate,
  },
];

function current(name: string, documentation: string, read: (now: Date) => number): PqlFunction {
  return {
    name,
    form: 'function',
    signature: `${name}()`,
    documentation,
    arity: [0, 0],
    check: () => ({ kind: 'apply', type: integerType, form: 'function', name, args: [] }),
    emit: (_args, { now, integer }) => integer(read(now)),
  };
}

function part(name: string, unit: string, documentation: string): PqlFunction {
  return {
    name,
    form: 'method',
    signature: `time.${name}()`,
    documentation,
    arity: [0, 0],
    check: ({ receiver, span }, checker) => partOf(receiver, { name, span }, checker),
    emit: ([time]) => `date_part('${unit}', ${time})`,
  };
}

function partOf(receiver: Typed | null, call: Pick<FunctionCall, 'name' | 'span'>, checker: Checker): Typed {
  if (receiver === null) throw new Error('Invariant broken: a method has a receiver');
  if (isList(receiver)) {
    const elements = elementsOf(receiver, checker);
    return collect({ ...elements, value: partOf(elements.value, call, checker) }, checker);
  }
  const { name, span } = call;
  if (!['time', 'null', 'unknown'].includes(familyOf(receiver.type))) {
    const problem = `"${name}" is a function of times, not of ${nameType(receiver.type)}.`;
    return checker.error('type-mismatch', span, { problem });
  }
  const time = coerce({ value: receiver, target: datetimeType, span }, checker);
  return { kind: 'apply', type: integerType, form: 'method', name, args: [time] };
}

/** Days that are written down must exist; computed ones may come out as null. See docs/pql.md, "Functions". */
function checkDate(call: FunctionCall, checker: Checker): Typed {
  const [year, month, day] = call.args.map((argument) =>
    argument.kind === 'lambda'
      ? checker.error('type-mismatch', argument.span, { problem: 'A number is needed here, not a lambda.' })
      : numberOf(argument, call.scope, checker),
  );
  if (year === undefined || month === undefined || day === undefined) {
    throw new Error('Invariant broken: arity was checked');
  }
  const written = [year, month, day].map((argument) =>
    argument.kind === 'constant' && typeof argument.value === 'number' ? argument.value : undefined,
  );
  const [y, m, d] = written;
  if (y !== undefined && m !== undefined && d !== undefined && utcDay(y, m, d) === undefined) {
    return checker.error('no-such-day', call.span, { text: `date(${y}, ${m}, ${d})` });
  }
  return { kind: 'day', type: { kind: 'date' }, year, month, day };
}
