/**
 * Maps what a stream gives, one by one. Unlike an async generator around `for await`, it hands `return` on at once,
 * also while the source is still waiting: a listener that leaves is let go then, not at the next event.
 */
export function mapAsyncIterator<From, To>(
  source: AsyncIterable<From>,
  map: (value: From) => To | Promise<To>,
): AsyncIterableIterator<To> {
  const iterator = source[Symbol.asyncIterator]();
  const mapStep = async (step: IteratorResult<From>): Promise<IteratorResult<To, undefined>> => {
    if (step.done === true) return { done: true, value: undefined };
    try {
      const mapped = map(step.value);
      return { done: false, value: mapped instanceof Promise ? await mapped : mapped };
    } catch (error) {
      // Whoever iterates takes a throw for the end and will not call `return`.
      await iterator.return?.();
      throw error;
    }
  };
  return {
    // No async function: what waits for the next value is held for each listener.
    next: () => iterator.next().then(mapStep),
    async return() {
      await iterator.return?.();
      return { done: true, value: undefined };
    },
    async throw(error: unknown) {
      if (iterator.throw === undefined) throw error;
      await iterator.throw(error);
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
