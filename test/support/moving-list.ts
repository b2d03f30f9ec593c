import { createDataSources } from '../../src/datasources/create-data-sources';
import type { DataSources } from '../../src/datasources';
import type { Caller } from '../../src/datasources/caller';
import { bindCursors } from '../../src/datasources/list-cursors';
import type { ListCursors } from '../../src/datasources/list-cursors';
import type { RestCall } from '../../src/datasources/rest-call';
import type { RestClient } from '../../src/datasources/rest-client';
import { createTextSeal } from '../../src/lib/text-seal';
import type { ListCall } from './adobe-lists';
import { ada } from './fake-upstream';
import { fc } from './fast-check';

/** A row of a list that moves; what more a list shows of it is made of these. */
export interface MovingRow {
  readonly number: number;
  /** The list's order; equal ones in the order of `number`. */
  readonly key: number;
}

/** What happens to a list right before it answers. */
export type Move =
  | { readonly kind: 'arrive'; readonly where: 'top' | 'bottom' | 'middle'; readonly at: number }
  | { readonly kind: 'vanish'; readonly at: number }
  /** Rows that were shown last: the very ones that a cursor remembers. */
  | { readonly kind: 'vanish-shown'; readonly count: number };

export const moves = (kinds: readonly Move['kind'][]): fc.Arbitrary<readonly Move[]> => {
  const each: Record<Move['kind'], fc.Arbitrary<Move>> = {
    arrive: fc.record({
      kind: fc.constant('arrive' as const),
      where: fc.constantFrom('top' as const, 'middle' as const, 'bottom' as const),
      at: fc.nat(1_000),
    }),
    vanish: fc.record({ kind: fc.constant('vanish' as const), at: fc.nat(1_000) }),
    'vanish-shown': fc.record({
      kind: fc.constant('vanish-shown' as const),
      count: fc.integer({ min: 1, max: 12 }),
    }),
  };
  return fc.array(fc.oneof(...kinds.map((kind) => each[kind])), { maxLength: 4 });
};

/** Rows by key, the greatest first, which come and go as they are told. */
export class MovingList {
  rows: MovingRow[];
  /** Numbers of the rows that were never taken away. */
  readonly stayed: Set<number>;
  private next: number;

  constructor(count: number, spread: number) {
    this.rows = Array.from({ length: count }, (_, index) => ({
      number: index,
      key: 10_000 - Math.floor(index / spread) * 10,
    }));
    this.stayed = new Set(this.rows.map(({ number }) => number));
    this.next = count;
  }

  move(move: Move, shown: readonly number[]): void {
    if (move.kind === 'arrive') this.arrive(move);
    else if (move.kind === 'vanish') this.take(this.rows[move.at % Math.max(1, this.rows.length)]?.number);
    else for (const number of shown.slice(-move.count)) this.take(number);
  }

  private arrive({ where, at }: Extract<Move, { kind: 'arrive' }>): void {
    const keys = this.rows.map(({ key }) => key);
    const row: MovingRow = {
      number: this.next,
      key:
        where === 'top'
          ? Math.max(10_000, ...keys) + 1
          : where === 'bottom'
            ? Math.min(10_000, ...keys) - 1
            : 9_000 + at,
    };
    this.next += 1;
    this.rows = [...this.rows, row].sort((left, right) => right.key - left.key || left.number - right.number);
  }

  private take(number: number | undefined): void {
    if (number === undefined) return;
    this.rows = this.rows.filter((row) => row.number !== number);
    this.stayed.delete(number);
  }
}

/** Cursors of one gateway for Ada. */
export const adasCursors: ListCursors = bindCursors(
  createTextSeal('a secret of the tests, long enough', 'cursors'),
  ada,
);

/** Sources whose upstream is a function, for lists that are read thousands of times. */
export function sourcesOver(
  answer: (path: string, call: ListCall) => unknown,
  caller: Caller = ada,
): () => DataSources {
  const client: RestClient = {
    request: ({ path, query = {} }: RestCall) => {
      const given = Object.entries(query).filter(([, value]) => value !== undefined);
      const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
      // As JSON, so that nothing is shared with the upstream's own rows.
      const body: unknown = JSON.parse(JSON.stringify(answer(path, { query: search })));
      return Promise.resolve({ status: 200, body });
    },
    stream: () => Promise.reject(new Error('This upstream has no files')),
    health: () => [],
    circuits: () => [],
    close: () => Promise.resolve(),
  };
  const scope = {
    client,
    caller,
    cursors: adasCursors,
    requestId: 'r',
    signal: new AbortController().signal,
  };
  return () => createDataSources(scope);
}
