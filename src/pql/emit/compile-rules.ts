import { quoteIdentifier, systemColumn } from '../../xdm/columns';
import type { UnionSchema } from '../../xdm/union-schema';
import type { CheckedRule } from '../check/check-pql';
import type { Field, Typed } from '../typed-tree';
import type { CompiledPass } from './compiled-pass';
import type { Emitter } from './emitter';
import { emitExpression } from './expressions';
import type { Fields } from './fields';
import { createFields } from './fields';
import { Parameters } from './parameters';

export interface CompileOptions {
  /** The one clock of the run: `now`, `today`, `currentYear()` … */
  readonly now: Date;
  /** The schema that the rules were checked with. */
  readonly schema: UnionSchema;
}

/**
 * Compiles rules into one statement: attributes are read from the profile's row, everything about events is an
 * aggregate of one grouped scan; equal aggregates are computed once, and without any there is no scan.
 */
export function compileRules(rules: readonly CheckedRule[], options: CompileOptions): CompiledPass {
  const emitter = new PassEmitter(options.now, createFields(options.schema));
  const columns = rules.map((rule, index) => `${emitter.sql(rule.condition)} AS r${index}`);
  const sql = statement(columns, emitter);
  return { sql, parameters: emitter.parameters.usedIn(sql) };
}

const pid = quoteIdentifier(systemColumn.pid);
const inRange = (alias: string): string => `${alias}.${pid} >= $pid_from AND ${alias}.${pid} < $pid_to`;

function statement(columns: readonly string[], emitter: PassEmitter): string {
  const selected = [`p.${pid}`, ...columns].join(',\n  ');
  const { aggregates } = emitter;
  if (aggregates.length === 0) return `SELECT\n  ${selected}\nFROM profile AS p\nWHERE ${inRange('p')}`;
  const computed = aggregates.map((sql, index) => `${sql} AS ${aggregateName(index)}`);
  const join = emitter.eventsReadProfile ? ` JOIN profile AS p ON p.${pid} = e.${pid}` : '';
  return [
    `WITH scan AS (`,
    `  SELECT\n    ${[`e.${pid} AS scan_pid`, ...computed].join(',\n    ')}`,
    `  FROM event AS e${join}`,
    `  WHERE ${inRange('e')}`,
    `  GROUP BY e.${pid}`,
    `)`,
    `SELECT\n  ${selected}`,
    `FROM profile AS p LEFT JOIN scan AS a ON a.scan_pid = p.${pid}`,
    `WHERE ${inRange('p')}`,
  ].join('\n');
}

function aggregateName(index: number): string {
  return `a${index}`;
}

/** Holds what the rules of one pass share: parameters and the aggregates of the scan. */
class PassEmitter implements Emitter {
  readonly parameters = new Parameters();
  /** Set once an aggregate reads an attribute of the profile. */
  eventsReadProfile = false;
  private readonly aggregateIndexes = new Map<string, number>();
  private isInScan = false;
  private isWithin = false;

  constructor(
    readonly now: Date,
    private readonly fields: Fields,
  ) {}

  get aggregates(): readonly string[] {
    return [...this.aggregateIndexes.keys()];
  }

  sql(node: Typed): string {
    return emitExpression(node, this);
  }

  field(field: Field): string {
    this.noteRead(field);
    return this.fields.sql(field);
  }

  leaves(field: Field): readonly string[] {
    this.noteRead(field);
    return this.fields.leaves(field);
  }

  bind(value: string | number | boolean, type: string): string {
    // Clients of the engine bind whole numbers as integers, which end far below the greatest double.
    const isHuge = typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER;
    if (isHuge && type === 'DOUBLE') return `CAST(${this.parameters.bind(String(value))} AS DOUBLE)`;
    return `CAST(${this.parameters.bind(value)} AS ${type})`;
  }

  instant(ms: number): string {
    return `make_timestamp_ms(${this.bind(ms, 'BIGINT')})`;
  }

  aggregate(makeSql: () => string): string {
    if (this.isInScan) throw new Error('Invariant broken: a scan of events within a scan of events');
    this.isInScan = true;
    try {
      const sql = makeSql();
      const index = this.aggregateIndexes.get(sql) ?? this.aggregateIndexes.size;
      this.aggregateIndexes.set(sql, index);
      return `a.${aggregateName(index)}`;
    } finally {
      this.isInScan = false;
    }
  }

  outermost(makeSql: () => string, wrap: (sql: string) => string): string {
    if (this.isWithin) return makeSql();
    this.isWithin = true;
    try {
      return wrap(makeSql());
    } finally {
      this.isWithin = false;
    }
  }

  private noteRead(field: Field): void {
    if (this.isInScan && field.owner.kind === 'profile') this.eventsReadProfile = true;
  }
}
