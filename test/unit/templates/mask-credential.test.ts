import fc from 'fast-check';
import { credentialMask, maskCredential, restoreCredential } from '../../../src/templates/mask-credential';

test('a literal is masked, a macro and authType stay', () => {
  expect(
    maskCredential({ clientSecret: 's3cret', token: '{{authentication.token}}', authType: 'OAUTH2' }),
  ).toEqual({
    clientSecret: '********',
    token: '{{authentication.token}}',
    authType: 'OAUTH2',
  });
});

test('a text that mixes a macro with a literal is masked', () => {
  expect(maskCredential({ token: 'Bearer-abc {{x}}' })).toEqual({ token: '********' });
});

test('maps and lists within are masked too', () => {
  expect(maskCredential({ nested: { secret: 'a', macro: '{{a}} {{b}}' }, list: ['x', '{{y}}', 7] })).toEqual({
    nested: { secret: '********', macro: '{{a}} {{b}}' },
    list: ['********', '{{y}}', '********'],
  });
});

test('a mask that is sent back keeps the stored secret, a new value replaces it', () => {
  const stored = { clientSecret: 'old', refreshToken: 'keep', nested: { secret: 'deep' } };
  expect(
    restoreCredential(
      { clientSecret: 'new', refreshToken: '********', nested: { secret: '********' } },
      stored,
    ),
  ).toEqual({
    clientSecret: 'new',
    refreshToken: 'keep',
    nested: { secret: 'deep' },
  });
});

test('a mask under an inherited name restores nothing', () => {
  expect(restoreCredential({ constructor: '********' }, {})).toEqual({ constructor: '********' });
});

const json = fc.jsonValue({ maxDepth: 3 });
const credentials = fc.dictionary(
  fc.string({ minLength: 1 }).filter((key) => key !== '__proto__'),
  json,
);

test('reading and sending back unchanged changes nothing', () => {
  fc.assert(
    fc.property(credentials, (credential) => {
      const plain = JSON.parse(JSON.stringify(credential)) as Record<string, unknown>;
      expect(restoreCredential(maskCredential(plain), plain)).toEqual(plain);
    }),
  );
});

test('no literal of a secret shape survives, at any depth', () => {
  fc.assert(
    fc.property(json, (value) => {
      const planted = maskCredential({ outer: [{ secret: 'canary-canary', more: value }] });
      expect(JSON.stringify(planted)).not.toContain('canary-canary');
      expect(JSON.stringify(planted)).toContain(credentialMask);
    }),
  );
});
