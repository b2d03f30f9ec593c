/**
 * Stops here when the signal has fired.
 * @throws AbortError, whatever reason was given to the signal; that one is its cause then.
 */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  const reason: unknown = signal.reason;
  if (reason instanceof Error && reason.name === 'AbortError') throw reason;
  throw Object.assign(new DOMException('The work was stopped before its end.', 'AbortError'), {
    cause: reason,
  });
}
