import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openGatewayState } from '../../../src/state/open-gateway-state';
import { answerJson } from '../../support/recording-destination';
import type { TemplateTrial } from '../../support/template-trial';
import { buyers, closedSandbox, startTemplateTrial, twitter } from '../../support/template-trial';

const values = { 'targetConnection.params.accountId': 'a' };
const input = () => ({ templateId: twitter, segmentId, values });
let trial: TemplateTrial;
let made = 0;
let segmentId = '';
beforeAll(async () => {
  trial = await startTemplateTrial();
});
afterAll(() => trial.close());
beforeEach(() => {
  segmentId = `${buyers.id}-${(made += 1)}`;
  trial.segments.set(segmentId, { ...trial.segments.get(buyers.id), id: segmentId });
  trial.destination.requests.length = 0;
  let count = 0;
  trial.destination.answer = (request, response) =>
    answerJson(200, { data: { id: `t${request.method === 'POST' ? (count += 1) : count}` } })(
      request,
      response,
    );
});

const lines = () =>
  trial.destination.requests.map(({ method, url }) => `${method} ${url.split('?')[0] ?? ''}`);
const apply = async (verb: 'CREATE' | 'UPDATE' | 'DELETE', more: object = {}) =>
  (await trial.apply({ ...input(), ...more, verb })).value;

describe('an audience that was made', () => {
  test('is not made again, and it is said what it is called', async () => {
    await apply('CREATE');
    expect(await apply('CREATE')).toMatchObject({
      outcome: null,
      userErrors: [{ code: 'CONFLICT', message: 'The destination has this audience already, as t1.' }],
    });
    expect(lines()).toHaveLength(1);
  });

  test('can be made again once it has been deleted', async () => {
    await apply('CREATE');
    await apply('DELETE');
    expect(await apply('CREATE')).toMatchObject({ outcome: { externalAudienceId: 't2' }, userErrors: [] });
  });

  test('can be made again where the destination says that it is gone', async () => {
    await apply('CREATE');
    const { answer } = trial.destination;
    trial.destination.answer = answerJson(404, { errors: [{ message: 'No such audience' }] });
    expect(await apply('DELETE')).toMatchObject({
      outcome: { httpStatus: 404, error: 'No such audience' },
      userErrors: [{ code: 'DESTINATION_REJECTED', message: 'No such audience' }],
    });
    trial.destination.answer = answer;
    expect(await apply('CREATE')).toMatchObject({ userErrors: [] });
  });

  test('is made once by two who ask at the same time', async () => {
    const both = await Promise.all([apply('CREATE'), apply('CREATE')]);
    expect(both.flatMap((each) => each?.userErrors.map(({ code }) => code))).toEqual(['CONFLICT']);
    expect(lines()).toHaveLength(1);
  });

  test('is each segment’s, template’s, sandbox’s and org’s own', async () => {
    await apply('CREATE');
    await apply('CREATE', { segmentId: buyers.id });
    for (const headers of [{ 'x-sandbox-name': 'dev' }, { 'x-gw-ims-org-id': 'OTHER@AdobeOrg' }]) {
      const { value } = await trial.render({ ...input(), verb: 'UPDATE' }, headers);
      expect(value?.unresolved).toEqual(['segment.alias']);
    }
    await apply('UPDATE', { segmentId: buyers.id });
    expect(lines().at(-1)).toBe('PUT /8/accounts/a/tailored_audiences/t2');
  });

  test('can be deleted after its segment is gone', async () => {
    await apply('CREATE');
    trial.segments.delete(segmentId);
    expect(await apply('DELETE')).toMatchObject({ outcome: { httpStatus: 200 }, userErrors: [] });
    expect(await apply('DELETE')).toMatchObject({
      userErrors: [{ code: 'NOT_FOUND', field: ['input', 'segmentId'] }],
    });
  });

  test('is nothing to a caller whom the upstream does not let into the sandbox', async () => {
    const place = {
      orgId: 'EMBEDDED@AdobeOrg',
      sandbox: closedSandbox,
      templateId: twitter,
      segmentId: 'deleted',
    };
    await trial.started.state.externalAudiences.keep(place, 'canary', new Date(0));
    const { text, value } = await trial.apply(
      { ...input(), segmentId: 'deleted', verb: 'DELETE' },
      { 'x-sandbox-name': closedSandbox },
    );
    expect(value ?? null).toBeNull();
    expect(text).toContain('FORBIDDEN');
    expect(text).not.toContain('canary');
    expect(lines()).toEqual([]);
  });

  test('by other means is changed by the id that is given, which is kept', async () => {
    trial.destination.answer = answerJson(200, {});
    await apply('UPDATE', { values: { ...values, segment: { alias: 'theirs' } } });
    await apply('UPDATE');
    expect(lines()).toEqual([
      'PUT /8/accounts/a/tailored_audiences/theirs',
      'PUT /8/accounts/a/tailored_audiences/theirs',
    ]);
  });
});

test('what is known of an audience outlives the process', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'external-audiences-'));
  const place = { orgId: 'A@AdobeOrg', sandbox: 'prod', templateId: 't', segmentId: 's' };
  const first = await openGatewayState({ folder });
  await first.externalAudiences.keep(place, '7', new Date(0));
  await first.close();
  const second = await openGatewayState({ folder });
  expect(await second.externalAudiences.find(place)).toEqual({ phase: 'KEPT', externalId: '7' });
  expect(await second.externalAudiences.find({ ...place, sandbox: 'dev' })).toBeNull();
  await second.close();
  await rm(folder, { recursive: true });
});

describe('a destination that fails', () => {
  const fails = async (verb: 'CREATE' | 'DELETE' = 'CREATE') => {
    const { value, errors } = await trial.apply({ ...input(), verb });
    expect(value ?? null).toBeNull();
    return errors[0];
  };

  test.each([
    [
      '503',
      answerJson(503, { errors: [{ message: 'Later, please' }] }),
      'UPSTREAM_UNAVAILABLE',
      'failed (503)',
    ],
    ['500', answerJson(500, {}), 'UPSTREAM_INVALID_RESPONSE', 'failed (500)'],
    [
      'a redirect',
      answerJson(302, {}, { location: '/elsewhere' }),
      'UPSTREAM_INVALID_RESPONSE',
      'never followed',
    ],
  ])(
    'with %s is an error that says that it may have been done, and sends nothing twice',
    async (_what, answer, code, words) => {
      trial.destination.answer = answer;
      expect(await fails()).toMatchObject({
        message: expect.stringContaining(words) as string,
        extensions: {
          code,
          outcome: 'UNKNOWN',
          upstream: { service: 'destination' },
          requestId: expect.any(String) as string,
        },
      });
      expect(trial.destination.requests).toHaveLength(1);
    },
  );

  test('by breaking off leaves the audience in doubt, and it can be asked for again', async () => {
    const { answer } = trial.destination;
    trial.destination.answer = (_request, response) => response.destroy();
    expect(await fails()).toMatchObject({ extensions: { code: 'UPSTREAM_UNAVAILABLE', outcome: 'UNKNOWN' } });
    trial.destination.answer = answer;
    expect(await apply('CREATE')).toMatchObject({ userErrors: [] });
  });

  test('before it was reached leaves no doubt', async () => {
    const gone = await startTemplateTrial({ allowed: '127.0.0.1:9' });
    gone.templates.set('nowhere', {
      instanceId: 'nowhere',
      metadataTemplate: { host: 'https://127.0.0.1:9', create: { uri: '/', method: 'POST' } },
    });
    const { errors } = await gone.apply({ templateId: 'nowhere', segmentId: buyers.id, verb: 'CREATE' });
    await gone.close();
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]);
    expect(errors[0]?.extensions).not.toHaveProperty('outcome');
  });

  test('to delete keeps the id', async () => {
    await apply('CREATE');
    trial.destination.answer = answerJson(503, {});
    await fails('DELETE');
    trial.destination.answer = answerJson(200, {});
    expect(await apply('DELETE')).toMatchObject({ outcome: { externalAudienceId: 't1' }, userErrors: [] });
  });

  test('by asking for patience says until when', async () => {
    trial.destination.answer = answerJson(429, {}, { 'retry-after': '30' });
    const error = (await apply('CREATE'))?.userErrors[0];
    expect(error).toMatchObject({ code: 'DESTINATION_REJECTED' });
    expect(Date.parse(error?.retryAt ?? '') - Date.now()).toBeGreaterThan(20_000);
  });
});
