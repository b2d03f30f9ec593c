import { assertNever } from '../../lib/assert';
import { quoteIdentifier } from '../../xdm/columns';
import type { XdmObject } from '../../xdm/union-schema';
import { emitterOf } from '../functions/table';
import type {
  Calculation,
  Constant,
  Convert,
  Day,
  Defined,
  Field,
  InList,
  OneOf,
  Typed,
} from '../typed-tree';
import { childrenOf } from '../typed-tree';
import { familyOf } from '../value-types';
import { emitChain } from './chain';
import { emitAggregation, emitCollection, emitExists, emitFirst, emitTop } from './collections';
import type { Emitter } from './emitter';
import { emitEntries, emitGroups, emitList, emitMapValue, emitMember } from './maps';
import { emitOccurs } from './occurs';
import { scalarSqlType } from './sql-types';
import { numberOfText, textOfNumber, timeOfText, truthOfText } from './text-values';

/**
 * The SQL of one node. Tests are TRUE or FALSE, never NULL; times are TIMESTAMPs, dates too; what cannot be computed
 * is NULL, never an error of the engine.
 */
export function emitExpression(node: Typed, emitter: Emitter): string {
  const sql = (inner: Typed): string => emitter.sql(inner);
  switch (node.kind) {
    case 'constant':
      return emitConstant(node, emitter);
    case 'field':
      return emitField(node, emitter);
    case 'convert':
      return emitConversion(node, emitter);
    case 'compare':
      return `COALESCE(${sql(node.left)} ${node.operator} ${sql(node.right)}, FALSE)`;
    case 'oneOf':
      return emitOneOf(node, emitter);
    case 'inList':
      return emitInList(node, emitter);
    case 'apply':
      return emitterOf(node.form, node.name)(node.args.map(sql), {
        now: emitter.now,
        integer: (value) => emitter.bind(value, 'BIGINT'),
      });
    case 'calculation':
      return emitCalculation(node, emitter);
    case 'negated':
      return `(-${asDouble(node.operand, emitter)})`;
    case 'logical':
      return `(${node.operands.map(sql).join(node.operator === 'and' ? ' AND ' : ' OR ')})`;
    case 'not':
      return `(NOT ${sql(node.operand)})`;
    case 'isTrue':
      return `COALESCE(${sql(node.operand)}, FALSE)`;
    case 'defined':
      return emitDefined(node, emitter);
    case 'if':
      return `CASE WHEN ${sql(node.test)} THEN ${sql(node.whenTrue)} ELSE ${sql(node.whenFalse)} END`;
    case 'exists':
      return emitExists(node, emitter);
    case 'aggregation':
      return emitAggregation(node, emitter);
    case 'collection':
      return emitCollection(node, emitter);
    case 'first':
      return emitFirst(node, emitter);
    case 'top':
      return emitTop(node, emitter);
    case 'chain':
      return emitChain(node, emitter);
    case 'position':
      return emitter.position(node);
    case 'day':
      return emitDay(node, sql);
    case 'occurs':
      return emitOccurs(node, emitter);
    case 'inSegment':
      return emitter.segment(node.id);
    case 'list':
      return emitList(node, emitter);
    case 'mapValue':
      return ofPart(node, emitMapValue(node, emitter));
    case 'entries':
      return emitEntries(node, emitter);
    case 'member':
      return ofPart(node, emitMember(node, emitter));
    case 'groups':
      return emitGroups(node, emitter);
    case 'dynamic':
    case 'object':
    case 'mapping':
      throw new Error(`Invariant broken: a checked rule evaluates no "${node.kind}" by itself`);
    default:
      return assertNever(node);
  }
}

function emitConstant(node: Constant, emitter: Emitter): string {
  const type = scalarSqlType(node.type);
  if (node.value === null) return `CAST(NULL AS ${type})`;
  if (typeof node.value === 'boolean') return node.value ? 'TRUE' : 'FALSE';
  if (type === 'TIMESTAMP') return emitter.instant(Number(node.value));
  return emitter.bind(node.value, type);
}

function emitField(node: Field, emitter: Emitter): string {
  return ofPart(node, emitter.field(node));
}

/** Dates are stored as such, and compared as times. */
function ofPart({ type }: Typed, sql: string): string {
  return type.kind === 'date' ? `TRY_CAST(${sql} AS TIMESTAMP)` : sql;
}

function emitConversion(node: Convert, emitter: Emitter): string {
  const operand = emitter.sql(node.operand);
  const isText = familyOf(node.operand.type) === 'text';
  switch (node.type.kind) {
    case 'string':
      return textOfNumber(operand);
    case 'boolean':
      return truthOfText(operand);
    case 'number':
      return numberOfText(operand);
    case 'datetime':
      return isText ? timeOfText(operand) : `TRY(make_timestamp_ms(TRY_CAST(${operand} AS BIGINT)))`;
  }
}

/** Years 1 to 9999, like dates that are written down: the engine knows others too. */
const dayPattern = '^[1-9][0-9]{0,3}-[0-9]{1,2}-[0-9]{1,2}$';

function emitDay({ year, month, day }: Day, sql: (part: Typed) => string): string {
  const text = [year, month, day].map((part) => textOfNumber(sql(part))).join(" || '-' || ");
  return `TRY_CAST(regexp_extract(${text}, '${dayPattern}') AS TIMESTAMP)`;
}

function asDouble(node: Typed, emitter: Emitter): string {
  if (node.kind === 'constant' && typeof node.value === 'number') return emitter.bind(node.value, 'DOUBLE');
  const sql = emitter.sql(node);
  return node.type.kind === 'number' ? sql : `CAST(${sql} AS DOUBLE)`;
}

/**
 * From the left, in doubles, which overflow to infinity instead of an error. What is no number then is null.
 *
 * The engine writes NULLIF out as a CASE that repeats its operand: in calculations within each other it would double
 * the work at each level. So only the outermost calculation has one, since what is no number stays so through the rest.
 */
function emitCalculation(node: Calculation, emitter: Emitter): string {
  return emitter.outermost(
    () =>
      node.rest.reduce(
        (left, { operator, operand }) => {
          const divides = operator === '/' || operator === '%';
          return `(${left} ${operator} ${divides ? emitDivisor(operand, emitter) : asDouble(operand, emitter)})`;
        },
        asDouble(node.first, emitter),
      ),
    (sql) => `NULLIF(${sql}, CAST('nan' AS DOUBLE))`,
  );
}

/** A divisor, null for 0; a large one is looked at as an item of a list, for the reason above. */
function emitDivisor(operand: Typed, emitter: Emitter): string {
  const sql = asDouble(operand, emitter);
  const isSmall = childrenOf(operand).length === 0;
  return isSmall ? `NULLIF(${sql}, 0)` : `list_filter([${sql}], lambda divisor: divisor != 0)[1]`;
}

function emitDefined({ operand, negated }: Defined, emitter: Emitter): string {
  if ((operand.kind === 'mapValue' || operand.kind === 'member') && operand.type.kind === 'object') {
    const any = anyLeafSql(emitter.sql(operand), operand.type);
    return negated ? `(NOT ${any})` : any;
  }
  // A part of an item is there when anything of it is, an item when it is not null.
  const isPart = operand.kind === 'field' && !(operand.path === '' && operand.owner.kind === 'item');
  const there = isPart
    ? emitter.leaves(operand).map((leaf) => `${leaf} IS NOT NULL`)
    : [`${emitter.sql(operand)} IS NOT NULL`];
  const any = there.length === 0 ? 'FALSE' : `(${there.join(' OR ')})`;
  return negated ? `(NOT ${any})` : any;
}

/** Whether any part of a struct is there. As an item of a list it has a name, and is not written down once a part. */
function anyLeafSql(struct: string, type: XdmObject): string {
  const leaves = (of: XdmObject, sql: string): readonly string[] =>
    Object.entries(of.fields).flatMap(([name, field]) => {
      const part = `${sql}.${quoteIdentifier(name)}`;
      return field.kind === 'object' ? leaves(field, part) : [`${part} IS NOT NULL`];
    });
  const any = leaves(type, 'o').join(' OR ');
  return any === '' ? 'FALSE' : `(len(list_filter([${struct}], lambda o: ${any})) > 0)`;
}

function emitOneOf(node: OneOf, emitter: Emitter): string {
  const left = emitter.sql(node.left);
  const items = node.items.map((item) => emitter.sql(item));
  const isIn = items.length === 0 ? 'FALSE' : `COALESCE(${left} IN (${items.join(', ')}), FALSE)`;
  return node.negated ? `(${left} IS NOT NULL AND NOT ${isIn})` : isIn;
}

function emitInList(node: InList, emitter: Emitter): string {
  const listType = node.list.type.kind === 'array' ? scalarSqlType(node.list.type.items) : 'VARCHAR';
  const isNumber = listType === 'BIGINT' || listType === 'DOUBLE';
  // Numbers meet as doubles, times as timestamps: the engine would else round the member to the list's type.
  const type = isNumber ? 'DOUBLE' : listType;
  const list = `TRY_CAST(${emitter.sql(node.list)} AS ${type}[])`;
  const member = isNumber ? asDouble(node.left, emitter) : emitter.sql(node.left);
  const isIn = `COALESCE(list_contains(${list}, ${member}), FALSE)`;
  return node.negated ? `(${list} IS NOT NULL AND ${member} IS NOT NULL AND NOT ${isIn})` : isIn;
}
