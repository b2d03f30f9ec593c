import { hideSecretsIn, scrubWords } from '../../../src/templates/scrub';

test.each([
  ['as it is', 'No access for s3cret/"x"', 'No access for ********'],
  ['as a URL spells it', 'GET /?t=s3cret%2F%22x%22 failed', 'GET /?t=******** failed'],
  ['as JSON spells it', '{"t":"s3cret/\\"x\\""}', '{"t":"********"}'],
])('a secret in foreign words is hidden %s', (_how, words, hidden) => {
  expect(scrubWords(words, ['s3cret/"x"'])).toBe(hidden);
});

test('what looks like a secret is hidden without being known', () => {
  expect(scrubWords('bad Bearer abcdef', [])).toBe('bad Bearer ********');
});

test('a secret within another one leaves no piece behind', () => {
  expect(scrubWords('longer-secret', ['secret', 'longer-secret'])).toBe('********');
});

test('values keep their types and lose their secrets, in keys too', () => {
  expect(hideSecretsIn({ id: 7, list: ['x canary', null], canary: true }, ['canary'])).toEqual({
    id: 7,
    list: ['x ********', null],
    '********': true,
  });
});
