import { fc } from '../support/fast-check';
import type {
  Argument,
  Expression,
  Identifier,
  Lambda,
  OccursTail,
  Query,
  TimeReference,
  VariableDeclaration,
} from '../../src/pql/ast';
import { isReservedWord } from '../../src/pql/words';

const span = { from: 0, to: 0 };

const word = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,5}$/);
/** Few enough that a variable is used, hides a field, or meets a word of JSON trees. */
const commonNames = ['a', 'b', 'xEvent', 'person', 'timestamp', 'count', '__proto__', 'constructor', 'E1'];
const name = fc.oneof(
  fc.constantFrom(...commonNames),
  word.filter((one) => !isReservedWord(one)),
);
/** After a dot every word is a name; those of functions and operators have forms of their own in JSON trees. */
const memberName = fc.oneof(
  fc.constantFrom(
    ...['filter', 'exists', 'forall', 'map', 'sum', 'topN', 'matches', 'in', 'not', 'and', 'or', 'occurs'],
    ...['equals', 'date', 'inSegment', 'select', 'year', 'xEvent', 'a', '__proto__'],
  ),
  word,
);
const identifier: fc.Arbitrary<Identifier> = name.map((one) => ({ name: one, span }));
/** A call of this name would be a chain. */
const callName = fc.oneof(
  name.filter((one) => one.toLowerCase() !== 'chain'),
  fc.constantFrom('if', 'date', 'filter', 'equals'),
);
const text = fc.string({ unit: 'grapheme', maxLength: 8 }).filter((one) => !/[\0]|\p{Surrogate}/u.test(one));
const unit = fc.constantFrom(
  ...(['millisecond', 'second', 'minute', 'hour', 'day', 'week', 'month', 'year', 'century'] as const),
);
const comparison = fc.constantFrom(...(['=', '!=', '<', '<=', '>', '>='] as const));

const literal: fc.Arbitrary<Expression> = fc.oneof(
  text.map((value) => ({ kind: 'literal' as const, span, type: 'string' as const, value })),
  fc
    .nat(Number.MAX_SAFE_INTEGER)
    .map((value) => ({ kind: 'literal' as const, span, type: 'integer' as const, value })),
  fc
    .double({ noNaN: true, noDefaultInfinity: true, min: 0 })
    .map((value) => ({ kind: 'literal' as const, span, type: 'double' as const, value: Math.abs(value) })),
  fc.boolean().map((value) => ({ kind: 'literal' as const, span, type: 'boolean' as const, value })),
  fc.constant({ kind: 'literal' as const, span, type: 'null' as const, value: null }),
);

const leaf: fc.Arbitrary<Expression> = fc.oneof(
  literal,
  name.map((one) => ({ kind: 'name' as const, span, name: one })),
  fc.nat(9).map((position) => ({ kind: 'parameter' as const, span, position })),
  fc
    .record({ levels: fc.integer({ min: 1, max: 3 }), name: memberName })
    .map((up) => ({ kind: 'up' as const, span, ...up })),
);

interface Trees {
  readonly expression: Expression;
}

const { expression } = fc.letrec<Trees>((tie) => {
  const inner = tie('expression') as fc.Arbitrary<Expression>;
  const many = fc.array(inner, { minLength: 2, maxLength: 3 });
  const lambda: fc.Arbitrary<Lambda> = fc.record({
    kind: fc.constant('lambda' as const),
    span: fc.constant(span),
    parameters: fc.array(identifier, { maxLength: 2 }),
    body: inner,
  });
  const args: fc.Arbitrary<readonly Argument[]> = fc.array(fc.oneof(inner, lambda), { maxLength: 2 });
  const declaration: fc.Arbitrary<VariableDeclaration> = fc.record({
    span: fc.constant(span),
    variable: identifier,
    source: inner,
    where: fc.option(inner),
  });
  const variables = fc.array(declaration, { minLength: 1, maxLength: 2 });
  const reference: fc.Arbitrary<TimeReference> = fc.oneof(
    fc.constantFrom(...(['now', 'today', 'yesterday', 'tomorrow'] as const)).map((kind) => ({ kind, span })),
    fc
      .record({ which: fc.constantFrom('this' as const, 'last' as const, 'next' as const), unit })
      .map((one) => ({ kind: 'calendar' as const, span, ...one })),
    inner.map((value) => ({ kind: 'value' as const, span, value })),
  );
  const direction = fc.constantFrom('before' as const, 'after' as const, 'from' as const);
  const tail: fc.Arbitrary<OccursTail> = fc.oneof(
    fc
      .record({ operator: comparison, amount: inner, unit, direction, reference })
      .map((one) => ({ form: 'distance' as const, ...one })),
    fc.record({ direction, reference }).map((one) => ({ form: 'direction' as const, ...one })),
    fc.record({ first: reference, last: reference }).map((one) => ({ form: 'between' as const, ...one })),
    reference.map((one) => ({ form: 'on' as const, reference: one })),
  );
  const chain: fc.Arbitrary<Expression> = fc
    .record({
      array: inner,
      timestamp: leaf,
      elements: fc.array(
        fc.record({
          span: fc.constant(span),
          name: identifier,
          what: inner,
          clauses: fc.array(
            fc.oneof(
              inner.map((condition) => ({ kind: 'where' as const, condition })),
              tail.map((when) => ({ kind: 'when' as const, tail: when })),
              fc.record({
                kind: fc.constant('count' as const),
                operator: fc.option(comparison),
                count: inner,
              }),
            ),
            { maxLength: 2 },
          ),
        }),
        { minLength: 1, maxLength: 2 },
      ),
    })
    .map((one) => ({ kind: 'chain' as const, span, ...one }));
  const step = fc.oneof(
    memberName.map((one) => ({ kind: 'member' as const, span, name: one })),
    fc.record({ kind: fc.constant('method' as const), span: fc.constant(span), name: memberName, args }),
    inner.map((condition) => ({ kind: 'filter' as const, span, condition })),
  );
  const additive = fc.constantFrom('+' as const, '-' as const);
  const multiplicative = fc.constantFrom('*' as const, '/' as const, '%' as const);
  const pair = { left: inner, right: inner };
  return {
    expression: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      leaf,
      fc.array(inner, { maxLength: 3 }).map((items) => ({ kind: 'list' as const, span, items })),
      fc
        .array(fc.record({ key: text, value: inner }), { maxLength: 2 })
        .map((entries) => ({ kind: 'object' as const, span, entries })),
      fc
        .record({ name: callName, args })
        .map((one) => ({ kind: 'call' as const, span, nameSpan: span, ...one })),
      fc
        .record({ base: inner, steps: fc.array(step, { minLength: 1, maxLength: 3 }) })
        .map((one) => ({ kind: 'access' as const, span, ...one })),
      inner.map((operand) => ({ kind: 'negation' as const, span, operand })),
      fc
        .record({
          first: inner,
          rest: fc.array(fc.record({ operator: additive, operand: inner }), { minLength: 1, maxLength: 2 }),
        })
        .map((one) => ({ kind: 'arithmetic' as const, span, level: 'additive' as const, ...one })),
      fc
        .record({
          first: inner,
          rest: fc.array(fc.record({ operator: multiplicative, operand: inner }), {
            minLength: 1,
            maxLength: 2,
          }),
        })
        .map((one) => ({ kind: 'arithmetic' as const, span, level: 'multiplicative' as const, ...one })),
      fc
        .record({ operator: comparison, ...pair })
        .map((one) => ({ kind: 'comparison' as const, span, ...one })),
      fc
        .record({ operator: fc.constantFrom('in' as const, 'notIn' as const), ...pair })
        .map((one) => ({ kind: 'membership' as const, span, ...one })),
      fc
        .record({ operator: fc.constantFrom('like' as const, 'matches' as const), ...pair })
        .map((one) => ({ kind: 'match' as const, span, ...one })),
      fc.record({ time: inner, tail }).map((one) => ({ kind: 'occurs' as const, span, ...one })),
      inner.map((operand) => ({ kind: 'not' as const, span, operand })),
      fc
        .record({ operator: fc.constantFrom('and' as const, 'or' as const), operands: many })
        .map((one) => ({ kind: 'logical' as const, span, ...one })),
      variables.map((one) => ({ kind: 'select' as const, span, variables: one })),
      fc
        .record({ quantifier: fc.constantFrom('exists' as const, 'forall' as const), variables })
        .map((one) => ({ kind: 'quantifier' as const, span, ...one })),
      fc
        .record({
          aggregate: fc.constantFrom('sum' as const, 'average' as const, 'min' as const, 'max' as const),
          value: inner,
          variables,
        })
        .map((one) => ({ kind: 'aggregate' as const, span, ...one })),
      declaration.map((one) => ({
        kind: 'aggregate' as const,
        span,
        aggregate: 'sum' as const,
        value: null,
        variables: [one],
      })),
      fc
        .record({ variable: identifier, value: inner, body: inner })
        .map((one) => ({ kind: 'let' as const, span, ...one })),
      lambda.map((one) => ({ kind: 'application' as const, span, lambda: one })),
      chain,
    ),
  };
});

const topLambda: fc.Arbitrary<Lambda> = fc.record({
  kind: fc.constant('lambda' as const),
  span: fc.constant(span),
  parameters: fc.array(identifier, { maxLength: 2 }),
  body: expression,
});

/** Any tree of the grammar; spans are of no account. */
export const query: fc.Arbitrary<Query> = fc
  .oneof({ weight: 9, arbitrary: expression }, { weight: 1, arbitrary: topLambda })
  .map((body) => ({ kind: 'query', span, body }));

/** Strings that have broken other people's SQL. */
export const hostileText = fc.oneof(
  text,
  fc.constantFrom(
    ...[
      "'; DROP TABLE profile; --",
      `" OR ""="`,
      '$p0',
      '$pid_from',
      '%',
      '_',
      '\\',
      "''",
      '{{x}}',
      '🙂',
      '\r\n',
      '${1}',
      '/*',
    ],
  ),
);

const nodeTypes = [
  ...[
    'literal',
    'fieldLookup',
    'fnApply',
    'fnCreate',
    'lambda',
    'select',
    'varDecl',
    'chain',
    'timeRef',
    'let',
  ],
  ...['upReference', 'timeConstraint', 'parameterReference', 'varRef', 'exists', 'object', 'nonsense'],
];

/** Trees that others may have written: known nodes with what belongs into them, and what does not. */
export const foreignJson: fc.Arbitrary<unknown> = fc.letrec<{ readonly node: unknown }>((tie) => {
  const node = tie('node');
  const variable = fc.constantFrom('a', 'b', 'xEvent', '$item', 'year', '', 'x y');
  const root = fc.constantFrom(
    { nodeType: 'parameterReference', position: 1 },
    { nodeType: 'literal', literalType: 'XDMObject', value: 'profile' },
    { nodeType: 'varRef', varName: 'a' },
    { nodeType: 'upReference', levels: 1 },
  );
  const lambda = fc.oneof(
    fc.record({
      nodeType: fc.constant('lambda'),
      varNames: fc.array(variable, { minLength: 1, maxLength: 1 }),
      body: node,
    }),
    fc.record({ nodeType: fc.constant('fnCreate'), params: fc.constant([{ varName: 'a' }]), body: node }),
  );
  const fnName = fc.constantFrom(
    ...[
      '=',
      'in',
      'and',
      'or',
      'not',
      '+',
      '-',
      '*',
      'equals',
      'filter',
      'exists',
      'forall',
      'sum',
      'matches',
    ],
    ...['date', 'if', 'like', 'occurs', 'count', 'chain', 'a.b', 'x" or "1"="1'],
  );
  return {
    node: fc.oneof(
      { maxDepth: 5, depthSize: 'medium' },
      fc.record({ nodeType: fc.constant('literal'), literalType: fc.constant('String'), value: hostileText }),
      fc.record({
        nodeType: fc.constant('literal'),
        literalType: fc.constant('integer'),
        value: fc.constant('-6'),
      }),
      fc.record({
        nodeType: fc.constant('literal'),
        literalType: fc.constant('List'),
        value: fc.array(fc.jsonValue()),
      }),
      fc.record({ nodeType: fc.constant('fieldLookup'), fieldName: variable, object: fc.oneof(root, node) }),
      fc.record({ nodeType: fc.constant('fieldLookup'), fieldName: variable, object: root }),
      fc.record({
        nodeType: fc.constant('fnApply'),
        fnName,
        params: fc.oneof(
          fc.tuple(node, node),
          fc.tuple(node, lambda),
          fc.array(fc.oneof(node, lambda), { maxLength: 3 }),
        ),
      }),
      fc.record({
        nodeType: fc.constant('fnApply'),
        function: lambda,
        params: fc.tuple(fc.oneof(root, node)),
      }),
      fc.record({
        nodeType: fc.constantFrom('select', 'set', 'exists'),
        variables: fc.array(
          fc.record({ nodeType: fc.constant('varDecl'), varName: variable, range: node, where: node }),
          { maxLength: 2 },
        ),
      }),
      fc.record({ nodeType: fc.constant('let'), varName: variable, value: node, body: node }),
      fc.record({
        nodeType: fc.constant('chain'),
        array: node,
        timestampField: fc.oneof(lambda, fc.constant('timestamp')),
        elements: fc.array(fc.record({ what: lambda, count: fc.constant({ value: 2 }) }), { maxLength: 2 }),
      }),
      fc.record(
        {
          nodeType: fc.constantFrom(...nodeTypes),
          params: fc.jsonValue(),
          value: fc.jsonValue(),
          object: node,
        },
        { requiredKeys: [] },
      ),
      fc.jsonValue(),
    ),
  };
}).node;

/** Texts made of what PQL is made of, in no order. */
export const scrambledText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...[
          'xEvent',
          'select',
          'from',
          'where',
          'and',
          'or',
          'not',
          'in',
          'notIn',
          'occurs',
          '< 3 days before now',
          'let',
        ],
        ...[
          '=',
          '=>',
          '(',
          ')',
          '[',
          ']',
          '{',
          '}',
          ',',
          '.',
          '^',
          '$1',
          '"a"',
          '"',
          '5',
          '.5',
          '-',
          '%',
          ':',
          'chain',
          'WHAT',
        ],
        ...[
          'sum',
          'over',
          'exists',
          'if',
          'date',
          'person.age',
          'homeAddress',
          '“',
          "'",
          '\\',
          '\0',
          '\ud800',
          '🙂',
          '\n',
        ],
      ),
      fc.string({ maxLength: 3 }),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(' '));
