import { onAbort } from './waits';

/** One signal for several; `forget` lets go of them. `AbortSignal.any` is too young for many browsers. */
export function linkSignals(...signals: readonly (AbortSignal | undefined)[]): {
  readonly signal: AbortSignal;
  readonly forget: () => void;
} {
  const linked = new AbortController();
  const stops = signals.map((signal) => onAbort(signal, (reason) => linked.abort(reason)));
  return {
    signal: linked.signal,
    forget: () => {
      for (const stop of stops) stop();
    },
  };
}
