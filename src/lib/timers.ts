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

/** Passes `delayMs`, or less where the signal fires. */
export function pause(timers: Timers, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const wake = (): void => {
      cancel();
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const cancel = timers.schedule(delayMs, wake);
    signal.addEventListener('abort', wake, { once: true });
  });
}
