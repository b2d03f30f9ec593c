import { callbackTransport, startCallbackRouter } from '../../support/callback-router';
import type { CallbackRouter } from '../../support/callback-router';
import type { Reply, SeenCall } from '../../support/fake-upstream';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';
import { streamTransports } from '../../support/stream-transports';

const jobsById = '/data/core/ups/segment/jobs/bulk-get';
const watch = 'subscription ($id: ID!) { segmentJobChanged(id: $id) { type job { id status } } }';

/** `j…` ends at the second look, `ended` has ended, `refused` is not for this token; there are no others. */
function createUpstream(): (call: SeenCall) => Reply | undefined {
  const looks = new Map<string, number>();
  const jobOf = (id: string): unknown => {
    const look = (looks.get(id) ?? 0) + 1;
    looks.set(id, look);
    const status = id === 'ended' || look >= 2 ? 'SUCCEEDED' : 'PROCESSING';
    return { id, status, segments: [], creationTime: 1, updateTime: look };
  };
  return ({ path, body }) => {
    const ids =
      path === jobsById
        ? (body as { ids: { id: string }[] }).ids.map(({ id }) => id)
        : [/\/segment\/jobs\/([\w-]+)$/.exec(path)?.[1] ?? 'none'];
    if (ids.includes('refused'))
      return { status: 401, json: { error_code: '401013', message: 'Oauth token is not valid' } };
    const known = ids.filter((id) => id === 'ended' || id.startsWith('j'));
    if (path === jobsById)
      return { status: 207, json: { results: Object.fromEntries(known.map((id) => [id, jobOf(id)])) } };
    return known[0] === undefined ? undefined : { json: jobOf(known[0]) };
  };
}

let started: StartedGateway;
let router: CallbackRouter;
beforeAll(async () => {
  router = await startCallbackRouter();
  started = await startGateway(createUpstream(), { federation: true, callbackHosts: router.allowedHosts });
});
afterAll(async () => {
  await started.close();
  await router.close();
});

const transports = [...streamTransports, callbackTransport(() => router)];

describe.each(transports.map((transport) => [transport.name, transport] as const))(
  'over %s',
  (name, transport) => {
    const run = (query: string, id?: string): ReturnType<typeof transport.run> =>
      transport.run(started.gateway.url, { query, ...(id !== undefined && { variables: { id } }) });

    it('a job is followed to its end', async () => {
      const id = `j-${name.replaceAll(/\W/g, '')}`;
      const event = (type: string, status: string): unknown => ({
        segmentJobChanged: expect.objectContaining({
          type,
          job: expect.objectContaining({ id, status }) as unknown,
        }) as unknown,
      });
      expect(await run(watch, id)).toEqual({
        data: [event('SNAPSHOT', 'PROCESSING'), event('TERMINAL', 'SUCCEEDED')],
        codes: [],
        end: 'complete',
      });
    });

    it('a job that had ended is told of with its end', async () => {
      const { data, end } = await run(watch, 'ended');
      expect(data).toMatchObject([
        { segmentJobChanged: { type: 'SNAPSHOT' } },
        { segmentJobChanged: { type: 'TERMINAL' } },
      ]);
      expect(end).toBe('complete');
    });

    it.each([
      ['a text that is no document', '{', undefined, 'GRAPHQL_PARSE_FAILED'],
      [
        'a field that is not there',
        'subscription { jobIsDone { type } }',
        undefined,
        'GRAPHQL_VALIDATION_FAILED',
      ],
      [
        'a document that asks for too much',
        `subscription { jobsChanged { ${Array.from({ length: 40 }, (_, at) => `a${String(at)}: type`).join(' ')} } }`,
        undefined,
        'QUERY_TOO_COMPLEX',
      ],
      ['a variable of the wrong type', watch, undefined, 'BAD_USER_INPUT'],
      ['a job that is not there', watch, 'gone', 'NOT_FOUND'],
      ['a token that the upstream refuses', watch, 'refused', 'UNAUTHENTICATED'],
    ])('%s is refused by its code', async (_what, query, id, code) => {
      expect(await run(query, id)).toEqual({ data: [], codes: [code], end: 'complete' });
    });

    it('a caller without credentials is not let in', async () => {
      const strict = await startGateway(() => undefined, { defaultCaller: null, federation: true });
      const outcome = await transport.run(strict.gateway.url, { query: watch, variables: { id: 'ended' } });
      expect(outcome).toEqual({ data: [], codes: [], end: 'refused' });
      await strict.close();
    });
  },
);

it('each operation is one line in the log, by its transport and its outcome', () => {
  const lines = started.logLines
    .map((line) => JSON.parse(line) as { msg: string; transport: string; type: string; outcome: string })
    .filter(({ msg, type }) => msg === 'operation' && type === 'subscription');
  const told = (transport: string): string[] =>
    lines.filter((line) => line.transport === transport).map(({ outcome }) => outcome);
  const outcomes = ['ok', 'ok', 'BAD_USER_INPUT', 'NOT_FOUND', 'UNAUTHENTICATED'];
  expect(told('websocket')).toEqual(outcomes);
  expect(told('sse')).toEqual(outcomes);
  expect(told('multipart')).toEqual(outcomes);
  expect(told('callback')).toEqual(outcomes);
  expect(router.faults).toEqual([]);
});
