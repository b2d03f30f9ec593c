import { buildSchema, getNamedType, isInterfaceType, isObjectType } from 'graphql';
import type { GraphQLObjectType } from 'graphql';
import { audienceCacheOptions } from '../../../src/client/apollo';
import { readDocument } from '../../support/markdown';

const schema = buildSchema(readDocument('schema.graphql'));
const objects = Object.values(schema.getTypeMap()).filter(isObjectType);
const policies: Readonly<
  Record<string, { readonly fields?: object; readonly keyFields?: unknown; readonly merge?: unknown }>
> = audienceCacheOptions.typePolicies;
const policiesOf = ({ name }: GraphQLObjectType): Readonly<Record<string, object>> => ({
  ...policies[name]?.fields,
});

/** Types whose id names one thing in a sandbox, so that Apollo may keep them by type and id. */
const nouns = [
  ...['AudienceRun', 'AudienceTemplate', 'Batch', 'Dataset', 'ExportJob', 'MergePolicy', 'Preview'],
  ...['PreviewProfile', 'Schedule', 'Segment', 'SegmentJob'],
];

describe('what Apollo’s cache is told', () => {
  it('names every type behind an interface', () => {
    const interfaces = Object.values(schema.getTypeMap()).filter(isInterfaceType);
    const known: Readonly<Record<string, readonly string[]>> = audienceCacheOptions.possibleTypes;
    for (const type of interfaces) {
      expect([...(known[type.name] ?? [])].sort()).toEqual(
        schema
          .getPossibleTypes(type)
          .map(({ name }) => name)
          .sort(),
      );
    }
  });

  it('joins the pages of every connection', () => {
    const unjoined = objects.flatMap((type) =>
      Object.values(type.getFields())
        .filter(
          ({ type: of, name }) =>
            /Connection$/.test(getNamedType(of).name) && !('merge' in (policiesOf(type)[name] ?? {})),
        )
        .map(({ name }) => `${type.name}.${name}`),
    );
    expect(unjoined).toEqual([]);
  });

  it('finds everything that is asked for by its id in what was loaded before', () => {
    const query = schema.getQueryType();
    const asked = Object.values(query?.getFields() ?? {}).filter(
      ({ args, type }) =>
        args.length === 1 && args[0]?.name === 'id' && nouns.includes(getNamedType(type).name),
    );
    const known = Object.keys(policiesOf(query as GraphQLObjectType));
    expect(known).toEqual(expect.arrayContaining(asked.map(({ name }) => name)));
  });

  it('knows of every type with an id whether that id is unique', () => {
    const unknown = objects
      .filter(
        (type) =>
          'id' in type.getFields() &&
          !nouns.includes(type.name) &&
          policies[type.name]?.keyFields === undefined,
      )
      .map(({ name }) => name);
    expect(unknown).toEqual([]);
  });
});

describe('a connection in the cache', () => {
  const { merge, keyArgs } = audienceCacheOptions.typePolicies.Query.fields.segments;
  const page = (names: readonly string[], endCursor: string, hasNextPage = true) => ({
    nodes: names,
    pageInfo: { startCursor: names[0] ?? null, endCursor, hasNextPage },
  });
  const first = merge(undefined, page(['a', 'b'], 'B'), { args: {} });
  const second = merge(first, page(['c', 'd'], 'D'), { args: { after: 'B' } });

  it('joins a page behind the one that it follows', () => {
    expect(second).toMatchObject({
      nodes: ['a', 'b', 'c', 'd'],
      pageInfo: { startCursor: 'a', endCursor: 'D' },
    });
  });

  it('puts a page that is asked for again in its own place', () => {
    expect(merge(second, page(['c', 'd'], 'D'), { args: { after: 'B' } }).nodes).toEqual([
      'a',
      'b',
      'c',
      'd',
    ]);
  });

  it('begins anew with the first page', () => {
    expect(merge(second, page(['a', 'b'], 'B'), { args: {} }).nodes).toEqual(['a', 'b']);
  });

  it('joins edges as it joins nodes', () => {
    const edges = (name: string, end: string) => ({ edges: [name], pageInfo: { endCursor: end } });
    expect(
      merge(merge(undefined, edges('a', 'A'), { args: null }), edges('b', 'B'), { args: { after: 'A' } })
        .edges,
    ).toEqual(['a', 'b']);
  });

  it('is kept by everything but first and after', () => {
    expect(keyArgs({ first: 2, after: 'B', filter: {}, orderBy: null })).toEqual(['filter', 'orderBy']);
  });
});
