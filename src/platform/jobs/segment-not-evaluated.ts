import { PlatformError } from '../../errors/platform-error';

/** An export names a segment whose members nobody has looked for yet. */
export class SegmentNotEvaluated extends PlatformError {
  readonly code = 'SEGMENT_NOT_EVALUATED';

  constructor(readonly segmentId: string) {
    super(
      `The segment ${segmentId} has never been evaluated, so it has no members: run a segment job first, or let the export evaluate it first.`,
    );
  }
}
