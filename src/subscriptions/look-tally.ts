import type { CallTally } from '../datasources/rest-call';
import type { Lookable, LookLine } from './look-line';

/** Counts what one look sends upstream as it is sent, against what the line of looks has given for it. */
export class LookTally implements CallTally {
  private sent = 0;

  /** @param given calls that the line has counted for it already. */
  constructor(
    private readonly line: LookLine<Lookable>,
    private given: number,
  ) {}

  get upstreamCalls(): number {
    return this.sent;
  }

  set upstreamCalls(calls: number) {
    this.sent = calls;
    if (calls <= this.given) return;
    this.line.correct(calls - this.given);
    this.given = calls;
  }

  /** A call that has failed is sent again within its look where the budget has room; else by the next look. */
  mayRepeat(inMs: number): boolean {
    const mayRepeat = this.line.takeOne(inMs);
    if (mayRepeat) this.given += 1;
    return mayRepeat;
  }

  /** Waits until the budget has room for so many more. */
  async more(calls: number): Promise<void> {
    await this.line.take(calls);
    this.given += calls;
  }

  /** The look is over: what it did not take is there for others. */
  close(): void {
    this.line.correct(this.sent - this.given);
    this.given = this.sent;
  }
}
