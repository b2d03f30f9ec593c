import type { DataSet } from '../data-set';
import type { Measured } from '../measure';

export interface CaseOptions {
  readonly dataSet: DataSet;
  /** At least this often is each contender timed. */
  readonly rounds: number;
}

/** A ratio that is promised. */
export interface Comparison {
  readonly what: string;
  readonly ratio: number;
  readonly target: { readonly atMost: number } | { readonly atLeast: number } | undefined;
}

export interface CaseResult {
  readonly measured: readonly Measured[];
  readonly comparisons: readonly Comparison[];
  readonly notes: readonly string[];
}

/** One question to the product and what stands beside it; runs in a process of its own. */
export interface BenchCase {
  readonly name: string;
  readonly title: string;
  /** True: cannot be asked of people without events. */
  readonly needsEvents: boolean;
  run(options: CaseOptions): Promise<CaseResult>;
}

/** Wall time of one contender by that of another. */
export function ratio(measured: readonly Measured[], [of, to]: readonly [string, string]): number {
  return msOf(measured, of) / msOf(measured, to);
}

export function msOf(measured: readonly Measured[], name: string): number {
  const found = measured.find((one) => one.name === name);
  if (found === undefined) throw new Error(`Nothing of the name ${name} was measured`);
  return found.ms;
}
