import { abortErrorOf, throwIfAborted } from '../engine/abort';

/**
 * Hands in a piece of work. One whose signal fires before its turn has come leaves the line at once, with an
 * AbortError; what has begun ends by itself.
 */
export type Queue = <T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/** Runs pieces of work one after the other, in the order in which they were handed in; a failed one stops no other. */
export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>, signal?: AbortSignal) =>
    new Promise<T>((resolve, reject) => {
      const leaveIfAborted = (): void => {
        const error = abortErrorOf(signal);
        if (error !== undefined) reject(error);
      };
      leaveIfAborted();
      signal?.addEventListener('abort', leaveIfAborted, { once: true });
      const next = last.then(() => {
        signal?.removeEventListener('abort', leaveIfAborted);
        throwIfAborted(signal);
        return work();
      });
      last = next.catch(() => undefined);
      next.then(resolve, reject);
    });
}
