import type { CompiledPass } from '../../../pql';
import type { UnionSchema } from '../../../xdm/union-schema';

/**
 * One state of the data for the length of a preview or estimate. Views: `profile` and `event` with the columns of
 * `columnsOf`, `owner("#pid", "set")` and `namespace_set("set", code)`. `#pid` counts from 0 in the order of a hash of the primary identity, so
 * any range of it is a fair sample of the people.
 */
export interface SampleSession {
  readonly schema: UnionSchema;
  /** People there are; their `#pid` goes up to one less. */
  readonly profiles: number;
  /** Number of a set of namespaces -> their codes in order, as `namespace_set` has them. */
  readonly codesOfSets: ReadonlyMap<number, readonly string[]>;
  /** The SELECT of a pass, of no more columns than it reads; for `rows`, with the parameters of the pass. */
  passSql(pass: CompiledPass): string;
  /** SELECT of `#pid`, `#xid` and the columns of these paths, of all people. */
  profilesSql(paths: readonly string[]): string;
  /** @throws AbortError when the signal of the session fires. */
  rows(sql: string, parameters?: SqlParameters): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): Promise<void>;
}

export type SqlParameters = Readonly<Record<string, string | number | boolean>>;
