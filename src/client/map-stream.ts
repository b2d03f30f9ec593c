/** A stream of what `change` makes of each event; leaving it leaves the first at once. */
export function mapStream<TFrom, TTo>(
  stream: AsyncIterableIterator<TFrom>,
  change: (event: TFrom) => TTo,
): AsyncIterableIterator<TTo> {
  const map = (step: IteratorResult<TFrom>): IteratorResult<TTo> =>
    step.done === true ? { done: true, value: undefined } : { done: false, value: change(step.value) };
  return {
    next: async () => map(await stream.next()),
    return: async () => {
      await stream.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
