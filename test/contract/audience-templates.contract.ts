import type { AudienceTemplateWire } from '../../src/wire/audience-template.wire';
import type { GetTarget } from './target';
import { ask, must, paths } from './target';

const operation = {
  uri: '/v2/{{audience.id}}',
  method: 'POST',
  headers: { Authorization: 'Bearer {{credential.token}}' },
  body: { name: '{{audience.name}}' },
};
const template = {
  audience: { name: '{{segment.name}}', metadata: { source: '{{segment.metadata.source}}' } },
  credential: {
    token: '{{baseConnection.auth.params.accessToken}}',
    clientSecret: 'planted-canary',
    authType: 'OAUTH2',
  },
  metadataTemplate: { host: 'https://api.example.com/v10', name: 'Example', create: operation },
  validations: [{ field: '{{audience.name}}', regex: '^[a-z]+$' }],
};

/** Contract §16, model A. */
export function audienceTemplatesContract(target: GetTarget): void {
  const create = (body: object = template): Promise<AudienceTemplateWire> =>
    must(target(), `POST ${paths.templates}`, { body });

  test('a template comes back as it was sent, but for literal secrets', async () => {
    const made = await create();
    expect(made).toMatchObject({
      ...template,
      credential: { ...template.credential, clientSecret: '********' },
      createdDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/) as string,
    });
    expect(await must(target(), `GET ${paths.templates}/${made.instanceId}`)).toEqual(made);
  });

  test('the list is a bare array that holds no secret', async () => {
    const made = await create();
    const answer = await ask(target(), `GET ${paths.templates}`);
    expect((answer.body as AudienceTemplateWire[]).map(({ instanceId }) => instanceId)).toContain(
      made.instanceId,
    );
    expect(answer.bytes.toString()).not.toContain('planted-canary');
  });

  test('the same template stands under the path without a version', async () => {
    const made = await create();
    expect(await must(target(), `GET ${paths.templates.replace('/v1', '')}/${made.instanceId}`)).toEqual(
      made,
    );
  });

  test('put replaces the whole', async () => {
    const made = await create();
    const after = await must<AudienceTemplateWire>(target(), `PUT ${paths.templates}/${made.instanceId}`, {
      body: { audience: { name: 'new' } },
    });
    expect(after.audience).toEqual({ name: 'new' });
    expect([after.instanceId, after.createdDate, after.credential]).toEqual([
      made.instanceId,
      made.createdDate,
      undefined,
    ]);
  });

  test('put of a template as it was read is accepted', async () => {
    const made = await create();
    const again = await must<AudienceTemplateWire>(target(), `PUT ${paths.templates}/${made.instanceId}`, {
      body: made,
    });
    expect({ ...again, lastModifiedDate: made.lastModifiedDate }).toEqual(made);
  });

  test.each([
    [
      'model B',
      { metadataTemplate: { create: { url: 'https://x.example', httpMethod: 'POST' } } },
      'current Destination SDK',
    ],
    [
      'an unknown verb',
      { metadataTemplate: { host: 'https://x.example', create: { uri: '/', method: 'FETCH' } } },
      'method',
    ],
    ['a host without TLS', { metadataTemplate: { host: 'http://x.example', create: operation } }, 'host'],
    [
      'a host with a macro',
      { metadataTemplate: { host: 'https://{{audience.name}}', create: operation } },
      'host',
    ],
    [
      'a host with a password',
      { metadataTemplate: { host: 'https://u:p@x.example', create: operation } },
      'host',
    ],
    ['an operation without a host', { metadataTemplate: { create: operation } }, 'host'],
    [
      'a header that smuggles',
      {
        metadataTemplate: {
          host: 'https://x.example',
          create: { ...operation, headers: { 'Content-Length': '0' } },
        },
      },
      'headers',
    ],
    ['a pattern that looks around', { validations: [{ field: 'x', regex: '(?=a)b' }] }, 'regex'],
    ['an unknown field', { credentials: {} }, 'credentials'],
  ])('%s is a 400 that says so', async (_what, body, word) => {
    const answer = await ask(target(), `POST ${paths.templates}`, { body });
    expect(answer.status).toBe(400);
    expect(answer.bytes.toString()).toContain(word);
  });

  test('delete answers 200, then it is gone', async () => {
    const { instanceId } = await create();
    expect((await ask(target(), `DELETE ${paths.templates}/${instanceId}`)).status).toBe(200);
    expect((await ask(target(), `GET ${paths.templates}/${instanceId}`)).status).toBe(404);
  });
}
