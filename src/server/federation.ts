import {
  GraphQLObjectType,
  Kind,
  extendSchema,
  getNamedType,
  isNonNullType,
  parse,
  print,
  printSchema,
  visit,
} from 'graphql';
import type { ConstDirectiveNode, GraphQLField, GraphQLResolveInfo, GraphQLSchema } from 'graphql';
import { BadUserInput } from '../errors/bad-user-input';
import { invariant } from '../lib/assert';
import { isRecord } from '../lib/is-record';
import type { GatewayContext } from '../resolvers/context';

/** As many as a page may have; one bulk-get upstream. */
export const maxRepresentations = 100;

type QueryField = GraphQLField<unknown, GatewayContext>;

/**
 * The schema as a subgraph of Apollo Federation 2: `_service { sdl }` for composition, `_entities` for routers. An entity
 * is what Query finds by its id alone, and is found by that very field: with its loaders, its nulls and its errors.
 *
 * Source: https://www.apollographql.com/docs/graphos/reference/federation/subgraph-specification
 */
export function toSubgraph(schema: GraphQLSchema): GraphQLSchema {
  const entities = entityFields(schema);
  const sdl = printSubgraphSdl(schema);
  const extended = extendSchema(
    schema,
    parse(`
      "A representation of an entity: its __typename and its id."
      scalar _Any
      "Any type with a key."
      union _Entity = ${[...entities.keys()].join(' | ')}
      "What composition asks of a subgraph."
      type _Service { "This schema, with the directives of federation." sdl: String! }
      extend type Query {
        "For composition: this schema, with the directives of federation."
        _service: _Service!
        "For routers: entities by their keys, in order; null where there is none."
        _entities("At most ${maxRepresentations}." representations: [_Any!]!): [_Entity]!
      }
    `),
  );
  const query = extended.getQueryType();
  invariant(query instanceof GraphQLObjectType, 'the schema has queries');
  const { _service: service, _entities: resolveEntities } = query.getFields();
  invariant(service !== undefined && resolveEntities !== undefined, 'the schema has just been extended');
  service.resolve = () => ({ sdl });
  resolveEntities.resolve = (
    _root,
    args: { representations: readonly unknown[] },
    context: GatewayContext,
    info,
  ) => findEntities(entities, args.representations, { context, info });
  return extended;
}

/** The schema as composition wants it: with keys, and with what other subgraphs may have, too. */
export function printSubgraphSdl(schema: GraphQLSchema): string {
  const entities = entityFields(schema);
  const key = directive('@key(fields: "id")');
  const shareable = directive('@shareable');
  const document = visit(parse(printSchema(schema)), {
    ObjectTypeDefinition: (node) => {
      if (entities.has(node.name.value)) return { ...node, directives: [key] };
      return node.name.value === 'PageInfo' ? { ...node, directives: [shareable] } : undefined;
    },
    // Federation's libraries do not know @oneOf; what it says is held to when an operation runs.
    InputObjectTypeDefinition: (node) => ({ ...node, directives: [] }),
  });
  // The first version whose routers know subscriptions.
  const link =
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.4", import: ["@key", "@shareable"])';
  return `${link}\n\n${print(document)}\n`;
}

/** By type, the field of Query that takes an `id` and nothing else, and may answer null. */
function entityFields(schema: GraphQLSchema): ReadonlyMap<string, QueryField> {
  const fields = Object.values(schema.getQueryType()?.getFields() ?? {}) as QueryField[];
  return new Map(
    fields
      .filter(({ args, type }) => args.length === 1 && args[0]?.name === 'id' && !isNonNullType(type))
      .map((field) => [getNamedType(field.type).name, field]),
  );
}

/** All in one tick, so that those of a kind are one call where the upstream has a bulk-get. */
function findEntities(
  entities: ReadonlyMap<string, QueryField>,
  representations: readonly unknown[],
  asked: { readonly context: GatewayContext; readonly info: GraphQLResolveInfo },
): Promise<unknown>[] {
  if (representations.length > maxRepresentations) {
    throw new BadUserInput(
      `"representations" may hold ${maxRepresentations} at most, not ${representations.length}.`,
    );
  }
  return representations.map((representation) => findEntity(entities, representation, asked));
}

async function findEntity(
  entities: ReadonlyMap<string, QueryField>,
  representation: unknown,
  { context, info }: { readonly context: GatewayContext; readonly info: GraphQLResolveInfo },
): Promise<unknown> {
  const { __typename: typename, id } = isRecord(representation) ? representation : {};
  const field = typeof typename === 'string' ? entities.get(typename) : undefined;
  if (field?.resolve === undefined || typeof id !== 'string')
    throw new BadUserInput(
      'A representation holds the "__typename" of an entity of this subgraph and its "id", a string.',
    );
  const entity: unknown = await field.resolve(undefined, { id }, context, info);
  return isRecord(entity) ? { ...entity, __typename: typename } : null;
}

function directive(text: string): ConstDirectiveNode {
  const [definition] = parse(`type T ${text} { f: ID }`).definitions;
  invariant(definition?.kind === Kind.OBJECT_TYPE_DEFINITION, 'a type was written');
  const [node] = definition.directives ?? [];
  invariant(node !== undefined, 'it has one directive');
  return node;
}
