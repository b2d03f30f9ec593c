import { answerJson } from '../../support/recording-destination';
import type { TemplateTrial } from '../../support/template-trial';
import { buyers, facebook, linkedIn, startTemplateTrial, twitter } from '../../support/template-trial';

const segmentId = buyers.id;
let trial: TemplateTrial;
beforeAll(async () => {
  trial = await startTemplateTrial();
});
afterAll(() => trial.close());
beforeEach(() => {
  trial.destination.requests.length = 0;
});

const sent = () =>
  trial.destination.requests.map(({ method, url, headers, body }) => ({
    line: `${method} ${url}`,
    type: headers['content-type'] ?? null,
    authorization: headers.authorization ?? null,
    body,
  }));

describe('LinkedIn', () => {
  const values = {
    targetConnection: { params: { accountId: '5081' } },
    'baseConnection.auth.params.accessToken': 'canary-token',
  };
  const input = { templateId: linkedIn, segmentId, values };

  test('is shown what it would be sent, with the token masked', async () => {
    const { value, text } = await trial.render({ ...input, verb: 'CREATE' });
    expect(value).toEqual({
      httpMethod: 'POST',
      url: `${trial.destination.url}/v2/dmpSegments`,
      headers: { 'Content-Type': 'application/json', Authorization: 'Bearer ********' },
      body: {
        name: 'Buyers in "FR" & DE',
        type: 'USER',
        account: 'urn:li:sponsoredAccount:5081',
        accessPolicy: 'PRIVATE',
        destinations: [{ destination: 'LINKEDIN' }],
        sourcePlatform: 'ADOBE',
      },
      unresolved: [],
      violations: [],
    });
    expect(text).not.toContain('canary');
    expect(sent()).toEqual([]);
  });

  test('makes an audience whose id stands in a header, then changes and deletes it by that id', async () => {
    trial.destination.answer = (_request, response) =>
      void response.writeHead(201, { 'X-LinkedIn-Id': '10804' }).end();
    const made = await trial.apply({ ...input, verb: 'CREATE' });
    expect(made.value).toEqual({
      outcome: {
        httpStatus: 201,
        externalAudienceId: '10804',
        values: { externalAudienceId: '10804' },
        error: null,
      },
      userErrors: [],
    });
    trial.destination.answer = answerJson(200, {});
    expect((await trial.apply({ ...input, verb: 'UPDATE' })).value).toMatchObject({
      outcome: { httpStatus: 200, externalAudienceId: '10804' },
      userErrors: [],
    });
    expect((await trial.apply({ ...input, verb: 'DELETE' })).value).toMatchObject({ userErrors: [] });
    const authorization = 'Bearer canary-token';
    const type = 'application/json';
    const patch = '{"patch":{"$set":{"name":"Buyers in \\"FR\\" & DE"}}}';
    expect(sent()).toMatchObject([
      { line: 'POST /v2/dmpSegments', type, authorization },
      { line: 'POST /v2/dmpSegments/10804', type, authorization, body: patch },
      { line: 'DELETE /v2/dmpSegments/10804', type, authorization, body: patch },
    ]);
  });

  test('refuses with its own words, found by errorSchemaMap', async () => {
    trial.destination.answer = answerJson(403, {
      message: 'No access with canary-token for 5081',
      status: 403,
    });
    const { value } = await trial.apply({ ...input, verb: 'CREATE' });
    expect(value).toMatchObject({
      outcome: {
        httpStatus: 403,
        externalAudienceId: null,
        values: {},
        error: 'No access with ******** for 5081',
      },
      userErrors: [{ code: 'DESTINATION_REJECTED', message: 'No access with ******** for 5081' }],
    });
  });
});

describe('Facebook', () => {
  const values = {
    'targetConnection.params.accountId': 'act_42',
    'segment.metadata.customer_file_source': 'USER_PROVIDED_ONLY',
    baseConnection: { auth: { params: { accessToken: 'canary token/1' } } },
  };
  const input = { templateId: facebook, segmentId, values };

  test('is sent forms, and its id is read from the body, exactly', async () => {
    trial.destination.answer = (_request, response) =>
      void response
        .writeHead(200, { 'content-type': 'text/javascript; charset=UTF-8' })
        .end('{"id":23847398465890112}');
    expect((await trial.apply({ ...input, verb: 'CREATE' })).value).toMatchObject({
      outcome: { externalAudienceId: '23847398465890112' },
      userErrors: [],
    });
    trial.destination.answer = answerJson(200, { success: true });
    await trial.apply({ ...input, verb: 'UPDATE' });
    await trial.apply({ ...input, verb: 'DELETE' });
    const [create, update, remove] = sent();
    expect(create?.line).toBe(
      'POST /v10.0/act_42/customaudiences?fields=name,description,account_id&subtype=CUSTOM',
    );
    expect(create?.type).toBe('application/x-www-form-urlencoded');
    expect(Object.fromEntries(new URLSearchParams(create?.body))).toEqual({
      name: buyers.name,
      description: 'All of them',
      access_token: 'canary token/1',
      customer_file_source: 'USER_PROVIDED_ONLY',
    });
    expect(update?.line).toBe('POST /v10.0/23847398465890112');
    expect(new URLSearchParams(update?.body).get('customAudienceId')).toBe('23847398465890112');
    expect(remove?.line).toBe('DELETE /v10.0/23847398465890112');
  });

  test('validates a token without a segment', async () => {
    trial.destination.answer = answerJson(200, { id: '7', data: [] });
    const { segmentId: _none, ...rest } = input;
    const { value } = await trial.apply({ ...rest, verb: 'VALIDATE' });
    expect(value?.outcome).toMatchObject({ httpStatus: 200, values: { Id: '7' } });
    expect(sent()).toMatchObject([
      { line: 'GET /v10.0/me/permissions?access_token=canary%20token%2F1', body: '' },
    ]);
  });

  test('is sent nothing for an account that its pattern does not fit', async () => {
    const wrong = { ...input, values: { ...values, 'targetConnection.params.accountId': '42' } };
    expect((await trial.render({ ...wrong, verb: 'CREATE' })).value?.violations).toEqual([
      'The value of {{audience.account}} does not match ^act_[0-9]+$.',
    ]);
    expect((await trial.apply({ ...wrong, verb: 'CREATE' })).value).toMatchObject({
      outcome: null,
      userErrors: [{ code: 'INVALID_INPUT', field: ['input', 'values'] }],
    });
    expect(sent()).toEqual([]);
  });
});

describe('Twitter', () => {
  const input = {
    templateId: twitter,
    segmentId,
    values: { 'targetConnection.params.accountId': '18ce/../54' },
  };

  test('is sent values as parts of the path and the query', async () => {
    trial.destination.answer = answerJson(200, { data: { id: '2906h' } });
    expect((await trial.apply({ ...input, verb: 'CREATE' })).value?.outcome?.externalAudienceId).toBe(
      '2906h',
    );
    trial.destination.answer = answerJson(200, { data: {} });
    await trial.apply({ ...input, verb: 'UPDATE' });
    await trial.apply({ ...input, verb: 'DELETE' });
    const name = 'Buyers%20in%20%22FR%22%20%26%20DE';
    expect(sent().map(({ line, body }) => line + body)).toEqual([
      `POST /8/accounts/18ce%2F..%2F54/tailored_audiences?name=${name}`,
      `PUT /8/accounts/18ce%2F..%2F54/tailored_audiences/2906h?name=${name}`,
      'DELETE /8/accounts/18ce%2F..%2F54/tailored_audiences/2906h',
    ]);
  });

  test('says what is missing, and nothing is sent', async () => {
    const bare = { templateId: twitter, verb: 'UPDATE' as const };
    expect((await trial.render(bare)).value).toMatchObject({
      unresolved: ['targetConnection.params.accountId', 'segment.alias', 'segment.name'],
    });
    expect((await trial.apply(bare)).value).toMatchObject({
      outcome: null,
      userErrors: [
        { code: 'INVALID_INPUT', field: ['input', 'values', 'targetConnection.params.accountId'] },
        {
          code: 'INVALID_INPUT',
          field: ['input', 'segmentId'],
          hint: expect.stringContaining('CREATE') as string,
        },
        { code: 'INVALID_INPUT', field: ['input', 'segmentId'] },
      ],
    });
    expect(sent()).toEqual([]);
  });
});

test('a template that only names a destination of Adobe’s own has nothing to send', async () => {
  const [, google = ''] = ['', '69a5fa6b-a0b4-472b-bc22-71fea95f72eb'];
  const input = { templateId: google, verb: 'CREATE' as const, segmentId };
  expect((await trial.apply(input)).value?.userErrors).toMatchObject([
    { code: 'TEMPLATE_INVALID', field: ['input', 'verb'], message: 'The template has no operation CREATE.' },
  ]);
  expect((await trial.render(input)).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});
