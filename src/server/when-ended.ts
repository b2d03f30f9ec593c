/** Longest delay of a timer, 24 days; a token that lives longer than the process is watched in steps. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Runs once when the token has ended; the answer cancels it. Counts by the monotonic clock from now on, so that a jump
 * of the wall clock ends no socket.
 */
export function whenEnded(leftMs: number, run: () => void): () => void {
  const endsAtMs = performance.now() + leftMs;
  let timer: NodeJS.Timeout | null = null;
  const step = (): void => {
    const waitMs = endsAtMs - performance.now();
    if (waitMs <= 0) run();
    else timer = setTimeout(step, Math.min(waitMs, longestTimerMs)).unref();
  };
  timer = setTimeout(step, Math.min(Math.max(0, leftMs), longestTimerMs)).unref();
  return () => {
    if (timer !== null) clearTimeout(timer);
  };
}
