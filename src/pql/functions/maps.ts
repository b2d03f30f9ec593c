import type { Argument, Call, Lambda } from '../ast';
import { aggregateOf } from '../check/aggregation';
import type { Checker, Scope } from '../check/checker';
import { withVariable } from '../check/checker';
import { coerce } from '../check/coercion';
import { collect, defined, elementsOf, filtered, isList, listFrom, someElement } from '../check/collections';
import { dataType, elementsOfMap, isMap, keyTypeOf, mapElementsOf, valueAt } from '../check/maps';
import type { MapElements } from '../check/maps';
import { isTakenApart } from '../check/parts';
import type { Typed } from '../typed-tree';
import { reported } from '../typed-tree';
import { familyOf, nameType } from '../value-types';
import type { FunctionCall, PqlFunction } from './pql-function';

/** Functions of maps; keys mind case. Source: docs/pql.md, "Maps". */
export const mapFunctions: readonly PqlFunction[] = [
  ofMap('get', {
    signature: 'map.get(key)',
    documentation: 'The value of a key; null without the key. `map.key` is `map.get("key")`',
    arity: [1, 1],
    check: checkGet,
  }),
  ofMap('keys', {
    signature: 'map.keys()',
    documentation: 'The list of the keys; those of `groupBy` keep the type that they are grouped by',
    arity: [0, 0],
    check: (map, _call, checker) => keysOf(map, checker),
  }),
  ofMap('values', {
    signature: 'map.values()',
    documentation: 'The list of the values; where these are lists, a list of lists',
    arity: [0, 0],
    check: (map, _call, checker) => listFrom(elementsOfMap(mapElementsOf(map, checker), 'value')),
  }),
  {
    of: 'map',
    ...ofMap('count', {
      signature: 'map.count()',
      documentation: 'How many keys',
      arity: [0, 0],
      check: (map, call, checker) => {
        const elements = elementsOf(keysOf(map, checker), checker);
        return aggregateOf({ aggregate: 'count', elements, span: call.span }, checker);
      },
    }),
  },
  {
    of: 'map',
    ...ofMap('exists', {
      signature: 'map.exists([(key, value) => condition])',
      documentation: 'True when an entry satisfies the condition, or without one when there is an entry',
      arity: [0, 1],
      check: (map, call, checker) => {
        const parts = mapElementsOf(map, checker);
        const inside = insideEntry(parts, call, checker);
        const elements = elementsOfMap(parts, 'key');
        if (call.args.length === 0) return someElement(elements, defined(parts.key));
        if (inside === undefined) return reported;
        return someElement(elements, checker.test(inside.lambda.body, inside.scope));
      },
    }),
  },
  {
    of: 'map',
    ...ofMap('map', {
      signature: 'map.map((key, value) => mapEntry(newKey, newValue))',
      documentation:
        'The map with another entry for each; without `mapEntry`, the list of what is made of each',
      arity: [1, 1],
      check: checkMap,
    }),
  },
  {
    name: 'mapEntry',
    form: 'function',
    signature: 'mapEntry(key, value)',
    documentation: 'An entry of a map, in the lambda of its `map`; without a key there is none',
    arity: [2, 2],
    check: ({ span }, checker) =>
      checker.error('type-mismatch', span, {
        problem: '"mapEntry" makes the entries of a map: map.map((key, value) => mapEntry(key, value)).',
      }),
  },
];

interface MapFunction extends Pick<PqlFunction, 'signature' | 'documentation' | 'arity'> {
  readonly check: (map: Typed, call: FunctionCall, checker: Checker) => Typed;
}

/** A function of a map; of a list of maps it is the list of what each answers. */
function ofMap(name: string, { check, ...rest }: MapFunction): PqlFunction {
  const apply = (receiver: Typed, call: FunctionCall, checker: Checker): Typed => {
    if (receiver.type.kind === 'unknown') return receiver;
    if (isList(receiver)) {
      const elements = elementsOf(receiver, checker);
      return collect({ ...elements, value: apply(elements.value, call, checker) }, checker);
    }
    if (isMap(receiver)) return check(receiver, call, checker);
    const problem = `"${name}" is a function of maps, not of ${nameType(receiver.type)}.`;
    return checker.error('type-mismatch', call.span, { problem });
  };
  return {
    name,
    form: 'method',
    ...rest,
    check: (call, checker) => {
      if (call.receiver === null) throw new Error('Invariant broken: a method has a receiver');
      return apply(call.receiver, call, checker);
    },
  };
}

/** Of what was grouped, the values that it was grouped by; groups need not be made for them. */
function keysOf(map: Typed, checker: Checker): Typed {
  if (map.kind !== 'mapping' || map.grouped === null) {
    return listFrom(elementsOfMap(mapElementsOf(map, checker), 'key'));
  }
  const { items, key } = map.grouped;
  return listFrom({ ...items, value: key, distinct: true });
}

function checkGet(map: Typed, { args, scope, span, name }: FunctionCall, checker: Checker): Typed {
  const [argument] = args;
  if (argument === undefined) throw new Error('Invariant broken: arity was checked');
  if (argument.kind === 'lambda') {
    return checker.error('type-mismatch', argument.span, { problem: `"${name}" takes a key, not a lambda.` });
  }
  const key = checker.value(argument, scope);
  if (['list', 'object', 'map'].includes(familyOf(key.type))) {
    const problem = `"${name}" takes one key, not ${nameType(key.type)}.`;
    return checker.error('type-mismatch', argument.span, { problem });
  }
  if (key.type.kind === 'unknown') return reported;
  return valueAt(map, coerce({ value: key, target: keyTypeOf(map), span }, checker));
}

/** Where the lambda `(key, value) => …` of a function of maps is checked. */
function insideEntry(
  { key, value }: MapElements,
  { args, scope, name }: FunctionCall,
  checker: Checker,
): { readonly lambda: Lambda; readonly scope: Scope } | undefined {
  const [lambda] = args;
  if (lambda === undefined) return undefined;
  if (lambda.kind !== 'lambda') {
    const problem = `"${name}" of a map takes a lambda: (key, value) => …`;
    checker.error('type-mismatch', lambda.span, { problem });
    return undefined;
  }
  const [first, second] = lambda.parameters;
  if (first === undefined || second === undefined || lambda.parameters.length > 2) {
    checker.error('parameter-count', lambda.span, { given: lambda.parameters.length, expected: 2 });
    return undefined;
  }
  if (first.name === second.name) {
    checker.error('duplicate-name', second.span, { name: second.name });
    return undefined;
  }
  const inner = withVariable(scope, first, { kind: 'value', value: key });
  return { lambda, scope: withVariable(inner, second, { kind: 'value', value }) };
}

function checkMap(map: Typed, call: FunctionCall, checker: Checker): Typed {
  const parts = mapElementsOf(map, checker);
  const inside = insideEntry(parts, call, checker);
  if (inside === undefined) return reported;
  const { body } = inside.lambda;
  if (body.kind === 'call' && body.name === 'mapEntry' && body.args.length === 2) {
    return mapping(parts, { ...body, scope: inside.scope }, checker);
  }
  const value = checker.value(body, inside.scope);
  if (value.type.kind === 'unknown') return reported;
  if (value.kind === 'mapping') {
    return checker.error('unsupported', body.span, { what: 'A list of maps that the rule makes' });
  }
  return listFrom({ ...elementsOfMap(parts, 'value'), value });
}

function mapping(parts: MapElements, entry: Call & { readonly scope: Scope }, checker: Checker): Typed {
  const [key, value] = entry.args.map((argument) => entryPart(argument, entry.scope, checker));
  if (key === undefined || value === undefined) throw new Error('Invariant broken: two arguments');
  if ([key, value].some(({ type }) => type.kind === 'unknown')) return reported;
  if (['list', 'object', 'map'].includes(familyOf(key.type))) {
    const problem = `The key of an entry is one value, not ${nameType(key.type)}.`;
    return checker.error('type-mismatch', entry.args[0]?.span ?? entry.span, { problem });
  }
  if (isMap(value) && isTakenApart(value)) {
    const what = 'A map within a map that the rule makes';
    return checker.error('unsupported', entry.args[1]?.span ?? entry.span, { what });
  }
  const { generators } = filtered(elementsOfMap(parts, 'key'), defined(key));
  const type = { kind: 'map', keys: dataType(key), values: dataType(value) } as const;
  return { kind: 'mapping', type, generators, key, value, base: parts.base, grouped: null };
}

function entryPart(argument: Argument, scope: Scope, checker: Checker): Typed {
  if (argument.kind !== 'lambda') return checker.value(argument, scope);
  const problem = '"mapEntry" takes a key and a value, no lambda.';
  return checker.error('type-mismatch', argument.span, { problem });
}
