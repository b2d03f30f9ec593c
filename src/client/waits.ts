/** Milliseconds before the next try, after so many failed ones (0 or more) in a row. */
export type RetryWaitMs = (failures: number) => number;

const firstMs = 500;
const longestMs = 10_000;

/** Doubling from half a second to ten, each spread over its upper half, so that many clients do not come back at once. */
export const jitteredWaitMs: RetryWaitMs = (failures) =>
  Math.min(firstMs * 2 ** failures, longestMs) * (0.5 + Math.random() / 2);

/** Resolves after so long; rejects with the signal's reason as soon as that fires. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      stop();
      resolve();
    }, ms);
    const stop = onAbort(signal, (reason) => {
      clearTimeout(timer);
      reject(reason);
    });
  });
}

/**
 * Calls once when the signal fires, at once where it has fired; answers how to stop listening. The reason is an Error
 * unless the owner of the signal gave something else.
 */
export function onAbort(signal: AbortSignal | undefined, act: (reason: Error) => void): () => void {
  if (signal === undefined) return () => undefined;
  const listener = (): void => act(signal.reason as Error);
  if (signal.aborted) listener();
  else signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
}
