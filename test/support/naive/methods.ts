import type { AccessStep, AggregateName } from '../../../src/pql/ast';
import { aggregated } from './aggregating';
import { plain } from './calls';
import { asNumber, compares, textFrom } from './comparing';
import type { MethodCall } from './method-call';
import { mapMethods } from './map-methods';
import { listMethods } from './list-methods';
import type { Evaluate, Scope } from './scope';
import { callWith } from './scope';
import { isTextTest, passesTextTest } from './text';
import { findsPattern, groupOf, textsOf } from './text-values';
import type { Value } from './values';
import { flatten, isList, isMap, isThere, isTime, itemsOf, leavesOf } from './values';

type Method = Extract<AccessStep, { readonly kind: 'method' }>;

const aggregateNames: readonly string[] = ['sum', 'average', 'min', 'max'] satisfies AggregateName[];

/** `receiver.name(…)`. */
export function methodOf(
  receiver: Value,
  step: Method,
  { scope, evaluate }: { readonly scope: Scope; readonly evaluate: Evaluate },
): Value {
  const call: MethodCall = {
    name: step.name,
    argumentCount: step.args.length,
    argument: (index) => evaluate(plain(step.args[index]), scope),
    forItem: (...items) => {
      const [argument] = step.args;
      if (argument === undefined) throw new Error(`${step.name} needs an argument`);
      return callWith(argument, items, { scope, evaluate });
    },
  };
  const answer = scalarMethod(receiver, call);
  return answer === undefined ? collectionMethod(receiver, call) : answer;
}

/** Methods of scalars and of anything; over a list they are looked at for each item. Undefined: another kind of method. */
function scalarMethod(receiver: Value, call: MethodCall): Value | undefined {
  if (isTextTest(call.name)) return textTest(receiver, call);
  switch (call.name) {
    case 'isNull':
      return !isThere(receiver);
    case 'isNotNull':
      return isThere(receiver);
    case 'matches':
      return textsOf(receiver).some((text) =>
        textsOf(call.argument(0)).some((pattern) => findsPattern(text, pattern)),
      );
    case 'regexGroup':
      return overItems(receiver, (item) => {
        const [text, pattern] = [textFrom(item), textFrom(call.argument(0))];
        return text === null || pattern === null
          ? null
          : groupOf(text, pattern, asNumber(call.argument(1)) ?? 0);
      });
    case 'getYear':
    case 'getMonth':
    case 'getDayOfMonth':
      return overItems(receiver, (item) => partOfTime(item, call.name));
    default:
      return undefined;
  }
}

/** Both sides have to be there, for the negative tests too. Values that are not text are compared as `=` does. */
function textTest(receiver: Value, call: MethodCall): boolean {
  const [name, other] = [call.name, call.argument(0)];
  const mindsCase = call.argumentCount < 2 || call.argument(1) !== false;
  const isOfText = leavesOf(receiver).every((item) => typeof item === 'string');
  if (!isOfText && name === 'equals') return compares(receiver, '=', other);
  if (!isOfText && name === 'notEqualTo') return compares(receiver, '!=', other);
  return textsOf(receiver).some((text) =>
    textsOf(other).some((part) => passesTextTest(name, { text, part, mindsCase })),
  );
}

function partOfTime(item: Value, name: string): Value {
  if (item === null) return null;
  if (!isTime(item)) throw new Error('Only a time has a year');
  const date = new Date(item.ms);
  if (name === 'getYear') return date.getUTCFullYear();
  return name === 'getMonth' ? date.getUTCMonth() + 1 : date.getUTCDate();
}

/** A value for each item of a list, nulls dropped; of a scalar the one value. */
function overItems(value: Value, each: (item: Value) => Value): Value {
  return isList(value) ? flatten(leavesOf(value).map(each)) : each(value);
}

function collectionMethod(receiver: Value, call: MethodCall): Value {
  if (aggregateNames.includes(call.name)) {
    const items = itemsOf(receiver);
    const values = call.argumentCount === 0 ? items : items.map((item) => call.forItem(item));
    return aggregated(call.name as AggregateName, values);
  }
  const method = isMap(receiver) || ['get', 'keys', 'values'].includes(call.name) ? mapMethods : listMethods;
  const answer = method[call.name];
  if (answer === undefined) throw new Error(`No method ${call.name}`);
  return answer(receiver, call);
}
