import type { IssuedTokens } from '../../../../src/platform/http/issued-tokens';
import { createIssuedTokens } from '../../../../src/platform/http/issued-tokens';

let now = 1_000_000;
const make = (changes: Partial<Parameters<typeof createIssuedTokens>[0]> = {}): IssuedTokens =>
  createIssuedTokens({ key: 'key', clock: () => now, newId: () => 'id', clients: [], ...changes });

beforeEach(() => {
  now = 1_000_000;
});

test('a token names its client until a day has passed', () => {
  const tokens = make();
  const token = tokens.issue({ clientId: 'ada', scope: 'openid' });
  expect(tokens.check(token)).toEqual({ kind: 'own', clientId: 'ada' });
  now += tokens.lifeSeconds * 1000;
  expect(tokens.check(token)).toEqual({ kind: 'refused' });
});

test('a token that another key has signed is refused, and one of another house is foreign', () => {
  const other = make({ key: 'other' }).issue({ clientId: 'ada', scope: 'openid' });
  expect(make().check(other)).toEqual({ kind: 'refused' });
  expect(make().check('some.other.token')).toEqual({ kind: 'foreign' });
});

test.each(['', '.', '..', '.x.y'])('a token cut short after its head is refused: %j', (rest) => {
  const head = make().issue({ clientId: 'ada', scope: 'openid' }).split('.')[0] ?? '';
  expect(make().check(`${head}${rest}`)).toEqual({ kind: 'refused' });
});

test('anybody is known where nobody is named; else the name and the secret must both be right', () => {
  const known = make({ clients: [{ id: 'ada', secret: 'lovelace' }] });
  expect([make().isRequired, make().knows({ id: 'x', secret: 'y' })]).toEqual([false, true]);
  expect([known.isRequired, known.knows({ id: 'ada', secret: 'lovelace' })]).toEqual([true, true]);
  expect(known.knows({ id: 'ada', secret: 'byron' })).toBe(false);
  expect(known.knows({ id: 'eve', secret: 'lovelace' })).toBe(false);
});
