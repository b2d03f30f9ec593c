import type {
  AudienceTemplateWire,
  CurrentAudienceTemplateWire,
} from '../../src/wire/audience-template.wire';
import { audienceTemplateList } from '../fixtures/adobe/bodies';
import { currentTemplates } from '../fixtures/adobe/current-templates';
import type { GetTarget } from './target';
import { ask, must, paths } from './target';

const mask = '********';
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
const currentOperation = {
  url: 'https://api.example.com/v10/{{customerData.accountId}}?access_token=planted-canary',
  httpMethod: 'POST',
  headers: [
    { header: 'Content-Type', value: 'application/json' },
    { header: 'Authorization', value: 'Bearer planted-canary' },
  ],
  requestBody: { json: { name: '{{segment.name}}', apiKey: 'planted-canary' } },
  responseFields: [{ name: 'externalAudienceId', value: '{{body.id}}' }],
  responseErrorFields: [{ name: 'message', value: '{{error.message}}' }],
};
const current = {
  metadataTemplate: { name: 'Today', create: currentOperation },
  validations: [{ field: '{{customerData.accountId}}', regex: '^[0-9]+$' }],
};
const currentPath = paths.templates.replace('/v1', '');
type OfModel<Path extends string> = Path extends typeof paths.templates
  ? AudienceTemplateWire
  : CurrentAudienceTemplateWire;

/** Contract §16: model A under `/v1`, model B under the path of today. */
export function audienceTemplatesContract(target: GetTarget): void {
  const create = (body: object = template): Promise<AudienceTemplateWire> =>
    must(target(), `POST ${paths.templates}`, { body });
  const createCurrent = (body: object = current): Promise<CurrentAudienceTemplateWire> =>
    must(target(), `POST ${currentPath}`, { body });
  const read = <Path extends string>(path: Path, id: string): Promise<OfModel<Path>> =>
    must(target(), `GET ${path}/${id}`);
  const put = <Path extends string>(path: Path, id: string, body: object): Promise<OfModel<Path>> =>
    must(target(), `PUT ${path}/${id}`, { body });

  test('a template comes back as it was sent, but for literal secrets', async () => {
    const made = await create();
    expect(made).toMatchObject({
      ...template,
      credential: { ...template.credential, clientSecret: mask },
      createdDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/) as string,
    });
    expect(await read(paths.templates, made.instanceId)).toEqual(made);
  });

  test('a template of today’s model does so under its own path', async () => {
    const made = await createCurrent();
    expect(made).toMatchObject({
      metadataTemplate: {
        name: 'Today',
        create: {
          ...currentOperation,
          url: currentOperation.url.replace('planted-canary', mask),
          headers: [currentOperation.headers[0], { header: 'Authorization', value: `Bearer ${mask}` }],
          requestBody: { json: { name: '{{segment.name}}', apiKey: mask } },
        },
      },
      validations: current.validations,
    });
    expect(await read(currentPath, made.instanceId)).toEqual(made);
  });

  test.each([
    ['the alpha’s', paths.templates],
    ['today’s', currentPath],
  ])(
    'the list of %s path is a bare array that holds templates of both models and no secret',
    async (_which, path) => {
      const made = [await create(), await createCurrent()];
      const answer = await ask(target(), `GET ${path}`);
      const ids = (answer.body as { instanceId: string }[]).map(({ instanceId }) => instanceId);
      expect(ids).toEqual(expect.arrayContaining(made.map(({ instanceId }) => instanceId)));
      expect(answer.bytes.toString()).not.toContain('planted-canary');
    },
  );

  test('a template of the alpha is read in today’s model under today’s path', async () => {
    const { instanceId } = await create();
    expect(await read(currentPath, instanceId)).toMatchObject({
      metadataTemplate: {
        name: 'Example',
        create: {
          url: 'https://api.example.com/v10/v2/{{segment.alias}}',
          httpMethod: 'POST',
          headers: [{ header: 'Authorization', value: 'Bearer {{baseConnection.auth.params.accessToken}}' }],
          requestBody: { json: { name: '{{segment.name}}' } },
        },
      },
      validations: [{ field: '{{segment.name}}', regex: '^[a-z]+$' }],
    });
  });

  test('a template of today is read in the alpha’s model under the alpha’s path', async () => {
    const { instanceId } = await createCurrent();
    expect(await read(paths.templates, instanceId)).toMatchObject({
      metadataTemplate: {
        host: 'https://api.example.com',
        create: {
          uri: `/v10/{{customerData.accountId}}?access_token=${mask}`,
          method: 'POST',
          headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${mask}` },
          body: { name: '{{segment.name}}', apiKey: mask },
          schemaMap: { externalAudienceId: '{{body.id}}' },
          errorSchemaMap: { message: 'error.message' },
        },
      },
    });
  });

  test('a template that is read and sent back under the other path stays what it is', async () => {
    const made = await createCurrent();
    const asAlpha = await read(paths.templates, made.instanceId);
    const replaced = await put(paths.templates, made.instanceId, asAlpha);
    expect({ ...replaced, lastModifiedDate: null }).toEqual({ ...asAlpha, lastModifiedDate: null });
    const back = await read(currentPath, made.instanceId);
    expect({ ...back, lastModifiedDate: null }).toEqual({ ...made, lastModifiedDate: null });
  });

  test('put replaces the whole', async () => {
    const made = await create();
    const after = await put(paths.templates, made.instanceId, {
      audience: { context: 'Google Ads', name: 'new' },
    });
    expect(after.audience).toEqual({ context: 'Google Ads', name: 'new' });
    expect([after.instanceId, after.createdDate, after.credential]).toEqual([
      made.instanceId,
      made.createdDate,
      undefined,
    ]);
  });

  test('put under the alpha’s path is refused where it would lose an operation that the alpha lacks', async () => {
    const { instanceId } = await createCurrent({
      metadataTemplate: { create: currentOperation, notify: currentOperation },
    });
    const body = await read(paths.templates, instanceId);
    const answer = await ask(target(), `PUT ${paths.templates}/${instanceId}`, { body });
    expect(answer.status).toBe(400);
    expect(answer.bytes.toString()).toContain('notify');
  });

  test.each([
    ['as it was read', (shown: object) => shown],
    ['empty', () => ({})],
  ])(
    'put under today’s path, %s, is refused where it would lose the maps of the alpha',
    async (_what, of) => {
      const made = await create();
      const body = of(await read(currentPath, made.instanceId));
      const answer = await ask(target(), `PUT ${currentPath}/${made.instanceId}`, { body });
      expect(answer.status).toBe(400);
      expect(answer.bytes.toString()).toContain('audience, credential');
      expect(await read(paths.templates, made.instanceId)).toEqual(made);
    },
  );

  test.each([
    ['a new template', `POST ${paths.templates}`],
    ['a template whose place holds a macro', undefined],
  ])('a mask with nothing behind it is refused in %s', async (_what, route) => {
    const { instanceId } = await create();
    const body = { ...template, audience: { name: mask } };
    const answer = await ask(target(), route ?? `PUT ${paths.templates}/${instanceId}`, { body });
    expect(answer.status).toBe(400);
    expect(answer.bytes.toString()).toContain('audience.name');
  });

  test('a body with a name that no object may have is told so', async () => {
    const body = JSON.parse('{"__proto__": {"x": 1}}') as object;
    const answer = await ask(target(), `POST ${paths.templates}`, { body });
    expect(answer.status).toBe(400);
    expect(answer.bytes.toString()).toContain('__proto__');
  });

  test('a bad header name is told by its place, not by its text', async () => {
    const create = { ...operation, headers: { 'Bearer planted-canary': 'x' } };
    const body = { ...template, metadataTemplate: { ...template.metadataTemplate, create } };
    const answer = await ask(target(), `POST ${paths.templates}`, { body });
    expect(answer.status).toBe(400);
    expect(answer.bytes.toString()).toContain('metadataTemplate.create.headers must not hold a name');
    expect(answer.bytes.toString()).not.toContain('planted-canary');
  });

  test('a mask that goes to another host does not take its secret there', async () => {
    const made = await create();
    const body = { ...made, metadataTemplate: { ...made.metadataTemplate, host: 'https://evil.example' } };
    const answer = await ask(target(), `PUT ${paths.templates}/${made.instanceId}`, { body });
    expect(answer.status).toBe(400);
    expect(answer.bytes.toString()).toContain('credential.clientSecret');
  });

  test.each(audienceTemplateList.map((one) => [one.audience.context, one] as const))(
    'Adobe’s template of the alpha for %s is kept as it is',
    async (_context, { instanceId: _id, createdDate: _made, lastModifiedDate: _changed, ...body }) => {
      const made = await create(body);
      const { instanceId, createdDate: _created, lastModifiedDate: _modified, ...kept } = made;
      const shown = JSON.stringify(body)
        .replace('"621-988-9373"', `"${mask}"`)
        .replace('"token":"token"', `"token":"${mask}"`);
      expect(kept).toEqual(JSON.parse(shown));
      await must(target(), `GET ${currentPath}/${instanceId}`);
    },
  );

  test.each(Object.entries(currentTemplates))(
    'Adobe’s template of today, %s, is kept as it is',
    async (_name, body) => {
      const made = await createCurrent(body);
      const { instanceId, createdDate: _created, lastModifiedDate: _modified, ...kept } = made;
      expect(kept).toEqual(body);
      await must(target(), `GET ${paths.templates}/${instanceId}`);
    },
  );

  test('put of a template as it was read is accepted', async () => {
    const made = await create();
    const again = await put(paths.templates, made.instanceId, made);
    expect({ ...again, lastModifiedDate: made.lastModifiedDate }).toEqual(made);
  });

  test('so it is in today’s model', async () => {
    const made = await createCurrent();
    const again = await put(currentPath, made.instanceId, made);
    expect({ ...again, lastModifiedDate: made.lastModifiedDate }).toEqual(made);
  });

  test.each([
    [
      'model B',
      { metadataTemplate: { create: { url: 'https://x.example', httpMethod: 'POST' } } },
      'today’s Destination SDK',
    ],
    ['one without operations', { audience: { name: '{{segment.name}}' } }, 'at least one operation'],
    [
      'one whose metadataTemplate is empty',
      { audience: { context: 'Google Ads' }, metadataTemplate: { host: 'https://x.example' } },
      'at least one operation',
    ],
    [
      'an unknown macro',
      {
        metadataTemplate: { host: 'https://x.example', create: { ...operation, body: ['{{segment.nmae}}'] } },
      },
      'metadataTemplate.create.body.0: There is no macro {{segment.nmae}}. Did you mean {{segment.name}}?',
    ],
    [
      'a macro of the answer in the request',
      { metadataTemplate: { host: 'https://x.example', create: { ...operation, uri: '/{{response.id}}' } } },
      'metadataTemplate.create.uri: The macro {{response.id}} cannot stand here',
    ],
    ['a mask that stands for nothing', { ...template, credential: { token: mask } }, 'credential.token'],
    [
      'an unknown verb',
      { metadataTemplate: { host: 'https://x.example', create: { uri: '/', method: 'FETCH' } } },
      'method',
    ],
    [
      'a host on this machine without TLS that only looks so',
      { metadataTemplate: { host: 'http://127.0.0.1.example', create: operation } },
      'host',
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

  test.each([
    ['model A', { metadataTemplate: { host: 'https://x.example', create: operation } }, 'the alpha'],
    ['no operations', { metadataTemplate: { name: 'n' } }, 'at least one operation'],
    [
      'a macro of the alpha’s maps',
      { metadataTemplate: { create: { ...currentOperation, url: 'https://x.example/{{audience.name}}' } } },
      'metadataTemplate.create.url: The macro {{audience.name}} cannot stand here',
    ],
    [
      'a host that a macro chooses',
      {
        metadataTemplate: {
          create: { ...currentOperation, url: 'https://{{customerData.region}}.example/' },
        },
      },
      'metadataTemplate.create.url',
    ],
    [
      'a header twice',
      {
        metadataTemplate: {
          create: {
            ...currentOperation,
            headers: [...currentOperation.headers, currentOperation.headers[0]],
          },
        },
      },
      'metadataTemplate.create.headers',
    ],
    [
      'a header that smuggles',
      {
        metadataTemplate: {
          create: { ...currentOperation, headers: [{ header: 'Transfer-Encoding', value: 'chunked' }] },
        },
      },
      'metadataTemplate.create.headers.0.header',
    ],
  ])('under today’s path %s is a 400 that says so', async (_what, body, word) => {
    const answer = await ask(target(), `POST ${currentPath}`, { body });
    expect(answer.status).toBe(400);
    expect(answer.bytes.toString()).toContain(word);
    expect(answer.bytes.toString()).not.toContain('planted-canary');
  });

  test('a body that is nested beyond reason is a 400', async () => {
    const raw = `{"metadataTemplate":{"create":{"url":"https://x.example","httpMethod":"POST","requestBody":{"json":${'['.repeat(50_000)}${']'.repeat(50_000)}}}}}`;
    expect((await ask(target(), `POST ${currentPath}`, { raw })).status).toBe(400);
  });

  test('delete answers 200, then it is gone', async () => {
    const { instanceId } = await create();
    expect((await ask(target(), `DELETE ${paths.templates}/${instanceId}`)).status).toBe(200);
    expect((await ask(target(), `GET ${paths.templates}/${instanceId}`)).status).toBe(404);
  });
}
