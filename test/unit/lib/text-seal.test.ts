import { createTextSeal } from '../../../src/lib/text-seal';
import { fc } from '../../support/fast-check';

const secret = 'a secret of thirty-two characters';
const seal = createTextSeal(secret, 'tests');

describe('createTextSeal', () => {
  it('opens what it has sealed, in the same context', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, context) => {
        expect(seal.open(seal.seal(text, context), context)).toBe(text);
      }),
    );
  });

  it('opens nothing of another context, purpose or secret', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (text, context, other) => {
        fc.pre(context !== other);
        const sealed = seal.seal(text, context);
        expect(seal.open(sealed, other)).toBeNull();
        expect(createTextSeal(secret, 'others').open(sealed, context)).toBeNull();
        expect(createTextSeal(`${secret}!`, 'tests').open(sealed, context)).toBeNull();
      }),
    );
  });

  it('opens nothing that was changed, cut, lengthened or made up', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    fc.assert(
      fc.property(fc.string(), fc.nat(), fc.constantFrom(...alphabet), (text, place, letter) => {
        const sealed = seal.seal(text, 'c');
        const at = place % sealed.length;
        const changed = sealed.slice(0, at) + letter + sealed.slice(at + 1);
        if (changed !== sealed) expect(seal.open(changed, 'c')).toBeNull();
        expect(seal.open(sealed.slice(0, at), 'c')).toBeNull();
        expect(seal.open(sealed + letter, 'c')).toBeNull();
        expect(seal.open(`${sealed}=`, 'c')).toBeNull();
      }),
    );
  });

  it('does not move a letter from the context to the text', () => {
    expect(seal.open(seal.seal('bc', 'a'), 'ab')).toBeNull();
  });

  it('is the same for the same text, and shows nothing of it', () => {
    const sealed = seal.seal('segment 4afe34ae', 'c');
    expect(seal.seal('segment 4afe34ae', 'c')).toBe(sealed);
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('4afe');
  });
});
