import { mapAsyncIterator } from '../../../src/lib/map-async-iterator';

/** Counts up for ever, and notes when it is let go of. */
function createSource() {
  const state = { returned: 0 };
  let count = 0;
  const source: AsyncIterableIterator<number> = {
    next: () => Promise.resolve({ done: false, value: (count += 1) }),
    return: () => {
      state.returned += 1;
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]: () => source,
  };
  return { source, state };
}

describe('mapAsyncIterator', () => {
  it('maps one by one', async () => {
    const mapped = mapAsyncIterator(createSource().source, (value) => value * 2);
    expect([await mapped.next(), await mapped.next()]).toEqual([
      { done: false, value: 2 },
      { done: false, value: 4 },
    ]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('not mapped');
      },
    ],
    ['rejects', () => Promise.reject(new Error('not mapped'))],
  ])(
    'lets go of its source where the mapping %s, and tells why',
    async (_name, map: () => never | Promise<never>) => {
      const { source, state } = createSource();
      await expect(mapAsyncIterator(source, map).next()).rejects.toThrow('not mapped');
      expect(state.returned).toBe(1);
    },
  );

  it('hands return on to its source', async () => {
    const { source, state } = createSource();
    await mapAsyncIterator(source, String).return?.();
    expect(state.returned).toBe(1);
  });
});
