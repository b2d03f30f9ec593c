/** Events that wait until they are asked for: a stream that is pushed to at one end and iterated at the other. */
export interface Queue<T> extends AsyncIterableIterator<T> {
  readonly push: (event: T) => void;
  /** Ends the stream behind what waits in it. */
  readonly end: () => void;
  readonly fail: (error: unknown) => void;
  return(): Promise<IteratorResult<T>>;
}

/** `release` is called once, when the stream has ended at either end. */
export function createQueue<T>(release: () => void): Queue<T> {
  const waiting: T[] = [];
  const asked: { resolve(step: IteratorResult<T>): void; reject(error: unknown): void }[] = [];
  let ending: { readonly error?: unknown } | null = null;
  const finish = (how: { readonly error?: unknown }): void => {
    if (ending !== null) return;
    ending = how;
    release();
    const first = asked.shift();
    if (first !== undefined) settle(first);
    for (const rest of asked.splice(0)) rest.resolve({ done: true, value: undefined });
  };
  const settle = (next: (typeof asked)[number]): void => {
    const failure = ending !== null && 'error' in ending ? ending : null;
    ending = {};
    if (failure === null) next.resolve({ done: true, value: undefined });
    else next.reject(failure.error);
  };
  return {
    push: (event) => {
      if (ending !== null) return;
      const next = asked.shift();
      if (next === undefined) waiting.push(event);
      else next.resolve({ done: false, value: event });
    },
    end: () => finish({}),
    fail: (error) => finish({ error }),
    next: () =>
      new Promise((resolve, reject) => {
        const event = waiting.shift();
        if (event !== undefined) resolve({ done: false, value: event });
        else if (ending !== null) settle({ resolve, reject });
        else asked.push({ resolve, reject });
      }),
    return: () => {
      waiting.splice(0);
      finish({});
      ending = {};
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
