import { parsePql, parsePqlJson, toPqlJson } from '../../../../src/pql';
import type { Json } from '../../../../src/pql/json/json-node';
import { publishedExamples } from '../../../fixtures/pql/published-examples';
import { stripSpans } from '../../../fixtures/pql/strip-spans';

const newRoot = { nodeType: 'parameterReference', position: 1 };
const oldRoot = { nodeType: 'literal', literalType: 'XDMObject', value: 'profile' };
const literal = (literalType: string, value: Json): Json => ({ nodeType: 'literal', literalType, value });
const field = (path: string, root: Json = newRoot): Json =>
  path.split('.').reduce<Json>((object, fieldName) => ({ nodeType: 'fieldLookup', fieldName, object }), root);
const variable = (varName: string): Json => ({ nodeType: 'varRef', varName });
const apply = (fnName: string, ...params: readonly Json[]): Json => ({ nodeType: 'fnApply', fnName, params });
const lambda = (name: string, body: Json): Json => ({ nodeType: 'lambda', varNames: [name], body });

const words = (tree: unknown): string => {
  const { text, diagnostics } = parsePqlJson(tree);
  return text ?? diagnostics.map(({ message }) => message).join('\n');
};

describe('published trees', () => {
  it.each<[string, Json, string]>([
    [
      'the conversion example',
      apply('=', field('workAddress.country'), literal('String', 'US')),
      'workAddress.country = "US"',
    ],
    [
      'membership over the older root',
      apply('in', field('person.gender', oldRoot), literal('List', ['female'])),
      'person.gender in ["female"]',
    ],
    [
      'a select of the segment builder',
      {
        nodeType: 'select',
        variables: [
          {
            nodeType: 'varDecl',
            varName: '_Checkouts1',
            from: field('xEvent', oldRoot),
            where: apply(
              'equals',
              field('eventType', variable('_Checkouts1')),
              literal('String', 'commerce.checkouts'),
              literal('Boolean', true),
            ),
          },
        ],
      },
      'select _Checkouts1 from xEvent where _Checkouts1.eventType.equals("commerce.checkouts", true)',
    ],
    [
      'the old form: literal first, three operands, numbers as texts',
      apply(
        'and',
        apply('=', literal('string', 'Andres'), field('person.firstName', oldRoot)),
        apply('>', field('person.age', oldRoot), literal('integer', '6')),
        apply('<', field('person.age', oldRoot), literal('Double', '6.5')),
      ),
      '"Andres" = person.firstName and person.age > 6 and person.age < 6.5',
    ],
    [
      'range for from, set for select',
      {
        nodeType: 'set',
        variables: [{ nodeType: 'varDecl', varName: 'X', range: field('xEvent', oldRoot) }],
      },
      'select X from xEvent',
    ],
    [
      'an old lambda, called with the profile',
      {
        nodeType: 'fnApply',
        function: {
          nodeType: 'fnCreate',
          params: [{ varName: 'P' }],
          body: apply('=', field('person.gender', variable('P')), literal('String', 'f')),
        },
        params: [oldRoot],
      },
      '((P) => P.person.gender = "f")',
    ],
    [
      'an old lambda, called with something else',
      {
        nodeType: 'fnApply',
        function: {
          nodeType: 'fnCreate',
          params: [{ varName: 'n' }],
          body: apply('>', variable('n'), literal('Integer', 3)),
        },
        params: [apply('count', field('xEvent'))],
      },
      'let n = (xEvent.count()) in (n > 3)',
    ],
    [
      'a chain with lambdas of the event',
      {
        nodeType: 'chain',
        array: field('xEvent'),
        timestampField: lambda('e', field('timestamp', variable('e'))),
        elements: [
          { what: lambda('e', apply('=', field('eventType', variable('e')), literal('String', 'view'))) },
        ],
      },
      'chain(xEvent, timestamp, [E1: WHAT(eventType = "view")])',
    ],
  ])('are read: %s', (_name, tree, text) => {
    expect(words(tree)).toBe(text);
    expect(words(JSON.stringify(tree))).toBe(text);
  });
});

describe('our own forms', () => {
  const inItem = (body: Json): Json => lambda('$item', body);
  const item = (name: string): Json => field(name, variable('$item'));

  it.each<[string, Json]>([
    ['workAddress.country = "US"', apply('=', field('workAddress.country'), literal('String', 'US'))],
    [
      'xEvent[eventType = "a"]',
      apply('filter', field('xEvent'), inItem(apply('=', item('eventType'), literal('String', 'a')))),
    ],
    ['orders.sum(price)', apply('sum', field('orders'), inItem(item('price')))],
    [
      'orders[^.person.age]',
      apply(
        'filter',
        field('orders'),
        inItem({
          nodeType: 'fieldLookup',
          fieldName: 'age',
          object: {
            nodeType: 'fieldLookup',
            fieldName: 'person',
            object: { nodeType: 'upReference', levels: 1 },
          },
        }),
      ),
    ],
    [
      'orders[$1.person.age]',
      apply('filter', field('orders'), inItem(field('person.age', { ...newRoot, explicit: true }))),
    ],
    [
      '(a + b) - c',
      apply('-', { ...(apply('+', field('a'), field('b')) as object), bracketed: true }, field('c')),
    ],
    ['a + b - c', apply('-', apply('+', field('a'), field('b')), field('c'))],
    [
      '-5 in [-1, 2.5, "x", null]',
      apply('in', literal('Integer', -5), literal('List', [-1, 2.5, 'x', null])),
    ],
    ['a.matches("b")', apply('matches', field('a'), literal('String', 'b'))],
    [
      'a matches "b"',
      { ...(apply('matches', field('a'), literal('String', 'b')) as object), form: 'operator' },
    ],
    ['inSegment("x")', apply('inSegment', literal('String', 'x'))],
    [
      'let v = (a) in (v + 1)',
      {
        nodeType: 'let',
        varName: 'v',
        value: field('a'),
        body: apply('+', variable('v'), literal('Integer', 1)),
      },
    ],
    [
      't occurs < 3 day before now',
      apply('occurs', field('t'), {
        nodeType: 'timeConstraint',
        form: 'distance',
        comparison: '<',
        amount: literal('Integer', 3),
        unit: 'day',
        direction: 'before',
        ref: { nodeType: 'timeRef', kind: 'now' },
      }),
    ],
  ])('%s', (text, tree) => {
    const { query } = parsePql(text);
    expect(query && toPqlJson(query)).toEqual(tree);
    expect(words(tree)).toBe(text);
  });

  it.each<[string, Json, string]>([
    [
      'a lambda whose variable has a name',
      apply('sum', field('orders'), lambda('o', field('price', variable('o')))),
      'orders.sum((o) => o.price)',
    ],
    [
      'a filter whose variable has a name',
      apply('filter', field('orders'), lambda('o', field('price', variable('o')))),
      'orders.filter((o) => o.price)',
    ],
    [
      'forall of a list and a lambda',
      apply('forall', field('orders'), lambda('o', field('price', variable('o')))),
      'forall o from orders where o.price',
    ],
    [
      'a profile field within a filter',
      apply('filter', field('orders'), inItem(field('person.age'))),
      'orders[$1.person.age]',
    ],
    [
      'an outer item from within',
      apply(
        'filter',
        field('xEvent'),
        lambda('$item', apply('filter', item('productListItems'), lambda('i', field('SKU', variable('i'))))),
      ),
      'xEvent[productListItems.filter((i) => i.SKU)]',
    ],
    ['a field whose name is a word of PQL', apply('=', field('year'), literal('Integer', 5)), '$1.year = 5'],
    [
      'a field that a variable hides',
      { nodeType: 'let', varName: 'a', value: literal('Integer', 1), body: field('a') },
      'let a = (1) in ($1.a)',
    ],
    [
      'and within and',
      apply('and', apply('and', field('a'), field('b')), apply('and', field('c'), field('d'))),
      'a and b and c and d',
    ],
    [
      'plain numbers for amounts and counts',
      apply('occurs', field('t'), {
        nodeType: 'timeConstraint',
        form: 'distance',
        comparison: '=',
        amount: 2,
        unit: 'DAYS',
        direction: 'after',
        ref: { nodeType: 'timeRef', kind: 'last', unit: 'week' },
      }),
      't occurs = 2 day after last week',
    ],
  ])('reads %s', (_name, tree, text) => {
    expect(words(tree)).toBe(text);
  });

  it.each(publishedExamples)('keeps published example %i', (_number, text) => {
    const { query } = parsePql(text);
    const json = JSON.stringify(query && toPqlJson(query));
    expect(stripSpans(parsePqlJson(json).query)).toEqual(stripSpans(query));
  });
});
