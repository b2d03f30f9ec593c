import type { Typed } from '../typed-tree';
import { familyOf } from '../value-types';

/**
 * A condition on one event alone. Each event gets numbers whose bits say which tests it passes (`#m0`, `#m1`, …); they
 * are worked out once, and the aggregates ask the bits.
 */
export interface EventTest {
  /** All of them must hold. */
  readonly parts: readonly TestPart[];
  /** Which of the numbers. */
  readonly word: number;
  readonly bit: number;
}

export interface TestPart {
  /** TRUE where the part holds; else FALSE or NULL. */
  readonly sql: string;
  /** Where it says that something is this one text: no other such part about it holds then. */
  readonly choice: { readonly subject: string; readonly value: string } | null;
}

/**
 * A number has two lanes of 31 bits. Tests whose events are counted stand in the same place of both, so that one sum of
 * `(number >> place) & countedBits` counts two of them; nobody has 2^31 events.
 */
const laneBits = 31;
const countedBits = 2 ** laneBits + 1;
const mostOfLane = 2 ** laneBits - 1;

/** Gives each condition its bit, equal ones the same. */
export class EventTests {
  private readonly known = new Map<string, EventTest>();
  /** Of the last number: places given to tests that are counted, from the lowest on, and to others, from the highest. */
  private word = 0;
  private counted = 0;
  private others = 0;

  of(parts: readonly TestPart[], { isCounted }: { readonly isCounted: boolean }): EventTest {
    const key = parts.map(({ sql }) => sql).join(' AND ');
    const test = this.known.get(key) ?? { parts, ...this.nextPlace(isCounted) };
    this.known.set(key, test);
    return test;
  }

  private nextPlace(isCounted: boolean): { readonly word: number; readonly bit: number } {
    if (Math.ceil((this.counted + 1) / 2) + Math.ceil((this.others + 1) / 2) > laneBits) {
      this.word += 1;
      this.counted = this.others = 0;
    }
    const count = isCounted ? this.counted++ : this.others++;
    const place = isCounted ? count >> 1 : laneBits - 1 - (count >> 1);
    return { word: this.word, bit: (count % 2) * laneBits + place };
  }
}

/** The column that holds a number of an event. */
export const wordName = (word: number): string => `"#m${word}"`;

/** SQL, for one event, of whether it passes. */
export function passesSql({ word, bit }: EventTest): string {
  return `(e.${wordName(word)} & ${bitSql(bit)}) <> 0`;
}

/** SQL of an aggregate whose bits say which tests any event passes, and of the bit of one of them in its column. */
export function anyPassesSql({ word, bit }: EventTest): {
  readonly aggregate: string;
  readonly of: (column: string) => string;
} {
  return {
    aggregate: `BIT_OR(e.${wordName(word)})`,
    of: (column) => `(${column} & ${bitSql(bit)}) <> 0`,
  };
}

/** SQL of an aggregate that counts the events of up to two tests, and of the count of one of them in its column. */
export function countSql({ word, bit }: EventTest): {
  readonly aggregate: string;
  readonly of: (column: string) => string;
} {
  const shifted = `(e.${wordName(word)} >> ${bit % laneBits})`;
  return {
    aggregate: `CAST(SUM(${shifted} & ${countedBits}) AS BIGINT)`,
    of: (column) => (bit < laneBits ? `(${column} & ${mostOfLane})` : `(${column} >> ${laneBits})`),
  };
}

/** SQL of an aggregate over events that all pass a test: what asks for that test, and for no other, need not look. */
export function amongPassing(test: EventTest, aggregate: string): string {
  if (aggregate === anyPassesSql(test).aggregate) return bitSql(test.bit);
  if (aggregate === countSql(test).aggregate)
    return test.bit < laneBits ? 'COUNT(*)' : `COUNT(*) << ${laneBits}`;
  return aggregate.replaceAll(passesSql(test), 'TRUE');
}

/** What a condition is made of, given how SQL is made of each part. */
export function testParts(condition: Typed, makeSql: (node: Typed) => string): readonly TestPart[] {
  if (condition.kind === 'logical' && condition.operator === 'and') {
    return condition.operands.flatMap((operand) => testParts(operand, makeSql));
  }
  return [{ sql: makeSql(condition), choice: choiceOf(condition, makeSql) }];
}

/** Only of texts: these are equal in one way, unlike numbers, of which 1 and 1.0 are two constants. */
function choiceOf(node: Typed, makeSql: (node: Typed) => string): TestPart['choice'] {
  if (node.kind !== 'compare' || node.operator !== '=') return null;
  const { left, right } = node;
  const isText = familyOf(left.type) === 'text' && left.kind !== 'constant';
  if (!isText || right.kind !== 'constant' || typeof right.value !== 'string') return null;
  return { subject: makeSql(left), value: makeSql(right) };
}

interface Remaining {
  readonly parts: readonly TestPart[];
  readonly bit: number;
}

/**
 * SQL of a number of an event. What most tests ask first, such as the type of the event, is asked once, and the rest
 * only of the events that it leaves.
 */
export function wordSql(tests: readonly EventTest[]): string {
  return remainingSql(tests);
}

function remainingSql(tests: readonly Remaining[]): string {
  const subject = mostFrequentSubject(tests);
  const choosing = tests.filter(({ parts }) => subject !== undefined && choiceOn(parts, subject));
  const others = tests.filter((test) => !choosing.includes(test));
  const all = others.map((test) => (test.parts.length === 0 ? bitSql(test.bit) : whenSql(test)));
  if (subject !== undefined) all.push(choosingSql(choosing, subject));
  return eitherSql(all);
}

function choosingSql(tests: readonly Remaining[], subject: string): string {
  const byValue = new Map<string, { condition: string; tests: Remaining[] }>();
  for (const { parts, bit } of tests) {
    const part = choiceOn(parts, subject);
    if (part === undefined || part.choice === null) continue;
    const same = byValue.get(part.choice.value) ?? { condition: part.sql, tests: [] };
    byValue.set(part.choice.value, same);
    same.tests.push({ parts: parts.filter((other) => other !== part), bit });
  }
  const branches = [...byValue.values()].map(
    (same) => `WHEN ${same.condition} THEN ${remainingSql(same.tests)}`,
  );
  return `CASE ${branches.join(' ')} ELSE ${noBits} END`;
}

/** The subject that at least two tests choose by. */
function mostFrequentSubject(tests: readonly Remaining[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { parts } of tests) {
    for (const subject of new Set(parts.flatMap(({ choice }) => choice?.subject ?? []))) {
      counts.set(subject, (counts.get(subject) ?? 0) + 1);
    }
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most !== undefined && most[1] > 1 ? most[0] : undefined;
}

function choiceOn(parts: readonly TestPart[], subject: string): TestPart | undefined {
  return parts.find(({ choice }) => choice?.subject === subject);
}

function whenSql({ parts, bit }: Remaining): string {
  return `CASE WHEN ${parts.map(({ sql }) => sql).join(' AND ')} THEN ${bitSql(bit)} ELSE ${noBits} END`;
}

const noBits = '0::BIGINT';

function bitSql(bit: number): string {
  return `${1n << BigInt(bit)}::BIGINT`;
}

/** Put together as a balanced tree, so that many do not nest deep. */
function eitherSql(all: readonly string[]): string {
  const [first, ...others] = all;
  if (first === undefined) return noBits;
  if (others.length === 0) return first;
  const half = all.length >> 1;
  return `(${eitherSql(all.slice(0, half))} | ${eitherSql(all.slice(half))})`;
}

const mostValuesToFilter = 6;

/**
 * SQL that all events satisfy which pass any of the tests, where that is worth a filter; the engine skips the others
 * while it reads.
 */
export function anyOfFilter(tests: readonly EventTest[]): string | null {
  const [first, ...others] = tests;
  if (first === undefined) return null;
  if (others.length === 0) return first.parts.map(({ sql }) => sql).join(' AND ');
  for (const { choice } of first.parts) {
    if (choice === null) continue;
    const values = tests.map(({ parts }) => choiceOn(parts, choice.subject)?.choice?.value);
    const distinct = new Set(values);
    if (!distinct.has(undefined) && distinct.size <= mostValuesToFilter) {
      return `${choice.subject} IN (${[...distinct].join(', ')})`;
    }
  }
  return null;
}
