import type { DocumentA, DocumentB, OperationA, Written } from '../../../src/templates/documents';
import type { RenderedOperation } from '../../../src/templates/render';
import { renderOperation, serializeBody } from '../../../src/templates/render';
import type { Facts } from '../../../src/templates/scope';
import { audienceTemplateList } from '../../fixtures/adobe/bodies';
import { currentTemplates } from '../../fixtures/adobe/current-templates';

const segment = {
  id: 's1',
  name: 'Über & "Freunde"',
  description: 'd',
  alias: 'ext/1',
  metadata: { size: 7 },
};

function render(
  template: Written,
  facts: Partial<Facts> = {},
  verb: 'create' | 'update' = 'create',
): RenderedOperation {
  const rendered = renderOperation({ template, verb, facts: { segment, values: {}, ...facts } });
  if (rendered === undefined) throw new Error(`no ${verb}`);
  return rendered;
}
const a = (operation: Partial<OperationA>, rest: Partial<DocumentA> = {}): Written => ({
  dialect: 'A',
  document: {
    metadataTemplate: { host: 'https://h.example', create: { uri: '/', method: 'POST', ...operation } },
    ...rest,
  },
});

describe('a value', () => {
  test('is a part of a path or a query in a URL', () => {
    const { request } = render(a({ uri: '/{{segment.alias}}/x?name={{segment.name}}&n=1' }));
    expect(request.url).toBe('https://h.example/ext%2F1/x?name=%C3%9Cber%20%26%20%22Freunde%22&n=1');
  });

  test('keeps its type where a JSON text is nothing but its macro', () => {
    const body = {
      n: '{{segment.metadata.size}}',
      all: ['{{segment.metadata}}'],
      text: 'n={{segment.metadata.size}}',
    };
    expect(render(a({ body })).request.body).toEqual({
      kind: 'json',
      value: { n: 7, all: [{ size: 7 }], text: 'n=7' },
    });
  });

  test('is JSON text behind the filter toJson', () => {
    const document: DocumentB = {
      metadataTemplate: {
        create: {
          url: 'https://h.example/',
          httpMethod: 'POST',
          requestBody: { json: { columns: '{{segmentEnrichmentAttributes | toJson}}' } },
        },
      },
    };
    const values = { segmentEnrichmentAttributes: [{ source: 'a' }] };
    expect(render({ dialect: 'B', document }, { values }).request.body).toEqual({
      kind: 'json',
      value: { columns: '[{"source":"a"}]' },
    });
  });

  test('that holds a macro stays text', () => {
    const body = { name: '{{audience.name}}' };
    const template = a({ body }, { audience: { name: '{{segment.name}}' }, credential: { t: 'secret' } });
    const { request } = render(template, { segment: { name: '{{credential.t}}' } });
    expect(request.body).toEqual({ kind: 'json', value: { name: '{{credential.t}}' } });
  });

  test.each([
    ['dotted', { 'targetConnection.params.accountId': 'act_1' }],
    ['nested', { targetConnection: { params: { accountId: 'act_1' } } }],
    ['mixed', { targetConnection: { 'params.accountId': 'act_1' }, 'targetConnection.params': { other: 1 } }],
    ['given for the map’s own name', { 'audience.account': 'act_1' }],
  ])('is found by %s keys', (_how, values) => {
    const template = a(
      { body: '{{audience.account}}' },
      { audience: { account: '{{targetConnection.params.accountId}}' } },
    );
    expect(render(template, { values })).toMatchObject({
      request: { body: { value: 'act_1' } },
      unresolved: [],
    });
  });

  test('of an inherited name is none', () => {
    const template = a({ body: ['{{customerData.constructor}}', '{{customerData.__proto__}}'] });
    expect(render(template, { values: { customerData: {} } }).unresolved).toEqual([
      'customerData.constructor',
      'customerData.__proto__',
    ]);
  });
});

describe('a request that must not be sent', () => {
  test('names the macros that have no value, as they have to be given', () => {
    const template = a(
      { uri: '/{{audience.account}}', headers: { Authorization: 'Bearer {{credential.token}}' } },
      {
        audience: { account: '{{targetConnection.params.accountId}}' },
        credential: { token: '{{authData.token}}' },
      },
    );
    expect(render(template).unresolved).toEqual(['targetConnection.params.accountId', 'authData.token']);
  });

  test.each([
    ['a dot segment', { uri: '/a/{{customerData.x}}' }, '..'],
    ['an empty part of the path', { uri: '/a/{{customerData.x}}' }, ''],
    ['a line break in a header', { headers: { X: '{{customerData.x}}' } }, 'a\r\nEvil: 1'],
    ['a header beyond Latin-1', { headers: { X: '{{customerData.x}}' } }, '日'],
    ['a form field that is a map', { params: { x: '{{customerData.x}}' } }, { a: 1 }],
  ])('has a violation for %s', (_what, operation, x) => {
    expect(render(a(operation), { values: { customerData: { x } } }).violations).toHaveLength(1);
  });

  test('has a violation for a value that its pattern does not match, without the value', () => {
    const validations = [{ field: '{{customerData.account}}', regex: '^act_[0-9]+$' }];
    const template = a({}, { validations });
    expect(render(template, { values: { 'customerData.account': 'act_1' } }).violations).toEqual([]);
    expect(render(template, { values: { 'customerData.account': 'x-canary' } }).violations).toEqual([
      'The value of {{customerData.account}} does not match ^act_[0-9]+$.',
    ]);
  });

  test('names the place of a secret that is masked here too', () => {
    const template = a({ headers: { 'X-Api-Key': '********' }, uri: '/?access_token=********' });
    expect(render(template).unresolved).toEqual(['query.access_token', 'headers.X-Api-Key']);
  });

  test('is whole again where the secrets behind the masks are given by their places', () => {
    const template = a(
      {
        headers: { Authorization: 'Bearer ********' },
        uri: '/?access_token=********',
        body: { auth: [{ key: '********' }], token: '{{credential.token}}' },
      },
      { credential: { token: '********' } },
    );
    expect(render(template).unresolved).toEqual([
      'query.access_token',
      'headers.Authorization',
      'body.auth[0].key',
      'credential.token',
    ]);
    const values = {
      'query.access_token': 'canary 1',
      headers: { Authorization: 'canary-2' },
      'body.auth[0].key': 'canary-3',
      credential: { token: 'canary-4' },
    };
    const { request, shown, unresolved, secrets } = render(template, { values });
    expect(unresolved).toEqual([]);
    expect(request).toMatchObject({
      url: 'https://h.example/?access_token=canary%201',
      headers: [['Authorization', 'Bearer canary-2'], expect.anything()],
      body: { value: { auth: [{ key: 'canary-3' }], token: 'canary-4' } },
    });
    expect(JSON.stringify(shown)).not.toContain('canary');
    expect([...secrets].sort()).toEqual(['canary 1', 'canary-2', 'canary-3', 'canary-4']);
  });

  test.each(['Host', 'content-length', 'Transfer-Encoding', 'CONNECTION', 'Proxy-Authorization', 'a b', ''])(
    'has a violation for the header "%s"',
    (name) => {
      expect(render(a({ headers: { [name]: 'x' } })).violations).toHaveLength(1);
    },
  );

  test('says that control blocks are not carried out', () => {
    const document = currentTemplates['of a webhook'] as unknown as DocumentB;
    expect(render({ dialect: 'B', document }).unresolved).toContain('{% … %}');
  });
});

describe('what is shown of a request', () => {
  test('holds no secret, whether it stands in the template or is given as a value', () => {
    const template = a(
      {
        uri: '/me?access_token={{credential.token}}&key=x',
        headers: { Authorization: 'Bearer {{authData.token}}', 'X-Api-Key': '{{customerData.key}}' },
        body: { note: '{{credential.literal}}', password: '{{segment.name}}' },
      },
      { credential: { token: '{{authData.token}}', literal: 'canary-2' } },
    );
    const { request, shown } = render(template, {
      values: { authData: { token: 'canary-1' }, 'customerData.key': 'canary-3' },
    });
    expect(JSON.stringify(request).match(/canary-\d/g)).toHaveLength(4);
    expect(JSON.stringify(shown)).not.toContain('canary');
    expect(shown.headers).toEqual([
      ['Authorization', 'Bearer ********'],
      ['X-Api-Key', '********'],
      ['Content-Type', 'application/json'],
    ]);
  });

  test('hides a value that was given under a name that tells, wherever it stands', () => {
    const template = a({ uri: '/{{customerData.apiKey}}', body: { note: 'x {{customerData.apiKey}}' } });
    const { shown, secrets } = render(template, { values: { customerData: { apiKey: 'canary' } } });
    expect(JSON.stringify(shown)).not.toContain('canary');
    expect(secrets).toContain('canary');
  });
});

test('what is known of the surroundings comes after what is given', () => {
  const template = a({ body: ['{{userContext.imsOrgId}}', '{{destination.sandboxName}}'] });
  const surroundings = { userContext: { imsOrgId: 'A@AdobeOrg' }, destination: { sandboxName: 'prod' } };
  const values = { 'destination.sandboxName': 'dev' };
  expect(render(template, { surroundings, values }).request.body).toMatchObject({
    value: ['A@AdobeOrg', 'dev'],
  });
});

test('Adobe’s template with a form is rendered as a form', () => {
  const document = audienceTemplateList[3] as unknown as DocumentA;
  const values = {
    'targetConnection.params.accountId': 'act_9',
    'baseConnection.auth.params.accessToken': 'tok',
  };
  const facts = { values, segment: { ...segment, metadata: { customer_file_source: 'USER' } } };
  const { request, unresolved, violations } = render({ dialect: 'A', document }, facts);
  expect({ unresolved, violations }).toEqual({ unresolved: [], violations: [] });
  expect(request.url).toBe(
    'https://graph.facebook.com/v10.0/act_9/customaudiences?fields=name,description,account_id&subtype=CUSTOM',
  );
  expect(serializeBody(request.body)).toEqual({
    text: 'name=%C3%9Cber+%26+%22Freunde%22&description=d&access_token=tok&customer_file_source=USER',
    type: 'application/x-www-form-urlencoded',
  });
});

test('an operation that is not there is not rendered', () => {
  expect(
    renderOperation({ template: a({}), verb: 'notify', facts: { segment, values: {} } }),
  ).toBeUndefined();
});

test('maps that lean on themselves, as an upstream may keep them, end', () => {
  const template = a({ body: '{{audience.a}}' }, { audience: { a: '{{audience.b}}', b: '{{audience.a}}' } });
  expect(render(template).unresolved).toEqual(['audience.b']);
});
