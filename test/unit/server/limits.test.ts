import { getIntrospectionQuery } from 'graphql';
import { firstOperations } from '../../../src/server/first-operations';
import { createLimitRules, documentLimits } from '../../../src/server/limits';
import { prepare } from '../../../src/server/pipeline';
import { buildGatewaySchema } from '../../../src/server/schema';

const schema = buildGatewaySchema();
const pipeline = { schema, limitRules: createLimitRules({ introspection: true }), hideSuggestions: false };
const closed = { schema, limitRules: createLimitRules({ introspection: false }), hideSuggestions: true };

function codesOf(query: string, within = pipeline): unknown[] {
  const prepared = prepare(within, { query });
  return 'errors' in prepared ? prepared.errors.map(({ extensions }) => extensions['code']) : [];
}

const times = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ');

describe('the limits of a document', () => {
  it.each(firstOperations.map(({ title, document }) => [title, document]))(
    'let the road pass: %s',
    (_title, document) => {
      expect(prepare(pipeline, { query: document })).toHaveProperty('document');
    },
  );

  it('let an IDE ask for the schema, but not in production', () => {
    expect(codesOf(getIntrospectionQuery())).toEqual([]);
    expect(codesOf('{ __schema { types { name } } }', closed)).toEqual(
      expect.arrayContaining(['GRAPHQL_VALIDATION_FAILED']),
    );
  });

  it('tell what may have been meant, but not in production', () => {
    const messageOf = (within: typeof pipeline): string => {
      const prepared = prepare(within, { query: '{ segment(id: "1") { nam } }' });
      return 'errors' in prepared ? prepared.errors.map(({ message }) => message).join() : '';
    };
    expect(messageOf(pipeline)).toContain('Did you mean "name"');
    expect(messageOf(closed)).toBe('Cannot query field "nam" on type "Segment".');
  });

  it('let twenty jobs with their segments and audiences pass', () => {
    const query = `{ segmentJobs(first: 20) { nodes { id segments { name audience { size } } results { size } } } }`;
    expect(codesOf(query)).toEqual([]);
  });

  it.each([
    ['101 aliases', `{ ${times(101, (i) => `a${i}: __typename`)} }`],
    ['10,000 tokens', `{ ${times(10_000, () => '__typename')} }`],
    ['50,000 nested braces', `{ ${'a { '.repeat(50_000)}`],
    ['21 KB of commas', `{ __typename ${','.repeat(21_000)} }`],
    ['100 directives', `{ __typename ${times(100, () => '@include(if: true)')} }`],
    ['depth 25', `{ segments { nodes ${'{ audience { segment '.repeat(12)} { id } ${'} }'.repeat(12)} } }`],
    ['two nested pages of 100', '{ segments(first: 100) { nodes { jobs(first: 100) { nodes { id } } } } }'],
    [
      'two nested pages whose size stands in a variable',
      'query Q($n: Int) { segments(first: $n) { nodes { jobs(first: $n) { nodes { id } } } } }',
    ],
    [
      'a fragment that fans out 2^24 times',
      `{ segment(id: "1") { ...f0 } } ${times(24, (i) => `fragment f${i} on Segment { id ...f${i + 1} ...f${i + 1} }`)} fragment f24 on Segment { mergePolicy { id } }`,
    ],
  ])('refuse %s', (_name, query) => {
    const codes = codesOf(query);
    expect(codes.length).toBeGreaterThan(0);
    expect(codes.length).toBeLessThanOrEqual(4);
  });

  it('refuse a fragment within itself', () => {
    const query = '{ segment(id: "1") { ...f } } fragment f on Segment { audience { segment { ...f } } }';
    expect(codesOf(query)).not.toEqual([]);
  });

  it.each([
    [
      'a hundred rows of each file of a page of exports',
      '{ exportJobs(first: 100) { nodes { batches { batch { files { rows(first: 100) } } } } } }',
    ],
    [
      'the rows of one batch by many names',
      `{ batch(id: "1") { files { ${times(28, (i) => `r${i}: rows(first: 100)`)} } } }`,
    ],
    [
      'rows whose number stands in a variable',
      'query Q($n: Int) { exportJobs(first: 20) { nodes { batches { batch { files { rows(first: $n) } } } } } }',
    ],
  ])('count the rows of files: refuse %s', (_name, query) => {
    expect(codesOf(query)).toEqual(['QUERY_TOO_COMPLEX']);
  });

  it.each(['rows', 'rows(first: 100)'])('let %s of every file of an export pass', (rows) => {
    expect(codesOf(`{ exportJob(id: "1") { batches { batch { files { ${rows} } } } } }`)).toEqual([]);
  });

  it('say that a document is too complex by its own code', () => {
    expect(codesOf('{ segments(first: 100) { nodes { jobs(first: 100) { nodes { id } } } } }')).toEqual([
      'QUERY_TOO_COMPLEX',
    ]);
    expect(codesOf(`{ __typename #${'x'.repeat(documentLimits.maxLength)}\n }`)).toEqual([
      'QUERY_TOO_COMPLEX',
    ]);
  });

  it('tell a syntax error, a validation error and a missing operation apart', () => {
    expect(codesOf('{')).toEqual(['GRAPHQL_PARSE_FAILED']);
    expect(codesOf('{ nothing }')).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    expect(codesOf('query A { __typename } query B { __typename }')).toEqual([
      'OPERATION_RESOLUTION_FAILURE',
    ]);
  });
});
