import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema, printSubgraphSchema } from '@apollo/subgraph';
import { graphql, isObjectType, parse, printSchema, validateSchema } from 'graphql';
import { maxRepresentations, printSubgraphSdl, toSubgraph } from '../../../src/server/federation';
import { createLimitRules } from '../../../src/server/limits';
import { prepare } from '../../../src/server/pipeline';
import { oneOfInputs } from '../../../src/server/one-of-inputs';
import { buildGatewaySchema } from '../../../src/server/schema';
import type { Reply, SeenCall } from '../../support/fake-upstream';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';

const definitions = '/data/core/ups/segment/definitions';

/** Has every segment but those whose ids begin with "none"; the one that begins with "bad" cannot be read. */
function answer({ path, body }: SeenCall): Reply | undefined {
  const segmentOf = (id: string): object => ({
    id,
    name: `Segment ${id}`,
    schema: {},
    expression: { type: 'PQL', format: 'pql/text', value: 'true' },
  });
  if (path === `${definitions}/bulk-get`) {
    const ids = (body as { ids: { id: string }[] }).ids.map(({ id }) => id);
    const found = ids.filter((id) => !id.startsWith('none'));
    return { status: 207, json: { results: Object.fromEntries(found.map((id) => [id, segmentOf(id)])) } };
  }
  // Who may see runs is found out by reading a segment.
  if (path === definitions) return { json: { segments: [], page: { totalCount: 0 }, link: {} } };
  if (path === `${definitions}/alone`) return { json: segmentOf('alone') };
  if (path === '/data/foundation/catalog/dataSets/d1') return { json: { d1: { name: 'Exports' } } };
  return undefined;
}

/** The types with `@key(fields: "id")`, whether it stands on their line or the next. */
const keyedTypesOf = (sdl: string): string[] =>
  [...sdl.matchAll(/^type (\w+)[^{]*@key\(fields: "id"\)/gm)].map(([, name = '']) => name).sort();

const entities = `query ($of: [_Any!]!) { _entities(representations: $of) {
  __typename ... on Segment { id name } ... on Dataset { id name } } }`;

describe('the subgraph', () => {
  let started: StartedGateway;
  beforeAll(async () => {
    started = await startGateway(answer, { federation: true, development: false });
  });
  afterAll(() => started.close());
  beforeEach(() => void started.upstream.calls.splice(0));

  interface Answer {
    readonly data: {
      readonly _entities: readonly unknown[];
      readonly _service: { readonly sdl: string };
    } | null;
    readonly errors?: readonly { readonly path?: unknown; readonly extensions: { readonly code: string } }[];
  }
  const ask = async (query: string, of: unknown = []): Promise<Answer> =>
    (await started.post({ query, variables: { of } })).json() as Promise<Answer>;
  const segments = (count: number): object[] =>
    Array.from({ length: count }, (_, index) => ({ __typename: 'Segment', id: `s${index}` }));

  it('finds 100 segments by one bulk-get', async () => {
    const { data } = await ask(entities, segments(maxRepresentations));
    expect(data?._entities).toHaveLength(maxRepresentations);
    expect(data?._entities[99]).toEqual({ __typename: 'Segment', id: 's99', name: 'Segment s99' });
    expect(started.upstream.lines()).toEqual(['POST /segment/definitions/bulk-get']);
  });

  it('finds entities of several kinds in the order of their representations, null where there is none', async () => {
    const { data, errors } = await ask(entities, [
      { __typename: 'Dataset', id: 'd1' },
      { __typename: 'Segment', id: 'none' },
      { __typename: 'Segment', id: 's1' },
    ]);
    expect(errors).toBeUndefined();
    expect(data?._entities).toEqual([
      { __typename: 'Dataset', id: 'd1', name: 'Exports' },
      null,
      { __typename: 'Segment', id: 's1', name: 'Segment s1' },
    ]);
  });

  it.each([
    ['no entity of ours', { __typename: 'Product', id: '1' }],
    ['a type without a key', { __typename: 'JobProgress', id: '1' }],
    ['no id', { __typename: 'Segment' }],
    ['nothing at all', 7],
  ])('refuses %s at its place, and answers the others', async (_what, representation) => {
    const { data, errors } = await ask(entities, [{ __typename: 'Segment', id: 'alone' }, representation]);
    expect(data?._entities).toEqual([{ __typename: 'Segment', id: 'alone', name: 'Segment alone' }, null]);
    expect(errors).toMatchObject([{ path: ['_entities', 1], extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('refuses more than a page of representations', async () => {
    const { errors } = await ask(entities, segments(maxRepresentations + 1));
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(started.upstream.calls).toEqual([]);
  });

  it('resolves every type that has a key by its id, as a router asks', async () => {
    const { data } = await ask('{ _service { sdl } }');
    const keyed = keyedTypesOf(data?._service.sdl ?? '');
    expect(keyed.length).toBeGreaterThanOrEqual(10);
    const selections = keyed.map((name) => `... on ${name} { __typename id }`).join(' ');
    const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ${selections} } }`;
    for (const name of keyed) {
      // What is not there is null; a type that cannot be found by its key would be refused.
      const { data: found, errors } = await ask(query, [{ __typename: name, id: 'none-1' }]);
      expect({ name, errors: errors?.map(({ extensions }) => extensions.code) }).toEqual({ name });
      expect(found?._entities).toEqual([null]);
    }
  });

  it('tells composition its schema, in production too, where introspection is off', async () => {
    const { data } = await ask('{ _service { sdl } }');
    expect(data?._service.sdl).toBe(printSubgraphSdl(buildGatewaySchema()));
    expect((await ask('{ __schema { types { name } } }')).errors).toBeDefined();
  });

  it('wants a caller, as every operation does', async () => {
    const closed = await startGateway(answer, { federation: true, defaultCaller: null });
    const response = await closed.post({ query: '{ _service { sdl } }' });
    await closed.close();
    expect(response.status).toBe(401);
  });

  it('is not there unless it is switched on', async () => {
    const plain = await startGateway(answer);
    const answered = (await (await plain.post({ query: '{ _service { sdl } }' })).json()) as Answer;
    await plain.close();
    expect(answered.errors?.[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
  });
});

describe('the schema of the subgraph', () => {
  const schema = toSubgraph(buildGatewaySchema());
  const sdl = printSubgraphSdl(buildGatewaySchema());

  it('is valid, and keeps its inputs of which one member is given', () => {
    expect(validateSchema(schema)).toEqual([]);
    for (const name of Object.keys(oneOfInputs))
      expect(printSchema(schema)).toContain(`input ${name} @oneOf`);
  });

  it('is taken by Apollo’s own subgraph library, which finds the same entities', () => {
    const theirs = buildSubgraphSchema(parse(sdl));
    const unionOf = (of: typeof schema): string[] => {
      const union = of.getType('_Entity');
      return union !== undefined && 'getTypes' in union
        ? union
            .getTypes()
            .map(({ name }) => name)
            .sort()
        : [];
    };
    expect(unionOf(theirs)).toEqual(unionOf(schema));
    expect(printSubgraphSchema(theirs)).toContain('type Segment\n  @key(fields: "id")');
  });

  it('comes back whole from the subgraph library: what it prints is what was served, and reads the same again', async () => {
    const theirs = buildSubgraphSchema({ typeDefs: parse(sdl) });
    expect(validateSchema(theirs)).toEqual([]);
    const again = printSubgraphSchema(theirs);
    expect(printSubgraphSchema(buildSubgraphSchema({ typeDefs: parse(again) }))).toBe(again);
    expect(again).toContain('https://specs.apollo.dev/federation/v2');
    const named = (of: string): string[] =>
      [...of.matchAll(/^(?:type|interface|enum|input|scalar|union) (\w+)/gm)]
        .map(([, name = '']) => name)
        .sort();
    expect(named(again)).toEqual(named(sdl));
    expect(keyedTypesOf(again)).toEqual(keyedTypesOf(sdl));
    const { data } = await graphql({ schema: theirs, source: '{ _service { sdl } }' });
    const service = data?.['_service'] as { readonly sdl: string } | undefined;
    expect(keyedTypesOf(service?.sdl ?? '')).toEqual(keyedTypesOf(sdl));
  });

  it('is composed by Apollo with a subgraph that refers to its entities and adds to them, without a hint', () => {
    const campaigns = `
      extend schema @link(url: "https://specs.apollo.dev/federation/v2.4", import: ["@key", "@shareable"])
      type Query { campaigns: [Campaign!]! }
      type Campaign @key(fields: "id") { id: ID! audience: Segment dataset: Dataset }
      type Segment @key(fields: "id") { id: ID! campaigns: [Campaign!]! }
      type Dataset @key(fields: "id", resolvable: false) { id: ID! }
      type PageInfo @shareable { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
    `;
    const services = [
      { name: 'audiences', url: 'http://127.0.0.1:4000/graphql', typeDefs: parse(sdl) },
      { name: 'campaigns', url: 'http://127.0.0.1:4001/graphql', typeDefs: parse(campaigns) },
    ];
    const { errors = [], hints = [], supergraphSdl } = composeServices(services);
    expect([...errors, ...hints].map(({ message }) => message)).toEqual([]);
    expect(supergraphSdl).toContain('segmentJobChanged');
  });

  it('gives a key to every noun that Query finds by its id', () => {
    const keyed = [...sdl.matchAll(/^type (\w+)(?: implements \w+)? @key\(fields: "id"\)/gm)].map(
      ([, name]) => name,
    );
    const nouns = ['Segment', 'SegmentJob', 'ExportJob', 'Schedule', 'AudienceTemplate', 'Dataset', 'Batch'];
    expect(keyed).toEqual(expect.arrayContaining([...nouns, 'MergePolicy', 'Preview', 'AudienceRun']));
    const withoutId = keyed.filter((name) => {
      const type = schema.getType(name ?? '');
      return !isObjectType(type) || String(type.getFields()['id']?.type) !== 'ID!';
    });
    expect(withoutId).toEqual([]);
  });

  it('counts what entities may cost as it counts a page', () => {
    const pipeline = {
      schema,
      limitRules: createLimitRules({ introspection: true }),
      hideSuggestions: false,
    };
    const jobsOf = (arguments_: string): unknown => {
      const query = `query ($of: [_Any!]!) { _entities(representations: ${arguments_}) { ... on Segment { jobs(first: 50) { nodes { id segments { id } } } } } }`;
      const prepared = prepare(pipeline, { query });
      return 'errors' in prepared ? prepared.errors[0]?.extensions['code'] : 'taken';
    };
    expect(jobsOf('$of')).toBe('QUERY_TOO_COMPLEX');
    expect(jobsOf('[{ __typename: "Segment", id: "1" }]')).not.toBe('QUERY_TOO_COMPLEX');
  });
});
