import type { CompiledPass } from '../../../pql';
import type { MergeRule, SegmentJob } from '../../records';
import type { ReportProgress } from './progress';

export interface EvaluationRequest {
  /** With the errors that it is to end with, though it succeeds. */
  readonly job: SegmentJob;
  /** Each segment of the job is in one of them. */
  readonly passes: readonly MergedPass[];
  /** The fixed clock of the run. */
  readonly at: number;
  /** Called after each range of profiles; the pass waits for it. */
  readonly onProgress?: ReportProgress;
  readonly signal: AbortSignal;
}

/** Rules that are evaluated on the same people. */
export interface MergedPass {
  readonly mergeRule: MergeRule;
  /** Each segment is in one of them. */
  readonly slices: readonly PassSlice[];
}

/** As many rules as one statement takes well. */
export interface PassSlice {
  /** One for each rule of the pass, in the same order. */
  readonly segmentIds: readonly string[];
  readonly pass: CompiledPass;
}
