import { defaultFieldResolver, getNamedType, isCompositeType, isObjectType } from 'graphql';
import type { GraphQLField, GraphQLSchema } from 'graphql';
import type { Tracing } from '../telemetry/tracing';

/**
 * Lets the fields that may load tell of themselves in traces: those of the roots, and those that lead to an object by a
 * resolver of their own. Plain values are not told of, for there are hundreds in one answer.
 */
export function traceResolvers(schema: GraphQLSchema, tracing: Tracing): void {
  if (!tracing.isOn) return;
  const roots = [schema.getQueryType(), schema.getMutationType()];
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      if (roots.includes(type) || mayLoad(field)) traceField(`${type.name}.${field.name}`, field, tracing);
    }
  }
}

function mayLoad(field: GraphQLField<unknown, unknown>): boolean {
  const hasOwn = field.resolve !== undefined && field.resolve !== defaultFieldResolver;
  return hasOwn && isCompositeType(getNamedType(field.type));
}

function traceField(name: string, field: GraphQLField<unknown, unknown>, tracing: Tracing): void {
  const resolve = field.resolve ?? defaultFieldResolver;
  field.resolve = (source, args, context, info) =>
    tracing.span({ name, kind: 'internal' }, async () => await resolve(source, args, context, info));
}
