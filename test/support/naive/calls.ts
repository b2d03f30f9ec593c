import type { Argument, Call, Expression, Query } from '../../../src/pql/ast';
import { dayOf } from './calendar';
import { asNumber, isScalar, textFrom } from './comparing';
import type { Evaluate, Scope } from './scope';
import type { Value } from './values';
import { isTrue } from './values';

interface Place {
  readonly scope: Scope;
  readonly evaluate: Evaluate;
  readonly resultOf: (query: Query, scope: Scope) => Value;
}

/** Functions that are called by a bare name. */
export function callOf(node: Call, { scope, evaluate, resultOf }: Place): Value {
  const argument = (index: number): Value => evaluate(plain(node.args[index]), scope);
  const now = new Date(scope.run.now);
  switch (node.name) {
    case 'if':
      return isTrue(argument(0)) ? argument(1) : argument(2);
    case 'date': {
      const [year, month, day] = [0, 1, 2].map((index) => asNumber(argument(index)));
      const stretch = dayOf(year ?? NaN, month ?? NaN, day ?? NaN);
      return stretch === null ? null : { kind: 'time', ms: stretch.start, wholeDay: true };
    }
    case 'currentYear':
      return now.getUTCFullYear();
    case 'currentMonth':
      return now.getUTCMonth() + 1;
    case 'currentDayOfMonth':
      return now.getUTCDate();
    case 'inSegment': {
      // The other rule is looked at for the same profile, and sees nothing of what stands around this one.
      const other = scope.run.segments.get(textFrom(argument(0)) ?? '');
      if (other === undefined) throw new Error('No such segment');
      return isTrue(resultOf(other, { run: scope.run, items: [scope.run.profile], variables: new Map() }));
    }
    case 'mapEntry': {
      const key = argument(0);
      if (!isScalar(key)) return null;
      return { kind: 'entry', key, value: argument(1) };
    }
    default:
      throw new Error(`No function ${node.name}`);
  }
}

/** An argument that is not a lambda. */
export function plain(argument: Argument | undefined): Expression {
  if (argument === undefined || argument.kind === 'lambda') throw new Error('A value was expected');
  return argument;
}
