import { countBits } from '../../../../src/platform/store/membership/count-bits';
import { fc } from '../../../support/fast-check';

describe('counting bits', () => {
  it('says of each bit how many numbers have it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffffffff }), { maxLength: 300 }), (numbers) => {
        const oneByOne = Array.from(
          { length: 32 },
          (_, bit) => numbers.filter((number) => ((number >>> bit) & 1) === 1).length,
        );
        expect(countBits(Uint32Array.from(numbers))).toEqual(oneByOne);
      }),
    );
  });

  it('counts a million of the same', () => {
    expect(countBits(new Uint32Array(1_000_000).fill(0xffffffff))).toEqual(Array(32).fill(1_000_000));
  });
});
