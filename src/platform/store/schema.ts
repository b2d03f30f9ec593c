import { builtinSchema } from '../../xdm/builtin-schema';
import type { FieldDefinition, UnionSchema } from '../../xdm/union-schema';
import { withFields } from '../../xdm/with-fields';

const known = new WeakMap<readonly FieldDefinition[], UnionSchema>();

/** The built-in schema with a tenant's own fields; made once for each list of them. */
export function schemaOf(fields: readonly FieldDefinition[]): UnionSchema {
  const schema = known.get(fields) ?? withFields(builtinSchema, fields);
  known.set(fields, schema);
  return schema;
}
