/** The passing of time as a part that can be exchanged, so that tests need not wait for it. */
export interface Timers {
  /** Runs once after `delayMs`; the answer cancels it. Does not keep the process alive. */
  schedule(delayMs: number, run: () => void): () => void;
}

export const systemTimers: Timers = {
  schedule(delayMs, run) {
    const timer = setTimeout(run, delayMs).unref();
    return () => {
      clearTimeout(timer);
    };
  },
};
