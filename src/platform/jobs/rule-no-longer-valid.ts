import { PlatformError } from '../../errors/platform-error';

/** A rule was good when its definition was kept, but not when its job ran. `code` is that of the diagnostic. */
export class RuleNoLongerValid extends PlatformError {
  readonly code: string;
  readonly segmentId: string;

  constructor({
    segmentId,
    code,
    reason,
  }: {
    readonly segmentId: string;
    readonly code: string;
    readonly reason: string;
  }) {
    super(`The rule of segment ${segmentId} can no longer be evaluated: ${reason}`);
    this.code = code;
    this.segmentId = segmentId;
  }
}
