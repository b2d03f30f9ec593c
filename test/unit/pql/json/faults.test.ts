import {
  checkExpression,
  isPqlJson,
  parsePql,
  parsePqlJson,
  readExpression,
  toPqlJson,
} from '../../../../src/pql';
import { builtinSchema } from '../../../../src/xdm/builtin-schema';

const root = { nodeType: 'parameterReference', position: 1 };
const a = { nodeType: 'fieldLookup', fieldName: 'a', object: root };
const faults = (tree: unknown): readonly string[] =>
  parsePqlJson(tree).diagnostics.map(({ code, message }) => `${code} ${message}`);

describe('a tree that cannot be read', () => {
  it.each<[string, unknown, RegExp]>([
    ['a text that is no JSON', '{"nodeType": }', /^invalid-json/],
    ['a list', [], /^invalid-tree At the root of the tree: A node, .* not a list/],
    ['null', null, /not null/],
    ['a node without a type', {}, /not an object/],
    [
      'a misspelt type',
      { nodeType: 'feildLookup' },
      /^unknown-node At "\/nodeType": .*Did you mean "fieldLookup"/,
    ],
    ['a name that is none', { ...a, fieldName: 'a" or "1"="1' }, /^invalid-tree At "\/fieldName"/],
    ['a missing object', { nodeType: 'fieldLookup', fieldName: 'a' }, /At "\/object": .* not nothing/],
    ['a variable from nowhere', { nodeType: 'varRef', varName: 'X' }, /the variable "X" is not known/],
    [
      'an operator with one operand',
      { nodeType: 'fnApply', fnName: '=', params: [a] },
      /^invalid-tree At "\/params": "=" takes two operands, not 1\.$/,
    ],
    [
      'an operator with none',
      { nodeType: 'fnApply', fnName: 'and', params: [] },
      /^invalid-tree At "\/params": "and" takes two operands, not 0\.$/,
    ],
    [
      'a "not" of two',
      { nodeType: 'fnApply', fnName: 'not', params: [a, a] },
      /^invalid-tree At the root of the tree: "not" takes one operand, not 2\.$/,
    ],
    [
      'an operator with three',
      { nodeType: 'fnApply', fnName: '=', params: [a, a, a] },
      /two operands, not 3/,
    ],
    [
      'params that are no list',
      { nodeType: 'fnApply', fnName: '=', params: { 0: a } },
      /"\/params": params should be a list/,
    ],
    [
      'a number that is none',
      { nodeType: 'literal', literalType: 'Integer', value: '6.5' },
      /At "\/value": "6\.5" is no integer/,
    ],
    [
      'a whole number in the words of a double',
      { nodeType: 'literal', literalType: 'Integer', value: '1.0' },
      /At "\/value": "1\.0" is no integer/,
    ],
    [
      'a text with more digits than a number has',
      { nodeType: 'literal', literalType: 'Integer', value: '9007199254740993' },
      /At "\/value": "9007199254740993" is no integer/,
    ],
    [
      'more variables than a rule may have in a row',
      { nodeType: 'select', variables: Array(10_000).fill({ nodeType: 'varDecl' }) },
      /^invalid-tree At "\/variables\/100": More than 100 variables stand in a row\.$/m,
    ],
    [
      'more elements of a chain',
      { nodeType: 'chain', elements: Array(10_000).fill({}) },
      /^invalid-tree At "\/elements\/100": More than 100 elements stand in a row\.$/m,
    ],
    [
      'a number too large',
      '{"nodeType":"literal","literalType":"Integer","value":9007199254740993}',
      /rule can hold/,
    ],
    ['an unknown literal', { nodeType: 'literal', literalType: 'Date', value: 1 }, /literalType/],
    [
      'half a surrogate pair',
      { nodeType: 'literal', literalType: 'String', value: '\ud800' },
      /cannot stand in a string/,
    ],
    [
      'an unknown member of a chain element',
      {
        nodeType: 'chain',
        array: a,
        timestampField: 'timestamp',
        elements: [{ name: 'A', what: a, within: 3 }],
      },
      /"\/elements\/0\/within"/,
    ],
    [
      'a word of PQL as a variable',
      { nodeType: 'let', varName: 'in', value: a, body: a },
      /"in" is a word of PQL/,
    ],
    [
      'the item itself',
      {
        nodeType: 'fnApply',
        fnName: 'filter',
        params: [
          a,
          { nodeType: 'lambda', varNames: ['$item'], body: { nodeType: 'varRef', varName: '$item' } },
        ],
      },
      /no name for the item itself/,
    ],
    [
      'a position that JavaScript cannot convert',
      { ...a, object: { nodeType: 'parameterReference', position: { toString: {} } } },
      /"\/object\/position": A position is a whole number/,
    ],
    [
      'a position that JavaScript would convert',
      { ...a, object: { nodeType: 'parameterReference', position: [1] } },
      /"\/object\/position": A position is a whole number/,
    ],
    [
      'a key that JavaScript cannot convert',
      {
        nodeType: 'object',
        entries: [
          { key: { toString: {} }, value: { nodeType: 'literal', literalType: 'Integer', value: 1 } },
        ],
      },
      /"\/entries\/0\/key": A key is a text/,
    ],
    [
      'a pointer with escapes',
      { nodeType: 'chain', array: a, timestampField: 'timestamp', elements: [{ what: a, 'x/y~': 1 }] },
      /x~1y~0/,
    ],
  ])('is refused with a place: %s', (_name, tree, message) => {
    expect(faults(tree).join('\n')).toMatch(message);
    expect(parsePqlJson(tree).query).toBeNull();
  });

  it('has all its faults told in one go', () => {
    const tree = {
      nodeType: 'fnApply',
      fnName: 'and',
      params: [{ nodeType: 'x' }, 5, { ...a, fieldName: '' }],
    };
    expect(parsePqlJson(tree).diagnostics.map(({ message }) => /"(.*?)"/.exec(message)?.[1])).toEqual([
      '/params/0/nodeType',
      '/params/1',
      '/params/2/fieldName',
    ]);
  });

  it('is not helped by inherited members', () => {
    expect(faults('{"__proto__":{"nodeType":"literal","literalType":"Boolean","value":true}}')).toHaveLength(
      1,
    );
    expect(faults(Object.create({ nodeType: 'literal', literalType: 'Null' }))).toHaveLength(1);
  });
});

describe('limits', () => {
  const nested = (levels: number, wrap: (inner: unknown) => unknown): unknown => {
    let tree: unknown = a;
    for (let level = 0; level < levels; level += 1) tree = wrap(tree);
    return tree;
  };
  const not = (inner: unknown): unknown => ({ nodeType: 'fnApply', fnName: 'not', params: [inner] });

  it('hold for depth as in text', () => {
    expect(faults(nested(200, not))).toEqual([]);
    expect(faults(nested(201, not))).toEqual([expect.stringMatching(/^too-deep .*200 levels/)]);
    expect(faults(nested(50_000, not))).toEqual([expect.stringMatching(/^too-deep/)]);
  });

  it.each<[string, (inner: unknown) => unknown]>([
    ['lists', (value) => ({ nodeType: 'literal', literalType: 'List', value: [value] })],
    [
      'plain lists',
      (value) => (value === a ? { nodeType: 'literal', literalType: 'List', value: [] } : value),
    ],
    ['lets', (value) => ({ nodeType: 'let', varName: 'v', value, body: a })],
    [
      'lambdas',
      (body) => ({
        nodeType: 'fnApply',
        fnName: 'map',
        params: [a, { nodeType: 'lambda', varNames: ['x'], body }],
      }),
    ],
    [
      'filters',
      (body) => ({
        nodeType: 'fnApply',
        fnName: 'filter',
        params: [a, { nodeType: 'lambda', varNames: ['$item'], body }],
      }),
    ],
    ['sums', (right) => ({ nodeType: 'fnApply', fnName: '+', params: [a, right] })],
    [
      'selects',
      (where) => ({ nodeType: 'select', variables: [{ nodeType: 'varDecl', varName: 'v', from: a, where }] }),
    ],
  ])('hold for 20,000 %s within each other', (_name, wrap) => {
    const codes = parsePqlJson(nested(20_000, wrap)).diagnostics.map(({ code }) => code);
    expect(codes.filter((code) => code !== 'too-deep')).toEqual([]);
  });

  it('take long paths and left-deep chains, which are not deep', () => {
    const path = nested(1_500, (object) => ({ nodeType: 'fieldLookup', fieldName: 'b', object }));
    expect(parsePqlJson(path).text).toBe(`a${'.b'.repeat(1_500)}`);
    const sum = nested(900, (left) => ({ nodeType: 'fnApply', fnName: '+', params: [left, a] }));
    expect(parsePqlJson(sum).text).toBe(`a${' + a'.repeat(900)}`);
    const all = nested(900, (left) => ({ nodeType: 'fnApply', fnName: 'and', params: [left, a] }));
    expect(parsePqlJson(all).text).toBe(`a${' and a'.repeat(900)}`);
  });

  it('hold for the rule in words', () => {
    const value = 'x'.repeat(65_536);
    expect(faults({ nodeType: 'literal', literalType: 'String', value })).toEqual([
      expect.stringMatching(/^text-too-long .*65536/),
    ]);
    expect(faults(' '.repeat(1_048_577))).toEqual([expect.stringMatching(/^tree-too-large/)]);
    expect(faults({ nodeType: 'literal', literalType: 'List', value: Array(100_000).fill(a) })[0]).toMatch(
      /more nodes/,
    );
  });

  it('leave a rule without a tree that JSON writers could not write', () => {
    const { query } = parsePql(`a${'.b'.repeat(5_000)}`);
    expect(query && toPqlJson(query)).toBeNull();
  });
});

describe('readExpression', () => {
  const tree = '{"nodeType":"literal","literalType":"Boolean","value":true}';

  it.each([
    ['pql/json', tree, 'json'],
    ['pql/text', tree, 'json'],
    ['pql/json', 'a = 1', 'text'],
    ['pql/text', '{"count": 1}', 'text'],
    ['pql/json', '{"nodeTyp": 1}', 'json'],
    ['pql/text', '["a"]', 'text'],
  ])('takes %s %s for %s, by its content', (format, value, form) => {
    expect(readExpression({ format, value }).form).toBe(form);
  });

  it('does not take what inherits a nodeType for a tree', () => {
    expect(isPqlJson('{"__proto__":{"nodeType":"literal"}}')).toBe(false);
  });

  it('lets a tree be checked as its words', () => {
    const value = JSON.stringify({
      nodeType: 'fnApply',
      fnName: '=',
      params: [{ ...a, fieldName: 'workAdress' }, a],
    });
    const options = { schema: builtinSchema, unknownAttributes: 'error' as const };
    expect(checkExpression({ format: 'pql/json', value }, options).diagnostics[0]).toMatchObject({
      code: 'unknown-attribute',
      from: 0,
      to: 10,
      suggestion: 'workAddress',
    });
  });
});
