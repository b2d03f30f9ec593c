/** Lets at most `limit` holders in at once; the others wait in order. */
export class Gate {
  private held = 0;
  private readonly waiting = new Set<() => void>();

  constructor(private readonly limit: number) {}

  /**
   * Enters at once, or when a holder leaves.
   *
   * @returns false where `timeoutMs` passed or `signal` fired first; true obliges to call `leave`.
   */
  enter(timeoutMs: number, signal: AbortSignal): Promise<boolean> | true {
    if (this.held < this.limit) {
      this.held += 1;
      return true;
    }
    return new Promise((resolve) => {
      const settle = (entered: boolean): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
        this.waiting.delete(letIn);
        resolve(entered);
      };
      const letIn = (): void => {
        settle(true);
      };
      const giveUp = (): void => {
        settle(false);
      };
      const timer = setTimeout(giveUp, timeoutMs);
      signal.addEventListener('abort', giveUp, { once: true });
      this.waiting.add(letIn);
    });
  }

  leave(): void {
    // The place of a holder that leaves goes to the first that waits; `held` stays as it is then.
    const [next] = this.waiting;
    if (next === undefined) this.held -= 1;
    else next();
  }

  get isIdle(): boolean {
    return this.held === 0;
  }
}
