import { maskedProse, noWords, ownWordsIn, plainProse } from '../../../src/lib/plain-prose';
import { canaries, canarySong } from '../../fixtures/canaries';

const million = 1_000_000;
const own = ownWordsIn({
  name: 'Fans of Ada',
  expression: { value: 'homeAdress.country = "US" and workAdress.city = "NYC"' },
  segments: [{ segmentId: 's-71b' }],
});

describe('what another system says', () => {
  it.each(canaries)('is not shown: %j', (prose) => {
    expect(plainProse(prose, own)).toBeNull();
  });

  it.each(canaries)('is hidden where it is not plain: %j', (prose) => {
    expect(maskedProse(prose, own)).not.toMatch(canarySong);
  });

  // Adobe's own, and those of the embedded platform.
  it.each([
    'Oauth token is not valid',
    'Api Key is required',
    'User region is missing',
    'A valid content-type must be specified',
    'DataSet not found.',
    'The number of requested IDs is invalid. Cannot be 0 or exceed 100.',
    'UPS-MRG-1000001: identities cannot be retrieved',
    'Export job has been marked for cancelling',
    'Error in Export Job',
    'There can be 1 schedule of this type.',
    'The quota of exports is used up.',
    'Unknown attribute "workAdress". Did you mean "workAddress"?',
    'There is no segment s-71b.',
    "Segment definition with id 's-71b' has been deleted",
    'The name "Fans of Ada" is taken already.',
    'segments.0.segmentId must be text',
    'name: It must not be empty.',
    'At most 20 (of 30) profiles',
  ])('is shown where it is plain: %j', (prose) => {
    expect(plainProse(prose, own)).toBe(prose);
  });

  it.each(['There is no segment s-71b.', 'The name "Fans of Ada" is taken.', 'name: It must not be empty.'])(
    'is not shown to those whose words they are not: %j',
    (prose) => {
      expect(plainProse(prose.replace('name:', 'title-7:'), noWords)).toBeNull();
    },
  );

  it('keeps the plain words around what is hidden', () => {
    expect(maskedProse('Cannot reach db.example.dev now, at 10.0.0.1 or 10.0.0.2')).toBe(
      'Cannot reach […] now, at […] or […]',
    );
  });

  it.each([
    'a',
    'a.',
    '"',
    '"a" ',
    "'",
    '(',
    'eyJ-',
    '/a',
    'select ',
    'update a ',
    'insert ',
    '1 ',
    'a-',
    '\u0000',
    // A square of a million steps would take the better part of an hour.
  ])('is read in one go: a megabyte of %j', (text) => {
    expect(plainProse(text.repeat(million / text.length), own)).toBeNull();
    expect(maskedProse(text.repeat(million / text.length), own).length).toBeLessThanOrEqual(500);
  });
});
