import type { ExecutionResult } from 'graphql';
import type { CallerKey } from '../datasources/caller';
import type { Callers } from '../resolvers/context';
import type { Asked, Lane, Lanes } from './lanes';

/** One subscriber's place among his equals: who is another caller since his last event, by a fresh token, has other equals. */
export class LanePlace {
  private lane: Lane;
  private callerKey: CallerKey;
  private hasLeft = false;

  constructor(
    private readonly lanes: Lanes,
    private readonly callers: Callers,
    asked: Asked,
  ) {
    this.callerKey = callers.current().key;
    this.lane = lanes.join({ ...asked, callerKey: this.callerKey });
  }

  /** The same object for all in the lane. */
  get asked(): Asked {
    return this.lane.asked;
  }

  /** See Lane; `execute` is given what says how long it may go on. */
  resultOf(
    event: object,
    execute: (until: Lane) => Promise<ExecutionResult>,
  ): Promise<ExecutionResult> | ExecutionResult {
    const { key } = this.callers.current();
    if (key !== this.callerKey && !this.hasLeft) {
      const before = this.lane;
      this.callerKey = key;
      this.lane = this.lanes.join({ ...this.asked, callerKey: key });
      before.leave();
    }
    const { lane } = this;
    return lane.resultOf(event, () => execute(lane));
  }

  leave(): void {
    this.hasLeft = true;
    this.lane.leave();
  }
}
