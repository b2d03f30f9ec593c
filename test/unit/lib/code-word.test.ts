import { codeWord, requestIdWord } from '../../../src/lib/code-word';

// Adobe's own, as its documents have them.
test.each([
  ...[
    '400003',
    '401013',
    '403000',
    '403010',
    '403027',
    404,
    '0090000009',
    '0100000003',
    '8.0000018E7',
    '106',
  ],
  ...['UPAPI-113430-404', 'UPAPI-113015-400', 'UPAPI-113631-403', 'UPAPI-113751-500', 'UPLIB-101206-500'],
  ...[
    'UPLIB-101554-503',
    'UPSVC-100650-404',
    'UPS-ACC-1000004',
    'UPS-MRG-1000001',
    'EXEG-xxxx',
    'EXEG-0050-404',
  ],
  ...['unknown', 'invalid_client', 'invalid_request', 'server_error', 'unauthorized_client', 'invalid_scope'],
  ...[
    'BadRequestError',
    'NotFoundError',
    'SEGMENT_NOT_EVALUATED',
    'EXPORT_FAILED',
    'RESOURCE_NOT_FOUND',
    'too-deep',
  ],
  ...['SUCCEEDED', 'CANCELLING', 'NEARLY_DONE', 'active', 'Paused', 'unknown-attribute'],
])('%j is a code', (code) => {
  expect(codeWord(code)).toBe(String(code));
});

test.each([
  ...[
    '',
    ' ',
    'db-canary40.internal',
    '10.1.2.3:5432',
    'eyJhbGciOiJSUzI1NiJ9.canary42.sig',
    'eyJhbGciOiJub25lIn0',
  ],
  ...[
    'AKIACANARYABCDEF',
    'AKIAIOSFODNN7EXAMPLE',
    'kafka-7-0',
    'canary',
    'hunter_two',
    'api.example.dev',
    'pod/x',
  ],
  ...[
    '4915123456789',
    'FAILED: at com.x',
    'Basic Y2Fu',
    'a@b.c',
    'localhost',
    'worker-12',
    'sk_live_canary',
    null,
    {},
  ],
])('%j is none', (code) => {
  expect(codeWord(code)).toBeNull();
});

test.each([
  ['a1b2-c3', 'a1b2-c3'],
  ['7UlQ0eFhTz2sQbSbTbm6yVXfp9b0gqfH', '7UlQ0eFhTz2sQbSbTbm6yVXfp9b0gqfH'],
  ['canary41@host.internal /etc/passwd', null],
  ['eyJhbGciOiJSUzI1NiJ9', null],
])('%j as the id of a request is told as %j', (id, told) => {
  expect(requestIdWord(id)).toBe(told);
});
