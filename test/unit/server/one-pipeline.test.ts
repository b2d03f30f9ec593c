import { createHash } from 'node:crypto';
import { createPersistedDocuments } from '../../../src/server/persisted-documents';
import { startCallbackRouter } from '../../support/callback-router';
import type { CallbackRouter } from '../../support/callback-router';
import { followedJobs } from '../../support/followed-jobs';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';
import { openTokenSocket, tokenFor } from '../../support/token-socket';

const ended = 'subscription Ended { segmentJobChanged(id: "ended") { type } }';
const two = `${ended} subscription Other { segmentJobChanged(id: "ended") { cursor } }`;
const sha256Hash = createHash('sha256').update(ended).digest('hex');
const byHash = { persistedQuery: { version: 1, sha256Hash } };
const snapshot = { data: { segmentJobChanged: { type: 'SNAPSHOT' } } };

interface First {
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions: { readonly code: string };
  }[];
}
type Body = Readonly<Record<string, unknown>>;
type Ask = (origin: string, body: Body) => Promise<First>;

let router: CallbackRouter;
let open: StartedGateway;
/** Runs one document only. */
let persisted: StartedGateway;
beforeAll(async () => {
  const { answer } = followedJobs({ ended: 'SUCCEEDED' });
  router = await startCallbackRouter();
  const options = { federation: true, callbackHosts: router.allowedHosts };
  open = await startGateway(answer, options);
  const persistedDocuments = createPersistedDocuments({ [sha256Hash]: ended });
  persisted = await startGateway(answer, { ...options, persistedDocuments });
});
afterAll(async () => {
  await Promise.all([open.close(), persisted.close(), router.close()]);
});

const post = async (origin: string, body: Body, accept: string): Promise<string> => {
  const headers = { 'content-type': 'application/json', accept };
  return (await fetch(`${origin}/graphql`, { method: 'POST', headers, body: JSON.stringify(body) })).text();
};
const overPost: Ask = async (origin, body) =>
  JSON.parse(await post(origin, body, 'application/json')) as First;
const overEvents: Ask = async (origin, body) => {
  const text = await post(origin, body, 'text/event-stream');
  return JSON.parse(/^data: (\{.*)$/m.exec(text)?.[1] ?? text) as First;
};
const overEventSource: Ask = async (origin, body) => {
  const search = new URLSearchParams(
    Object.entries(body).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
  const headers = { accept: 'text/event-stream' };
  const text = await (await fetch(`${origin}/graphql?${search.toString()}`, { headers })).text();
  return JSON.parse(/^data: (\{.*)$/m.exec(text)?.[1] ?? text) as First;
};
const overParts: Ask = async (origin, body) => {
  const text = await post(
    origin,
    body,
    'multipart/mixed;boundary="graphql";subscriptionSpec=1.0, application/json',
  );
  return JSON.parse(/^\{"payload":(\{.*\})\}$/m.exec(text)?.[1] ?? text) as First;
};
const overCallback: Ask = async (origin, body) => {
  const routed = await router.subscribe(origin, body);
  const answered = JSON.parse(await routed.answer.text()) as First;
  return answered.errors === undefined ? ((await routed.until('next')).payload as First) : answered;
};
const overSocket: Ask = async (origin, payload) => {
  const line = await openTokenSocket(origin, tokenFor(600_000));
  line.say({ id: '1', type: 'subscribe', payload });
  const message = await line.hear();
  line.socket.close();
  return (message.type === 'error' ? { errors: message.payload } : message.payload) as First;
};

const streams: readonly (readonly [string, Ask])[] = [
  ['server-sent events', overEvents],
  ['an EventSource', overEventSource],
  ['multipart', overParts],
  ['a callback', overCallback],
  ['a WebSocket', overSocket],
];

describe.each(streams)('over %s', (_name, ask) => {
  it.each<[string, Body]>([
    ['its hash alone', { extensions: byHash }],
    ['its hash beside an empty text', { query: '', extensions: byHash }],
    ['documentId', { documentId: `sha256:${sha256Hash}` }],
    ['its text', { query: ended }],
    ['hash and text together', { query: ended, extensions: byHash }],
  ])('a persisted subscription is named by %s', async (_how, body) => {
    expect(await ask(persisted.gateway.url, body)).toEqual(snapshot);
  });

  it('a hash beside the text is no hindrance where all documents run', async () => {
    expect(await ask(open.gateway.url, { query: ended, extensions: byHash })).toEqual(snapshot);
  });

  it('a variable that the document does not know is left alone', async () => {
    expect(await ask(open.gateway.url, { query: ended, variables: { nobody: 1 } })).toEqual(snapshot);
  });

  it.each<[string, () => StartedGateway, Body, string]>([
    ['an empty document', () => open, { query: '' }, 'BAD_REQUEST'],
    ['a hash where none is known', () => open, { extensions: byHash }, 'PERSISTED_QUERY_NOT_SUPPORTED'],
    ['no name of two operations', () => open, { query: two }, 'OPERATION_RESOLUTION_FAILURE'],
    [
      'the name of no operation',
      () => open,
      { query: two, operationName: 'Nobody' },
      'OPERATION_RESOLUTION_FAILURE',
    ],
    [
      'a variable that is not declared',
      () => open,
      { query: ended.replace('"ended"', '$id') },
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['a text that is no document', () => open, { query: '{' }, 'GRAPHQL_PARSE_FAILED'],
    ['another text than a persisted one', () => persisted, { query: two }, 'PERSISTED_QUERY_ONLY'],
    [
      'an unknown hash',
      () => persisted,
      { extensions: { persistedQuery: { sha256Hash: 'a' } } },
      'PERSISTED_QUERY_ONLY',
    ],
  ])('%s is refused in the words of a POST', async (_what, on, body, code) => {
    const wordsOf = ({ errors }: First): unknown =>
      errors?.map(({ message, extensions }) => [extensions.code, message]);
    const { url } = on().gateway;
    const refused = wordsOf(await ask(url, body));
    expect(refused).toEqual(wordsOf(await overPost(url, body)));
    expect(refused).toEqual([[code, expect.any(String)]]);
  });
});

it('a POST may say the hash beside the text where all documents run', async () => {
  const query = '{ session { sandbox } }';
  expect(await overPost(open.gateway.url, { query, extensions: byHash })).toEqual({
    data: { session: { sandbox: 'prod' } },
  });
});

it.each<[string, Body]>([
  ['variables that are no object', { query: ended, variables: 'x' }],
  ['a name that is no text', { query: ended, operationName: 1 }],
  ['a document that is no text', { query: 1 }],
  ['extensions that are no object', { query: ended, extensions: [] }],
  ['nothing at all', {}],
])('%s are refused over HTTP by one status and in the same words', async (_what, body) => {
  const headers = { 'content-type': 'application/json' };
  const ask = async (accept: string): Promise<unknown> => {
    const asked = { method: 'POST', headers: { ...headers, accept }, body: JSON.stringify(body) };
    const response = await fetch(`${open.gateway.url}/graphql`, asked);
    const { errors } = (await response.json()) as First;
    return [response.status, errors?.map(({ message, extensions }) => [extensions.code, message])];
  };
  const refused = [400, [['BAD_REQUEST', expect.any(String)]]];
  const whole = await ask('application/json');
  expect(whole).toEqual(refused);
  expect(await ask('text/event-stream')).toEqual(whole);
});
