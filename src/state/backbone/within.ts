import { isNativeError } from 'node:util/types';
import type { Timers } from '../../lib/timers';

/**
 * Waits for some work so long and no longer.
 *
 * @throws where it fails, or the time is over; what becomes of it then is not heard of.
 */
export function within<T>({
  timers,
  ms,
  work,
}: {
  readonly timers: Timers;
  readonly ms: number;
  readonly work: Promise<T>;
}): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = timers.schedule(ms, () => reject(new Error(`no answer within ${ms} ms`)));
    work.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error: unknown) => {
        cancel();
        // Also one of another realm, whose code is of use.
        reject(isNativeError(error) ? error : new Error(String(error)));
      },
    );
  });
}
