/** Waits for work that others wait for too, and that goes on without this one. */
export function waitWithin(
  work: Promise<void>,
  { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<'done' | 'late' | 'abandoned'> {
  if (signal.aborted) return Promise.resolve('abandoned');
  return new Promise((resolve, reject) => {
    const settle = (how: 'done' | 'late' | 'abandoned'): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      resolve(how);
    };
    const onAbort = (): void => settle('abandoned');
    const timer = setTimeout(() => settle('late'), Math.max(0, timeoutMs));
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(() => settle('done'), reject);
  });
}
