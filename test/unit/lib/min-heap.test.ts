import { MinHeap } from '../../../src/lib/min-heap';
import { fc } from '../../support/fast-check';

describe('MinHeap', () => {
  it('gives back in order what it was given in any', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (numbers) => {
        const heap = new MinHeap<number>((number) => number);
        for (const number of numbers) heap.add(number);
        const taken = numbers.map(() => heap.take());
        expect(taken).toEqual(numbers.toSorted((one, other) => one - other));
        expect(heap.take()).toBeUndefined();
      }),
    );
  });

  it('gives back equal ones in the order in which they came', () => {
    const heap = new MinHeap<string>((text) => text.length);
    for (const text of ['bb', 'a1', 'x', 'c3', 'y']) heap.add(text);
    expect(Array.from({ length: 5 }, () => heap.take())).toEqual(['x', 'y', 'bb', 'a1', 'c3']);
  });

  it('knows its least without giving it back', () => {
    const heap = new MinHeap<number>((number) => number);
    for (const number of [3, 1, 2]) heap.add(number);
    expect([heap.least, heap.size]).toEqual([1, 3]);
    heap.clear();
    expect([heap.least, heap.size]).toEqual([undefined, 0]);
  });
});
