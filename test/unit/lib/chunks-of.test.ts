import { chunksOf } from '../../../src/lib/chunks-of';

it('splits a list into pieces in order, the last of them shorter', () => {
  expect(chunksOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
});

it('makes one piece of a list that just fits, and none of an empty one', () => {
  expect(chunksOf(['a', 'b'], 2)).toEqual([['a', 'b']]);
  expect(chunksOf([], 2)).toEqual([]);
});
