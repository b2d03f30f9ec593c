import { answerJson } from '../../support/recording-destination';
import type { TemplateTrial } from '../../support/template-trial';
import { buyers, startTemplateTrial } from '../../support/template-trial';

let trial: TemplateTrial;
let tried = 0;
beforeAll(async () => {
  trial = await startTemplateTrial();
  trial.destination.answer = answerJson(200, { id: '1' });
});
afterAll(() => trial.close());
beforeEach(() => {
  trial.destination.requests.length = 0;
});

/** Keeps a template upstream that no check has seen, and applies it. */
async function applyTemplate(
  { host = trial.destination.url, ...rest }: Record<string, unknown> & { readonly host?: unknown },
  more: {
    readonly values?: Record<string, unknown>;
    readonly name?: string;
    readonly template?: object;
  } = {},
) {
  const templateId = `t${(tried += 1)}`;
  const segmentId = `s${tried}`;
  trial.segments.set(segmentId, { ...trial.segments.get(buyers.id), id: segmentId, name: more.name ?? 'n' });
  trial.templates.set(templateId, {
    instanceId: templateId,
    metadataTemplate: { host, create: { uri: '/a', method: 'POST', ...rest } },
    ...more.template,
  });
  const input = { templateId, segmentId, verb: 'CREATE' as const, values: more.values ?? {} };
  return { rendered: await trial.render(input), applied: await trial.apply(input) };
}

describe('a template cannot send anything', () => {
  test.each([
    ['to a host that nobody allowed', 'https://evil.example', 'FORBIDDEN'],
    ['to another port of an allowed host', 'http://127.0.0.1:9', 'FORBIDDEN'],
    ['to the metadata of the cloud', 'http://169.254.169.254', 'FORBIDDEN'],
    ['to the loopback in decimal', 'http://2130706433', 'FORBIDDEN'],
    ['to the mapped loopback', 'http://[::ffff:127.0.0.1]', 'FORBIDDEN'],
    ['to a host behind a user', 'https://127.0.0.1@evil.example', 'TEMPLATE_INVALID'],
    ['to a host that a macro names', 'https://{{customerData.host}}', 'TEMPLATE_INVALID'],
    ['to a file', 'file:///etc/passwd', 'TEMPLATE_INVALID'],
    ['to no host', 7, 'TEMPLATE_INVALID'],
  ])('%s', async (_where, host, code) => {
    const { applied } = await applyTemplate(
      { host },
      { values: { 'customerData.host': trial.destination.host } },
    );
    expect(applied.value).toMatchObject({ outcome: null });
    expect(applied.value?.userErrors[0]?.code).toBe(code);
    expect(trial.destination.requests).toEqual([]);
  });

  test.each([
    ['Host', { headers: { Host: 'evil.example' } }],
    ['Content-Length', { headers: { 'content-length': '1' } }],
    ['Transfer-Encoding', { headers: { 'Transfer-Encoding': 'chunked' } }],
    ['Connection', { headers: { Connection: 'upgrade' } }],
    ['a name with a line break', { headers: { 'a\r\nX-Evil': '1' } }],
    ['a value with a line break', { headers: { a: '1\r\nX-Evil: 1' } }],
    ['no text', { headers: { a: { b: 1 } } }],
    ['another method', { method: 'TRACE' }],
    ['a method with a line break', { method: 'POST / HTTP/1.1\r\nX: ' }],
    ['a way up the path', { uri: '/a/../../b' }],
    ['an unknown macro', { body: { a: '{{process.env.HOME}}' } }],
    ['a look into a prototype', { body: { a: '{{constructor.constructor}}' } }],
    ['a control block', { body: '{% for a in b %}' }],
    ['a pattern without end', {}, { validations: [{ field: '{{segment.name}}', regex: '(a+)+$(?!x)' }] }],
    ['lists for operations', {}, { metadataTemplate: { host: 'https://a.example', create: [1] } }],
    ['a text for everything', {}, { metadataTemplate: 'x' }],
  ])('with %s', async (...[, operation, template]: readonly [string, object, object?]) => {
    const { applied } = await applyTemplate({ ...operation }, { template: template ?? {} });
    expect(applied.errors).toEqual([]);
    expect(applied.value).toMatchObject({ outcome: null });
    expect(applied.value?.userErrors[0]?.code).toMatch(/^(TEMPLATE_INVALID|INVALID_INPUT)$/);
    expect(trial.destination.requests).toEqual([]);
  });
});

const hostile = [
  '"},"admin":true,{"a":"',
  'a\r\nX-Evil: 1\r\n\r\nGET /evil HTTP/1.1',
  '{{credential.token}} {{segment.id}}',
  '{% set x %}',
  '../../etc/passwd?x=1#y&z=2',
  '\u202Eevil\u0000日本 😀 \uD800',
  '%0d%0aX-Evil:1',
  "${process.env.HOME} '; DROP TABLE x; --",
];

describe.each(hostile)('a segment called %j', (name) => {
  const operation = {
    uri: '/a/{{segment.name}}?q={{segment.name}}',
    headers: { 'Content-Type': 'application/json' },
    body: { name: '{{segment.name}}', both: '<{{segment.name}}>' },
  };
  const wellFormed = Buffer.from(name, 'utf8').toString('utf8');

  test('is a value wherever it stands, and nothing else', async () => {
    const template = { credential: { token: 'canary' } };
    const { applied } = await applyTemplate(operation, { name, template });
    expect(applied.value?.userErrors).toEqual([]);
    const [request, ...others] = trial.destination.requests;
    expect(others).toEqual([]);
    const [path = '', query = '', ...more] = request?.url.split('?') ?? [];
    expect(more).toEqual([]);
    expect(path.split('/').slice(2).map(decodeURIComponent)).toEqual([wellFormed]);
    expect([...new URLSearchParams(query)]).toEqual([['q', wellFormed]]);
    const body = JSON.parse(request?.body ?? '') as Record<string, string>;
    expect(Object.keys(body)).toEqual(['name', 'both']);
    expect(Buffer.from(body['name'] ?? '').toString()).toBe(wellFormed);
    expect(request?.headers).not.toHaveProperty('x-evil');
    expect(JSON.stringify(trial.destination.requests)).not.toContain('canary');
  });
});

test('a value with a line break does not leave in a header', async () => {
  const { applied, rendered } = await applyTemplate(
    { headers: { 'X-Name': '{{segment.name}}' } },
    { name: 'a\r\nX-Evil: 1' },
  );
  expect(applied.value?.userErrors).toMatchObject([{ code: 'INVALID_INPUT' }]);
  expect(rendered.value?.violations).toHaveLength(1);
  expect(trial.destination.requests).toEqual([]);
});

test('values that are nested without end are refused', async () => {
  const values = JSON.parse(`{"a":${'['.repeat(60)}${']'.repeat(60)}}`) as Record<string, unknown>;
  const { applied } = await applyTemplate({}, { values });
  expect(applied.value?.userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: ['input', 'values'] }]);
});

describe('secrets', () => {
  const canaries = ['canary-1', 'canary-2', 'canary-3'];

  test('stand in no answer and no log, wherever they come from and whatever the destination repeats', async () => {
    trial.destination.answer = (request, response) =>
      answerJson(400, {
        error: { message: `${request.url} ${JSON.stringify(request.headers)} ${request.body}` },
      })(request, response);
    const { rendered, applied } = await applyTemplate(
      {
        uri: '/a?access_token={{credential.token}}',
        headers: { Authorization: 'Bearer {{baseConnection.auth.params.accessToken}}', 'X-Key': 'canary-2' },
        body: { note: '{{customerData.password}}' },
        errorSchemaMap: { message: 'error.message' },
      },
      {
        template: { credential: { token: 'canary-1' } },
        values: {
          'baseConnection.auth.params.accessToken': 'canary-3',
          customerData: { password: 'canary-2 & more' },
        },
      },
    );
    trial.destination.answer = answerJson(200, { id: '1' });
    const [request] = trial.destination.requests;
    for (const canary of canaries) expect(JSON.stringify(request)).toContain(canary);
    expect(applied.value?.userErrors).toMatchObject([{ code: 'DESTINATION_REJECTED' }]);
    expect(rendered.text + applied.text + trial.started.logLines.join()).not.toContain('canary');
  });

  test('that the upstream masks are asked for, and never sent as stars', async () => {
    const operation = {
      headers: { Authorization: 'Bearer ********' },
      body: { token: '{{credential.token}}' },
    };
    const template = { credential: { token: '********' } };
    const { rendered, applied } = await applyTemplate(operation, { template });
    expect(rendered.value?.unresolved).toEqual(['headers.Authorization', 'credential.token']);
    expect(applied.value?.outcome).toBeNull();
    expect(trial.destination.requests).toEqual([]);
    const values = { 'headers.Authorization': 'a', credential: { token: 'b' } };
    await applyTemplate(operation, { template, values });
    expect(trial.destination.requests).toMatchObject([
      { headers: { authorization: 'Bearer a' }, body: '{"token":"b"}' },
    ]);
  });

  test('of the caller do not go to a destination', async () => {
    const headers = {
      authorization: 'Bearer callers-token',
      'x-api-key': 'callers-key',
      'x-gw-ims-org-id': 'CALLER@AdobeOrg',
      'x-sandbox-name': 'callers-sandbox',
    };
    trial.templates.set('plain', {
      instanceId: 'plain',
      metadataTemplate: { host: trial.destination.url, validate: { uri: '/me', method: 'GET' } },
    });
    const { value } = await trial.apply({ templateId: 'plain', verb: 'VALIDATE' }, headers);
    expect(value?.userErrors).toEqual([]);
    expect(JSON.stringify(trial.destination.requests)).not.toMatch(/caller/i);
  });
});

test('without allowed hosts nothing is sent, and it is said what to set', async () => {
  const closed = await startTemplateTrial({ allowed: '' });
  closed.templates.set('t', {
    instanceId: 't',
    metadataTemplate: { host: 'https://api.linkedin.com', validate: { uri: '/me', method: 'GET' } },
  });
  const { value } = await closed.apply({ templateId: 't', verb: 'VALIDATE' });
  expect(value?.userErrors).toMatchObject([
    {
      code: 'FORBIDDEN',
      hint: 'If it is meant, the operator of the gateway adds api.linkedin.com to TEMPLATE_ALLOWED_HOSTS.',
    },
  ]);
  await closed.close();
});
