import { fc } from '../../support/fast-check';
import type { DocumentA, DocumentB, OperationA } from '../../../src/templates/documents';
import { maskTemplate } from '../../../src/templates/mask';
import { maskUrl } from '../../../src/templates/mask-text';
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

const canary = 'hunter2';
const telling = (body: unknown): Partial<OperationA> => ({ body });

describe('no answer shows a literal', () => {
  test.each([
    'X-Functions-Key',
    'X-Appwrite-Key',
    'Authentication',
    'X-Key',
    'Key',
    'X-Session',
    'X-Auth',
    'Proxy-Authorization',
  ])('in the header %s', (header) => {
    expect(JSON.stringify(maskedA(withOperation({ headers: { [header]: canary } })))).not.toContain(canary);
  });

  test.each([
    ...['secretkey', 'authkey', 'user_key', 'pass', 'pw', 'otp', 'key', 'session', 'sessionid', 'hapikey'],
    ...['assertion', 'sas', 'access%5Ftoken', 'access%255Ftoken', 'user[password]'],
  ])('in the query under %s', (name) => {
    expect(maskUrl(`https://h/a?x=1&${name}=${canary}&y=2`)).toBe(`https://h/a?x=1&${name}=${mask}&y=2`);
  });

  test.each([
    [
      `https://h/a;access_token=${canary}/b/{{segment.id}}`,
      `https://h/a;access_token=${mask}/b/{{segment.id}}`,
    ],
    [`https://h/a?x=1;access_token=${canary}`, `https://h/a?x=1;access_token=${mask}`],
    [`https://h/a?to=https%3A%2F%2Fx%3Faccess_token%3D${canary}`, `https://h/a?to=${mask}`],
    ['https://h/bot123456:AAEhBOweik6ad9r/send', `https://h/${mask}/send`],
    ['https://h/AIzaSyA1234567890abcdefghijklmn', `https://h/${mask}`],
  ])('in the URL %s', (url, expected) => {
    expect(maskUrl(url)).toBe(expected);
  });

  test.each<[unknown]>([
    [{ pass: canary }],
    [{ key: canary }],
    [{ pin: canary }],
    [{ sessionId: canary }],
    [`Bearer ${canary}`],
    [`see Bearer ${canary}`],
    [`https://user:${canary}@x.y/`],
    [`https://x.y/?access_token=${canary}`],
    [`a=1&password=${canary}`],
    [`{"a":[{"password":"${canary}"}]}`],
    [JSON.stringify(JSON.stringify({ password: canary }))],
    [`<password>${canary}</password>`],
    [{ name: 'password', value: canary }],
    [{ Key: 'api_key', Value: { deep: canary } }],
    [['password', canary]],
    ['{% if x %}{"password": "hunter2"}{% endif %}'],
  ])('in the body %j', (body) => {
    expect(JSON.stringify(maskedA(withOperation(telling(body))))).not.toContain(canary);
  });

  test('that is shaped like a token, in a name or a pattern', () => {
    const token = 'AIzaSyA1234567890abcdefghijklmn';
    const document: DocumentA = {
      metadataTemplate: { name: `my ${token}`, host: 'https://h' },
      validations: [{ field: '{{segment.name}}', regex: `^${token}$` }],
    };
    expect(JSON.stringify(maskedA(document))).not.toContain(token);
  });
});

describe('a macro is never masked', () => {
  test.each([
    'Bearer {{credential.token}}',
    'https://{{authData.user}}:{{authData.password}}@h/',
    'a=1&password={{authData.password}}&x={{segment.id}}',
    '{"password":"{{authData.password}}","name":"{{segment.name}}"}',
    'Token: {{authData.token}}, {{segment.name}}',
  ])('in %s', (text) => {
    expect(maskedA(withOperation({ body: { note: text } })).metadataTemplate?.create?.body).toEqual({
      note: text,
    });
  });

  test('beside a literal that is', () => {
    expect(maskUrl('https://h/?access_token=abc;x={{segment.id}}')).toBe(
      `https://h/?access_token=${mask}{{segment.id}}`,
    );
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
    ['in a place that is none of a secret', { ...stored, audience: { name: mask } }, 'masked-secret'],
    ['under an inherited name', { ...stored, credential: { constructor: mask } }, 'masked-secret'],
    ['to another host', { ...maskedA(stored), ...withOperation({}, 'https://other') }, 'moved-secret'],
  ])('%s is reported', (_where, document, code) => {
    expect(restore(document).diagnostics.map((one) => one.code)).toContain(code);
  });

  test('is reported where a macro is stored', () => {
    const kept: DocumentA = withOperation({ headers: { Authorization: 'Bearer {{credential.token}}' } });
    const sent: DocumentA = withOperation({ headers: { Authorization: `Bearer ${mask}` } });
    const { diagnostics } = restoreSecrets({
      sent: { dialect: 'A', document: sent },
      stored: kept,
      shown: maskedA(kept),
    });
    expect(diagnostics).toMatchObject([{ code: 'masked-secret' }]);
  });

  test('is reported where the name beside it does not tell any more', () => {
    const kept = withOperation({ body: [{ name: 'password', value: 'x1' }] });
    const sent = withOperation({ body: [{ name: 'note', value: mask }] });
    const { diagnostics } = restoreSecrets({
      sent: { dialect: 'A', document: sent },
      stored: kept,
      shown: maskedA(kept),
    });
    expect(diagnostics).toMatchObject([{ code: 'moved-secret' }]);
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
