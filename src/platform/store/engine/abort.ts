/**
 * Stops here when the signal has fired.
 * @throws AbortError, whatever reason was given to the signal; that one is its cause then.
 */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  const error = abortErrorOf(signal);
  if (error !== undefined) throw error;
}

/** The AbortError of a signal that has fired; undefined before. */
export function abortErrorOf(signal: AbortSignal | undefined): Error | undefined {
  if (signal?.aborted !== true) return undefined;
  const reason: unknown = signal.reason;
  if (reason instanceof Error && reason.name === 'AbortError') return reason;
  return Object.assign(new DOMException('The work was stopped before its end.', 'AbortError'), {
    cause: reason,
  });
}
