type Listener = (error: unknown) => void;

const listeners = new Set<Listener>();

function tell(error: unknown): void {
  for (const listener of listeners) listener(error);
}

/** One listener of the process for all histories that live at a time: each of them is told. @returns what ends it. */
export function onUnhandledRejection(listener: Listener): () => void {
  if (listeners.size === 0) process.on('unhandledRejection', tell);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) process.off('unhandledRejection', tell);
  };
}
