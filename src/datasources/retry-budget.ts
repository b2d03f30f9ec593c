/**
 * Keeps retries from doubling the load of an upstream that is already down: in any 10 s, at most a fifth of the calls
 * plus 10 a second.
 */
export class RetryBudget {
  private readonly calls: number[] = new Array<number>(windowSeconds).fill(0);
  private readonly retries: number[] = new Array<number>(windowSeconds).fill(0);
  private second = 0;

  /** @param clock monotonic, ms */
  constructor(private readonly clock: () => number) {}

  noteCall(): void {
    this.forgetOld();
    this.add(this.calls);
  }

  /** Takes a retry out of the budget; false where none is left. */
  takeRetry(): boolean {
    this.forgetOld();
    if (sum(this.retries) >= sum(this.calls) * retriesPerCall + retriesPerSecond * windowSeconds)
      return false;
    this.add(this.retries);
    return true;
  }

  private add(slots: number[]): void {
    const slot = this.second % windowSeconds;
    slots[slot] = (slots[slot] ?? 0) + 1;
  }

  private forgetOld(): void {
    const now = Math.floor(this.clock() / 1000);
    const passed = Math.min(now - this.second, windowSeconds);
    for (let step = 1; step <= passed; step += 1) {
      const slot = (this.second + step) % windowSeconds;
      this.calls[slot] = 0;
      this.retries[slot] = 0;
    }
    if (passed === windowSeconds) {
      this.calls.fill(0);
      this.retries.fill(0);
    }
    this.second = now;
  }
}

const windowSeconds = 10;
const retriesPerCall = 0.2;
const retriesPerSecond = 10;

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
