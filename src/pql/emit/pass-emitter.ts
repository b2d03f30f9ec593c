import { invariant } from '../../lib/assert';
import { quoteIdentifier, systemColumn } from '../../xdm/columns';
import type { Field, Position, Typed } from '../typed-tree';
import { isTest } from '../typed-tree';
import { emitCondition } from './conditions';
import type { Emitter, EventCondition, EventListRequest } from './emitter';
import { itemName } from './emitter';
import type { EventList } from './event-lists';
import { eventListSql, newEventList } from './event-lists';
import type { EventTest, TestPart } from './event-tests';
import { anyPassesSql, countSql, EventTests, passesSql, testParts } from './event-tests';
import { emitExpression } from './expressions';
import type { Fields } from './fields';
import { conjunction } from './generators';
import { Parameters } from './parameters';
import type { Reads } from './reads';
import { addReads, noReads } from './reads';
import type { OfPeople } from './of-people';

/** An aggregate of the scan, and the name of its column. What a list of events holds is known when all is compiled. */
export interface ScanColumn {
  readonly name: string;
  readonly sql: () => string;
}

/** One look at all events: the aggregates that are found in it, and what their SQL reads. */
export interface ScanStage {
  /** Aggregates by what makes equal ones one, in the order in which they came up. */
  readonly columns: Map<string, ScanColumn>;
  readonly reads: Reads;
  /** What is asked of single events. */
  readonly tests: Set<EventTest>;
  /** True once an aggregate takes in events that pass no test. */
  readsAll: boolean;
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
  /** Lists of events by their conditions, and by the items that go over them in the rule at hand. */
  private readonly lists = new Map<string, EventList>();
  private readonly listOfItem = new Map<number, EventList>();
  private readonly handedOn = new Set<string>();
  private readonly tests = new EventTests();
  /** Of the aggregate at hand. */
  private testsUsed = new Set<EventTest>();
  private readonly positionsRead = new Set<number>();
  private names: ReadonlyMap<number, string> = new Map();
  private within = { scan: false, calculation: false };
  private aggregateCount = 0;

  constructor(
    readonly now: Date,
    private readonly fields: Fields,
    readonly ofPeople: OfPeople,
  ) {}

  /** The SQL of a whole rule: TRUE where it holds, else FALSE or NULL. What it reads is added. */
  rule(condition: Typed, reads: Reads): string {
    this.positionsRead.clear();
    this.listOfItem.clear();
    const made = this.reading(() => this.condition(condition));
    addReads(reads, made.reads);
    return made.sql;
  }

  /** Puts the rule of a segment into a layer, after all that it names; `segment` knows it from then on. */
  defineSegment(id: string, condition: Typed, layer: number): void {
    const into = (this.layers[layer] ??= { columns: [], reads: noReads() });
    // Within a lambda the engine takes some names for a column rather than for the lambda's variable: no variable has a `#`.
    const name = `"#s${this.segments.size}"`;
    into.columns.push({ name, sql: neverNull(this.rule(condition, into.reads)) });
    this.segments.set(id, { layer, sql: `${layerAlias(layer)}.${name}` });
  }

  sql(node: Typed): string {
    return emitExpression(node, this);
  }

  condition(node: Typed): string {
    return emitCondition(node, this);
  }

  /** SQL about one event, where the table of events goes by the name that it has in a scan. */
  ofEvent<T>(makeSql: () => T): T {
    this.within.scan = true;
    try {
      return makeSql();
    } finally {
      this.within.scan = false;
    }
  }

  get isInScan(): boolean {
    return this.within.scan;
  }

  field(field: Field): string {
    return this.read(field, () => this.fields.sql(field));
  }

  leaves(field: Field): readonly string[] {
    const { owner } = field;
    // Unlike other items, an event of a list is a struct of its columns.
    if (owner.kind === 'event' && !this.isInScan) {
      return this.fields.leafColumns(field).map((column) => this.ofListedEvent(owner.item, column));
    }
    this.noteRead(field);
    return this.fields.leaves(field);
  }

  position({ owner }: Position): string {
    if (owner.kind === 'event') {
      if (this.isInScan) return `e.${quoteIdentifier(systemColumn.row)}`;
      return this.ofListedEvent(owner.item, systemColumn.row);
    }
    this.positionsRead.add(owner.item);
    return positionName(owner.item);
  }

  isPositionRead(item: number): boolean {
    return this.positionsRead.has(item);
  }

  parametersOf(item: number): string {
    const name = itemName(item);
    return this.isPositionRead(item) ? `${name}, ${positionName(item)}` : name;
  }

  withNames<T>(names: ReadonlyMap<number, string>, makeSql: () => T): T {
    const outer = this.names;
    this.names = new Map([...outer, ...names]);
    try {
      return makeSql();
    } finally {
      this.names = outer;
    }
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
    return this.scanColumn(makeSql, (sql) => ({ key: sql, sql: () => sql }));
  }

  matching(conditions: readonly EventCondition[]): string {
    const test = this.eventTest(conditions);
    return 'sql' in test ? test.sql : passesSql(test);
  }

  someEvent(conditions: readonly EventCondition[]): string {
    return this.aggregateOf(conditions, {
      isCounted: false,
      ofTest: anyPassesSql,
      ofSql: (sql) => ({
        aggregate: `MAX(CASE WHEN ${sql} THEN 1 ELSE 0 END)`,
        of: (column) => `${column} = 1`,
      }),
    });
  }

  countEvents(conditions: readonly EventCondition[]): string {
    return this.aggregateOf(conditions, {
      isCounted: true,
      ofTest: countSql,
      ofSql: (sql) => ({
        aggregate: sql === 'TRUE' ? 'COUNT(*)' : `COUNT(CASE WHEN ${sql} THEN 1 END)`,
        of: (column) => column,
      }),
    });
  }

  private aggregateOf(
    conditions: readonly EventCondition[],
    { isCounted, ofTest, ofSql }: AggregateOfTest,
  ): string {
    let made: AggregateSql | undefined;
    const column = this.aggregate(() => {
      const test = this.eventTest(conditions, isCounted);
      made = 'sql' in test ? ofSql(test.sql) : ofTest(test);
      return made.aggregate;
    });
    invariant(made !== undefined, 'an aggregate is made at once');
    return made.of(column);
  }

  /** What reads the event alone becomes a test with a bit; else its SQL is given. */
  private eventTest(
    conditions: readonly EventCondition[],
    isCounted = false,
  ): EventTest | { readonly sql: string } {
    let parts: readonly TestPart[] = [];
    const { reads } = this.reading(() => {
      parts = conditions.flatMap((condition) =>
        typeof condition === 'function'
          ? [{ sql: condition(), choice: null }]
          : testParts(condition, (node) => (isTest(node) ? this.condition(node) : this.sql(node))),
      );
      parts = parts.filter(({ sql }) => sql !== 'TRUE');
      return '';
    });
    addReads(this.reads, reads);
    if (parts.length === 0 || reads.profile || reads.layers.size > 0) {
      return { sql: conjunction(parts.map(({ sql }) => sql)) };
    }
    const test = this.tests.of(parts, { isCounted });
    this.testsUsed.add(test);
    return test;
  }

  eventList({ item, conditions, isOrdered }: EventListRequest): string {
    const makeCondition = (): string => this.matching(conditions);
    return this.scanColumn(makeCondition, (condition) => {
      const list = this.lists.get(condition) ?? newEventList(condition);
      this.lists.set(condition, list);
      this.listOfItem.set(item, list);
      list.isOrdered ||= isOrdered;
      return { key: `list of ${condition}`, sql: () => eventListSql(list, this.handedOn) };
    });
  }

  handOn(to: number, from: number | undefined): void {
    const list = from === undefined ? undefined : this.listOfItem.get(from);
    if (list === undefined) this.listOfItem.delete(to);
    else this.listOfItem.set(to, list);
  }

  private scanColumn(
    makeSql: () => string,
    columnOf: (sql: string) => { readonly key: string; readonly sql: () => string },
  ): string {
    if (this.isInScan) throw new Error('Invariant broken: a scan of events within a scan of events');
    this.testsUsed = new Set();
    const made = this.reading(() => this.ofEvent(makeSql));
    const { key, sql } = columnOf(made.sql);
    const stage = Math.max(0, ...[...made.reads.layers].map((layer) => layer + 1));
    const scan = (this.scans[stage] ??= newStage());
    if (this.testsUsed.size === 0) scan.readsAll = true;
    for (const test of this.testsUsed) scan.tests.add(test);
    addReads(scan.reads, made.reads);
    this.reads.scans.add(stage);
    const column = scan.columns.get(key) ?? { name: `a${this.aggregateCount++}`, sql };
    scan.columns.set(key, column);
    return `${scanAlias(stage)}.${column.name}`;
  }

  outermost(makeSql: () => string, wrap: (sql: string) => string): string {
    if (this.within.calculation) return makeSql();
    this.within.calculation = true;
    try {
      return wrap(makeSql());
    } finally {
      this.within.calculation = false;
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

  /** SQL of a field of the row at hand, or of an event in a list. */
  private read(field: Field, sqlInRow: () => string): string {
    const { owner } = field;
    const name = owner.kind === 'item' ? this.names.get(owner.item) : undefined;
    if (name !== undefined) return name;
    if (owner.kind !== 'event' || this.isInScan) {
      this.noteRead(field);
      return sqlInRow();
    }
    if (field.path !== '') return this.ofListedEvent(owner.item, this.fields.columnName(field));
    const list = this.listOfItem.get(owner.item);
    if (list !== undefined) list.isHandedOn = true;
    return itemName(owner.item);
  }

  private ofListedEvent(item: number, column: string): string {
    const list = this.listOfItem.get(item);
    (list?.columns ?? this.handedOn).add(column);
    return `${itemName(item)}.${quoteIdentifier(column)}`;
  }

  private noteRead(field: Field): void {
    if (field.owner.kind === 'profile') this.reads.profile = true;
  }
}

interface AggregateSql {
  readonly aggregate: string;
  /** What is asked for, out of the column of the aggregate. */
  readonly of: (column: string) => string;
}

interface AggregateOfTest {
  readonly isCounted: boolean;
  readonly ofTest: (test: EventTest) => AggregateSql;
  readonly ofSql: (condition: string) => AggregateSql;
}

/** A condition as a value. */
export function neverNull(condition: string): string {
  return `CASE WHEN ${condition} THEN TRUE ELSE FALSE END`;
}

function newStage(): ScanStage {
  return { columns: new Map(), reads: noReads(), tests: new Set(), readsAll: false };
}

function positionName(item: number): string {
  return `"#n${item}"`;
}
