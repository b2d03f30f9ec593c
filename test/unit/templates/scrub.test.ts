import type { OutgoingRequest } from '../../../src/templates/render';
import { hideSecrets, hideSecretsIn, plainWords } from '../../../src/templates/scrub';

test.each([
  ['as it is', 'No access for s3cret/"x"', 'No access for ********'],
  ['as a URL spells it', 'GET /?t=s3cret%2F%22x%22 failed', 'GET /?t=******** failed'],
  ['as JSON spells it', '{"t":"s3cret/\\"x\\""}', '{"t":"********"}'],
])('a secret in foreign words is hidden %s', (_how, words, hidden) => {
  expect(hideSecrets(words, ['s3cret/"x"'])).toBe(hidden);
});

const shown: OutgoingRequest = {
  method: 'POST',
  url: 'https://a.example/aud/acct-77',
  headers: [],
  body: { kind: 'json', value: { name: 'Ada fans' } },
};

test.each([
  ['of plain words', 'No such account.', 'No such account.'],
  [
    'that say what was sent',
    'There is an audience "Ada fans" in acct-77.',
    'There is an audience "Ada fans" in acct-77.',
  ],
  ['with a word that nobody knows', 'bad key hunterx', 'bad key […]'],
  ['with a credential', 'bad Bearer abcdef', 'bad […]'],
  ['of nothing but a credential', 'sk_live_canary42', null],
  ['with a known secret', 'Unknown account secret', 'Unknown account ********'],
])('words of a destination %s', (_which, words, told) => {
  expect(plainWords(words, { shown, secrets: ['secret'] })).toBe(told);
});

test('a secret within another one leaves no piece behind', () => {
  expect(hideSecrets('longer-secret', ['secret', 'longer-secret'])).toBe('********');
});

test('values keep their types and lose their secrets, in keys too', () => {
  expect(hideSecretsIn({ id: 7, list: ['x canary', null], canary: true }, ['canary'])).toEqual({
    id: 7,
    list: ['x ********', null],
    '********': true,
  });
});
