import fc from 'fast-check';
import type { DocumentA, DocumentB, OperationA } from '../../../src/templates/documents';
import { maskTemplate, maskUrl } from '../../../src/templates/mask';
import { restoreSecrets } from '../../../src/templates/restore';
import { inDialect, showInDialect } from '../../../src/templates/show';

const mask = '********';
const maskedA = (document: DocumentA): DocumentA => maskTemplate({ dialect: 'A', document });
const withOperation = (operation: Partial<OperationA>, host = 'https://h'): DocumentA => ({
  metadataTemplate: { host, create: { uri: '/', method: 'POST', ...operation } },
});

describe('the credential', () => {
  const credentialOf = (credential: Record<string, unknown>): unknown => maskedA({ credential }).credential;

  test('shows its macros and authType, and no literal at any depth', () => {
    expect(
      credentialOf({
        clientSecret: 's3cret',
        mixed: 'abc {{x}}',
        token: '{{authentication.token}}',
        authType: 'OAUTH2',
        nested: { secret: 'a', macro: '{{a}} {{b}}' },
        list: ['x', '{{y}}', 7],
      }),
    ).toEqual({
      clientSecret: mask,
      mixed: mask,
      token: '{{authentication.token}}',
      authType: 'OAUTH2',
      nested: { secret: mask, macro: '{{a}} {{b}}' },
      list: [mask, '{{y}}', mask],
    });
  });
});

describe('a literal secret', () => {
  test.each([
    [{ Authorization: 'Bearer abc' }, { Authorization: `Bearer ${mask}` }],
    [{ Authorization: 'Bearer {{credential.token}}' }, { Authorization: 'Bearer {{credential.token}}' }],
    [{ 'X-Api-Key': 'abc' }, { 'X-Api-Key': mask }],
    [{ 'developer-token': 'abc{{segment.id}}' }, { 'developer-token': mask }],
    [{ Cookie: 'sid=abc' }, { Cookie: mask }],
    [{ 'Content-Type': 'application/json' }, { 'Content-Type': 'application/json' }],
    [{ 'X-Custom': 'Bearer abcdefghijklmnop' }, { 'X-Custom': `Bearer ${mask}` }],
  ])('in the header %j is masked', (headers, expected) => {
    expect(maskedA(withOperation({ headers })).metadataTemplate?.create?.headers).toEqual(expected);
  });

  test('in a body or a form is masked under a name that tells, at any depth', () => {
    const body = {
      auth: { user: 'u', pin: 1 },
      apiKey: 'k',
      keyword: 'shoes',
      isSecret: true,
      list: [{ password: 'p' }],
    };
    const shown = {
      auth: { user: mask, pin: mask },
      apiKey: mask,
      keyword: 'shoes',
      isSecret: true,
      list: [{ password: mask }],
    };
    expect(maskedA(withOperation({ body })).metadataTemplate?.create?.body).toEqual(shown);
    expect(
      maskedA(withOperation({ params: { access_token: 't', name: 'n' } })).metadataTemplate?.create?.params,
    ).toEqual({
      access_token: mask,
      name: 'n',
    });
  });

  test('in a query is masked under a name that tells', () => {
    expect(maskUrl('https://h/a?fields=a&access_token=abc&x={{y}}&apikey={{credential.key}}')).toBe(
      `https://h/a?fields=a&access_token=${mask}&x={{y}}&apikey={{credential.key}}`,
    );
  });

  test('that looks like a token is masked wherever it stands', () => {
    const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln';
    expect(maskedA(withOperation({ body: { note: `see ${jwt}` } })).metadataTemplate?.create?.body).toEqual({
      note: `see ${mask}`,
    });
  });
});

describe('a mask that is sent back', () => {
  const stored: DocumentA = {
    credential: { clientSecret: 'old', refreshToken: 'keep', nested: { secret: 'deep' } },
    ...withOperation({ headers: { Authorization: 'Bearer abc' } }),
  };
  const restore = (document: DocumentA) =>
    restoreSecrets({ sent: { dialect: 'A', document }, stored, shown: maskedA(stored) });

  test('keeps the stored secret, while a new value replaces it', () => {
    const sent = {
      ...maskedA(stored),
      credential: { clientSecret: 'new', refreshToken: mask, nested: { secret: mask } },
    };
    expect(restore(sent)).toEqual({
      document: { ...stored, credential: { ...stored.credential, clientSecret: 'new' } },
      diagnostics: [],
    });
  });

  test.each([
    ['at a place where nothing is kept', { ...stored, credential: { other: mask } }, 'masked-secret'],
    ['under an inherited name', { ...stored, credential: { constructor: mask } }, 'masked-secret'],
    ['to another host', { ...maskedA(stored), ...withOperation({}, 'https://other') }, 'moved-secret'],
  ])('%s is reported', (_where, document, code) => {
    expect(restore(document).diagnostics.map((one) => one.code)).toContain(code);
  });

  test('finds the header of today’s model by its name, in whatever order', () => {
    const operation = { url: 'https://h/', httpMethod: 'POST' };
    const of = (headers: { header: string; value: string }[]): DocumentB => ({
      metadataTemplate: { create: { ...operation, headers } },
    });
    const kept = of([
      { header: 'X-Api-Key', value: 'k' },
      { header: 'Authorization', value: 'Bearer t' },
    ]);
    const sent = of([
      { header: 'Authorization', value: `Bearer ${mask}` },
      { header: 'X-Api-Key', value: mask },
    ]);
    const shown = maskTemplate({ dialect: 'B', document: kept });
    const { document } = restoreSecrets({ sent: { dialect: 'B', document: sent }, stored: kept, shown });
    expect(document.metadataTemplate?.create?.headers).toEqual([
      { header: 'Authorization', value: 'Bearer t' },
      { header: 'X-Api-Key', value: 'k' },
    ]);
  });
});

describe('a secret that changes models', () => {
  const stored = {
    dialect: 'A',
    document: { credential: { key: 'canary' }, ...withOperation({ body: { note: '{{credential.key}}' } }) },
  } as const;

  test('is masked where nothing there tells that it is one', () => {
    expect(JSON.stringify(showInDialect(stored, 'B'))).not.toContain('canary');
  });

  test('does not come to stand where it would be shown', () => {
    const shown = showInDialect(stored, 'B') as DocumentB;
    const { diagnostics } = restoreSecrets({
      sent: { dialect: 'B', document: shown },
      stored: inDialect(stored, 'B').document as DocumentB,
      shown,
    });
    expect(diagnostics).toMatchObject([{ code: 'moved-secret' }]);
  });
});

const json = fc.jsonValue({ maxDepth: 3 });
const maps = fc.dictionary(
  fc.string({ minLength: 1 }).filter((key) => key !== '__proto__'),
  json,
);

test('reading any template and sending it back unchanged changes nothing', () => {
  fc.assert(
    fc.property(maps, json, maps, (credential, body, audience) => {
      const document = JSON.parse(
        JSON.stringify({ audience, credential, ...withOperation({ body }) }),
      ) as DocumentA;
      const shown = maskedA(document);
      const restored = restoreSecrets({ sent: { dialect: 'A', document: shown }, stored: document, shown });
      expect(restored).toEqual({ document, diagnostics: [] });
    }),
  );
});
