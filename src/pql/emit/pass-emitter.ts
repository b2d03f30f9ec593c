import { invariant } from '../../lib/assert';
import type { Field, Typed } from '../typed-tree';
import type { Emitter } from './emitter';
import { emitExpression } from './expressions';
import type { Fields } from './fields';
import { Parameters } from './parameters';
import type { Reads } from './reads';
import { addReads, noReads } from './reads';

/** One look at all events: the aggregates that are found in it, and what their SQL reads. */
export interface ScanStage {
  /** SQL of each aggregate with the name of its column, in the order in which they came up. */
  readonly columns: Map<string, string>;
  readonly reads: Reads;
}

/** One layer of segments that rules name: SQL of each with the name of its column. */
export interface SegmentLayer {
  readonly columns: { readonly name: string; readonly sql: string }[];
  readonly reads: Reads;
}

/** The alias that statements give to a stage of the scan, and to a layer of segments. */
export const scanAlias = (stage: number): string => (stage === 0 ? 'a' : `a_${stage}`);
export const layerAlias = (layer: number): string => `s_${layer}`;

/**
 * Holds what the rules of one pass share: parameters, the aggregates of the scans, the segments that rules name.
 *
 * An aggregate that asks about segments waits for their layer: it belongs to a later stage of the scan.
 */
export class PassEmitter implements Emitter {
  readonly parameters = new Parameters();
  readonly scans: ScanStage[] = [];
  readonly layers: SegmentLayer[] = [];
  private readonly segments = new Map<string, { readonly layer: number; readonly sql: string }>();
  private reads: Reads = noReads();
  private isInScan = false;
  private isWithin = false;
  private aggregateCount = 0;

  constructor(
    readonly now: Date,
    private readonly fields: Fields,
  ) {}

  /** The SQL of a whole rule; what it reads is added to `reads`. */
  rule(condition: Typed, reads: Reads): string {
    const made = this.reading(() => this.sql(condition));
    addReads(reads, made.reads);
    return made.sql;
  }

  /** Puts the rule of a segment into a layer, after all that it names; `segment` knows it from then on. */
  defineSegment(id: string, condition: Typed, layer: number): void {
    const into = (this.layers[layer] ??= { columns: [], reads: noReads() });
    const name = `s${this.segments.size}`;
    into.columns.push({ name, sql: this.rule(condition, into.reads) });
    this.segments.set(id, { layer, sql: `${layerAlias(layer)}.${name}` });
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

  segment(id: string): string {
    const known = this.segments.get(id);
    invariant(known !== undefined, 'a segment is evaluated before the rules that name it');
    this.reads.layers.add(known.layer);
    return known.sql;
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
      const { sql, reads } = this.reading(makeSql);
      const stage = Math.max(0, ...[...reads.layers].map((layer) => layer + 1));
      const scan = (this.scans[stage] ??= { columns: new Map(), reads: noReads() });
      addReads(scan.reads, reads);
      this.reads.scans.add(stage);
      const name = scan.columns.get(sql) ?? `a${this.aggregateCount++}`;
      scan.columns.set(sql, name);
      return `${scanAlias(stage)}.${name}`;
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

  /** Makes SQL and sees what it reads; what was read around it is kept apart. */
  private reading(makeSql: () => string): { readonly sql: string; readonly reads: Reads } {
    const outer = this.reads;
    const reads = noReads();
    this.reads = reads;
    try {
      return { sql: makeSql(), reads };
    } finally {
      this.reads = outer;
    }
  }

  private noteRead(field: Field): void {
    if (this.isInScan && field.owner.kind === 'profile') this.reads.profile = true;
  }
}
