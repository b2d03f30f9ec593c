import { pino } from 'pino';
import { createDestinations } from '../../../src/destinations/apply-template';
import type { Application, ApplyTask } from '../../../src/destinations/apply-template';
import type { Sending } from '../../../src/destinations/send-request';
import { DestinationFailed } from '../../../src/errors/destination-error';
import { GatewayDiskFull, SharedStateUnavailable } from '../../../src/errors/gateway-state-error';
import { formatError } from '../../../src/server/format-error';
import type { ExternalAudiences } from '../../../src/state/external-audiences';

const request = { method: 'POST', url: 'https://ads.example/', headers: {}, body: { kind: 'none' } };
const place = { orgId: 'o', sandbox: 's', templateId: 't', segmentId: 'g' };
const operation = {
  uri: '/',
  method: 'POST',
  schemaMap: { externalAudienceId: '{{response.id}}' },
} as const;
const template = {
  dialect: 'A',
  document: {
    metadataTemplate: {
      host: 'https://ads.example',
      create: operation,
      update: operation,
      delete: operation,
    },
  },
};

const taskOf = (verb: ApplyTask['verb']): ApplyTask =>
  ({
    place,
    verb,
    template,
    alias: 'e1',
    rendered: { request, shown: request, unresolved: [], violations: [], secrets: [] },
  }) as unknown as ApplyTask;

const answered = (status: number, body: unknown = { id: 'e1' }): Sending => ({
  kind: 'answered',
  answer: { status, headers: {}, body },
});
const unheard: Sending = {
  ...{ kind: 'failed', failure: 'timeout', message: 'It was silent.' },
  ...{ mayBeDone: true, status: null },
};
const away = new SharedStateUnavailable({ outcomeUnknown: false, cause: new Error('gone') });

/** The database lets the place be claimed, and takes nothing after that. */
function apply(verb: ApplyTask['verb'], sending: Sending, failure: Error = away): Promise<Application> {
  const fail = (): Promise<never> => Promise.reject(failure);
  const audiences: ExternalAudiences = {
    find: () => Promise.resolve(null),
    claim: () => Promise.resolve(true),
    ...{ keep: fail, doubt: fail, forget: fail },
  };
  const send = (): Promise<Sending> => Promise.resolve(sending);
  return createDestinations({ send, audiences, clock: () => new Date(0) }).apply(taskOf(verb));
}

const errorOf = async (applying: Promise<Application>): Promise<ReturnType<typeof formatError>> =>
  applying.then(
    () => Promise.reject(new Error('It was applied')),
    (error: unknown) => formatError(error, { requestId: 'r', log: pino({ level: 'silent' }) }),
  );

describe('what a destination did is not lost with the state of the gateway', () => {
  test.each<[ApplyTask['verb'], RegExp]>([
    ['create', /^The destination made the audience, as e1, .*apply UPDATE.*"segment\.alias".*CREATE/],
    ['update', /^The destination did what it was asked, .*apply UPDATE again/],
    ['delete', /^The destination deleted the audience, .*apply DELETE again/],
  ])('after %s the error says so, and what to do', async (verb, words) => {
    const { message, extensions } = await errorOf(apply(verb, answered(200)));
    expect(message).toMatch(words);
    expect(extensions).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      outcome: 'UNKNOWN',
      upstream: { service: 'state' },
    });
  });

  test('an audience that is given no name is to be looked for', async () => {
    const { message } = await errorOf(apply('create', answered(200, {})));
    expect(message).toMatch(/^The destination made the audience, under an id that it did not tell, /);
  });

  test('a full disk is called by its name', async () => {
    const full = new GatewayDiskFull({ cause: new Error('SQLITE_FULL') });
    const { extensions } = await errorOf(apply('create', answered(200), full));
    expect(extensions).toMatchObject({ code: 'DISK_FULL', outcome: 'UNKNOWN' });
  });

  test('a refusal is told as one', async () => {
    expect(await apply('create', answered(422))).toMatchObject({
      kind: 'rejected',
      outcome: { status: 422 },
    });
  });

  test('a destination that was not heard is told as such', async () => {
    await expect(apply('create', unheard)).rejects.toBeInstanceOf(DestinationFailed);
  });

  test('a bug is one', async () => {
    const { extensions } = await errorOf(apply('create', answered(200), new TypeError('x')));
    expect(extensions).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
  });
});
