import { WebSocket } from 'ws';
import { AudienceError, AudienceUserErrors, createAudienceClient } from '../../../src/client';
import type { AudienceClient, AudienceClientOptions } from '../../../src/client';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';
import { createJobUpstream, jobId } from './support';

let started: StartedGateway;
let clients: AudienceClient[];

const connect = (options: Partial<AudienceClientOptions> = {}): AudienceClient => {
  const client = createAudienceClient({
    url: started.gateway.url,
    webSocketImpl: WebSocket,
    retryWaitMs: () => 5,
    ...options,
  });
  clients.push(client);
  return client;
};

beforeEach(async () => {
  clients = [];
  const upstream = createJobUpstream(3);
  started = await startGateway((call) => upstream.answer(call));
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await started.close();
});

const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: unknown) => error,
  );

describe('query', () => {
  it('answers the data of an operation given as text', async () => {
    expect(await connect().query('{ session { sandbox } }')).toEqual({ session: { sandbox: 'prod' } });
  });

  it('throws the first error with its code, path and request id, and keeps what was answered beside it', async () => {
    const error = await errorOf(connect().query('{ session { sandbox } segment(id: "forbidden") { name } }'));
    expect(error).toBeInstanceOf(AudienceError);
    expect(error).toMatchObject({
      code: 'FORBIDDEN',
      path: ['segment'],
      requestId: expect.stringMatching(/^[\w-]{36}$/) as string,
      data: { session: { sandbox: 'prod' } },
    });
  });

  it('sends the headers that a function gives anew for each request', async () => {
    let calls = 0;
    const client = connect({
      headers: () => ({ authorization: `Bearer token-${(calls += 1)}`, 'x-sandbox-name': `box-${calls}` }),
    });
    const query = '{ session { sandbox } }';
    expect([await client.query(query), await client.query(query)]).toEqual([
      { session: { sandbox: 'box-1' } },
      { session: { sandbox: 'box-2' } },
    ]);
  });

  it('says that no answer came, as NETWORK_ERROR with its cause', async () => {
    const error = await errorOf(connect({ url: 'http://127.0.0.1:1' }).query('{ session { sandbox } }'));
    expect(error).toMatchObject({
      code: 'NETWORK_ERROR',
      isTransient: true,
      cause: expect.anything() as unknown,
    });
  });

  it('says that something else lives at the address', async () => {
    const error = await errorOf(
      connect({ url: `${started.gateway.url}/files` }).query('{ session { sandbox } }'),
    );
    expect(error).toMatchObject({
      code: 'INVALID_RESPONSE',
      message: expect.stringMatching(/^HTTP 4\d\d/) as string,
    });
  });

  it('ends with the reason of its signal', async () => {
    const error = await errorOf(
      connect().query(
        '{ session { sandbox } }',
        {},
        { signal: AbortSignal.abort(new Error('Left the page')) },
      ),
    );
    expect(error).toEqual(new Error('Left the page'));
  });

  it('ends with CLIENT_CLOSED after close()', async () => {
    const client = connect();
    await client.close();
    expect(await errorOf(client.query('{ session { sandbox } }'))).toMatchObject({ code: 'CLIENT_CLOSED' });
  });
});

describe('execute', () => {
  it('gives errors beside the data', async () => {
    const { data, error } = await connect().execute(
      '{ session { sandbox } segment(id: "forbidden") { name } }',
    );
    expect(data).toEqual({ session: { sandbox: 'prod' }, segment: null });
    expect(error?.errors).toHaveLength(1);
  });
});

describe('mutate', () => {
  it('throws what the user can mend as AudienceUserErrors', async () => {
    const document = `mutation { createSegment(input: { name: "x", expression: { text: "person.birthYear >" } }) {
      segment { id } userErrors { code message field diagnostics { message from to suggestion } } } }`;
    const error = await errorOf(connect().mutate(document));
    expect(error).toBeInstanceOf(AudienceUserErrors);
    expect(error).toMatchObject({
      userErrors: [
        {
          code: 'INVALID_PQL',
          diagnostics: [{ from: 18, message: expect.any(String) as string }],
        },
      ],
      data: { createSegment: { segment: null } },
    });
  });
});

describe('watchJob', () => {
  it('tells a job from its snapshot to its end, and then ends', async () => {
    const events = [];
    for await (const event of connect().watchJob({ kind: 'SEGMENT', id: jobId })) events.push(event);
    expect(events[0]).toMatchObject({ type: 'SNAPSHOT', job: { status: 'PROCESSING' } });
    expect(events.at(-1)).toMatchObject({
      type: 'TERMINAL',
      job: { status: 'SUCCEEDED', segmentIds: ['s1'] },
    });
  });

  it('fails as the gateway says, for a job that is not there', async () => {
    const stream = connect().watchJob({ kind: 'SEGMENT', id: 'b31aed3d-b3b1-4613-98c6-000000000000' });
    expect(await errorOf(stream.next())).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is left at once, while its next event is waited for', async () => {
    const stream = connect().watchJob({ kind: 'SEGMENT', id: jobId });
    await stream.next();
    const next = stream.next();
    await stream.return?.();
    expect(await next).toEqual({ done: true, value: undefined });
  });
});

describe('waitForJob', () => {
  it('resolves with the job at its end, and tells how it goes meanwhile', async () => {
    const fractions: (number | null)[] = [];
    const job = await connect().waitForJob(
      { kind: 'SEGMENT', id: jobId },
      { onProgress: ({ progress }) => fractions.push(progress.fraction) },
    );
    expect(job).toMatchObject({ __typename: 'SegmentJob', status: 'SUCCEEDED' });
    expect(fractions.at(-1)).toBe(1);
    expect(fractions.length).toBeGreaterThanOrEqual(2);
  });

  it('asks by long polling where there is no WebSocket', async () => {
    const asked: string[] = [];
    const client = connect({
      webSocketImpl: WebSocketThatNeverOpens,
      fetch: (url, init) => {
        asked.push(init.body);
        return fetch(url, init);
      },
    });
    const { status } = await client.waitForJob({ kind: 'SEGMENT', id: jobId });
    expect(status).toBe('SUCCEEDED');
    expect(asked[0]).toContain('awaitJob');
  });

  it('gives up after its time, with the job as it was seen last', async () => {
    const wait = connect().waitForJob({ kind: 'SEGMENT', id: jobId }, { timeoutMs: 150 });
    expect(await errorOf(wait)).toMatchObject({ code: 'WAIT_TIMEOUT', data: { status: 'PROCESSING' } });
  });
});

/** A way on which upgrades are not let through. */
class WebSocketThatNeverOpens extends WebSocket {
  constructor() {
    super('ws://127.0.0.1:1');
  }
}
