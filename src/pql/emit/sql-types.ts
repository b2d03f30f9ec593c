import type { ValueType } from '../typed-tree';
import { familyOf } from '../value-types';

export type ScalarSqlType = 'VARCHAR' | 'BIGINT' | 'DOUBLE' | 'BOOLEAN' | 'TIMESTAMP';

/** The SQL type of a scalar; of anything else VARCHAR. */
export function scalarSqlType(type: ValueType): ScalarSqlType {
  switch (familyOf(type)) {
    case 'number':
      return type.kind === 'integer' ? 'BIGINT' : 'DOUBLE';
    case 'boolean':
      return 'BOOLEAN';
    case 'time':
      return 'TIMESTAMP';
    default:
      return 'VARCHAR';
  }
}

/** The SQL type of a scalar or of a list of them. */
export function sqlTypeOf(type: ValueType): string {
  return type.kind === 'array' ? `${sqlTypeOf(type.items)}[]` : scalarSqlType(type);
}
