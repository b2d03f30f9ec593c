import { builtinSchema } from '../../xdm/builtin-schema';
import type { FieldDefinition, UnionSchema } from '../../xdm/union-schema';
import { withFields } from '../../xdm/with-fields';

/** The built-in schema with a tenant's own fields. */
export function schemaOf(fields: readonly FieldDefinition[]): UnionSchema {
  return withFields(builtinSchema, fields);
}
