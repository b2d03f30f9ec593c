import { once } from 'node:events';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { followedJobs } from '../../support/followed-jobs';
import type { FollowedJobs } from '../../support/followed-jobs';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';

const watch =
  'subscription ($id: ID!) { segmentJobChanged(id: $id) { type job { status ... on SegmentJob { segmentIds } } } }';
const lightWatch = 'subscription ($id: ID!) { segmentJobChanged(id: $id) { type } }';

let jobs: FollowedJobs;
let started: StartedGateway;
beforeAll(async () => {
  jobs = followedJobs({ j1: 'PROCESSING', heavy: 'PROCESSING' });
  started = await startGateway(jobs.answer, {
    pace: { initMs: 100, messageBurst: 1_500, messagesPerSecond: 1, slowMs: 600, maxWaitingBytes: 100_000 },
  });
});
beforeEach(() => {
  jobs.weight = 0;
});
afterAll(() => started.close());

const url = (): string => `${started.gateway.url.replace('http', 'ws')}/graphql`;
const subscribe = (id: string, job = 'j1', query = watch): string =>
  JSON.stringify({ id, type: 'subscribe', payload: { query, variables: { id: job } } });

async function open(protocol = 'graphql-transport-ws'): Promise<WebSocket> {
  const socket = new WebSocket(url(), protocol);
  await once(socket, 'open');
  return socket;
}

async function welcomed(): Promise<WebSocket> {
  const socket = await open();
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  return socket;
}

async function codeOf(socket: WebSocket): Promise<number> {
  const [code] = (await once(socket, 'close')) as [number];
  return code;
}

describe('a socket closes', () => {
  it('by 4408 where nobody says connection_init', async () => {
    expect(await codeOf(await open())).toBe(4408);
  });

  it.each([
    ['4401 for an operation before connection_init', [subscribe('1')], 4401],
    ['4429 for a second connection_init', ['{"type":"connection_init"}', '{"type":"connection_init"}'], 4429],
    ['4400 for what is no message', ['{"type":"connection_init"}', 'junk'], 4400],
    ['4400 for a message of no known type', ['{"type":"start"}'], 4400],
  ])('by %s', async (_what, messages, code) => {
    const socket = await open();
    for (const message of messages) socket.send(message);
    expect(await codeOf(socket)).toBe(code);
  });

  it('by 4409 for a second operation by the same id', async () => {
    const socket = await welcomed();
    socket.send(subscribe('1'));
    socket.send(subscribe('1'));
    expect(await codeOf(socket)).toBe(4409);
  });

  it.each(['ping', 'subscribe'])('by 1008 for a flood of %s', async (type) => {
    const socket = await welcomed();
    for (let at = 0; at < 2_000; at += 1)
      socket.send(type === 'ping' ? '{"type":"ping"}' : subscribe(String(at)));
    expect(await codeOf(socket)).toBe(1008);
  });

  it('by 1008 for one message in too many pieces', async () => {
    const socket = await welcomed();
    for (let at = 0; at < 20_000; at += 1) socket.send('x', { fin: false });
    expect(await codeOf(socket)).toBe(1008);
  });
});

describe('a socket', () => {
  it('is refused by an unknown protocol, and has no compression', async () => {
    const refused = new WebSocket(url(), 'graphql-ws');
    await once(refused, 'error');
    const socket = new WebSocket(url(), 'graphql-transport-ws', { perMessageDeflate: true });
    await once(socket, 'open');
    expect(socket.extensions).toBe('');
    socket.close();
  });

  it('answers a thousand subscriptions with a hundred streams, and goes on', async () => {
    const socket = await welcomed();
    let refused = 0;
    const all = new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString('utf8')) as { type: string; payload?: unknown };
        if (message.type === 'error' && (refused += 1) === 900) resolve();
      });
    });
    for (let at = 0; at < 1_000; at += 1) socket.send(subscribe(String(at)));
    await all;
    // Listened for from the beginning: several messages may come in one piece.
    const ponged = new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        if (data.toString('utf8').includes('pong')) resolve();
      });
    });
    socket.send('{"id":"1","type":"complete"}');
    socket.send('{"type":"ping"}');
    await ponged;
    socket.close();
  });
});

describe('a client that does not read its socket', () => {
  it('is told 4413 and cut off, while one beside it hears all', async () => {
    jobs.weight = 3_000;
    const deaf = await welcomed();
    const raw = (deaf as unknown as { readonly _socket: Socket })._socket;
    raw.pause();
    for (const id of ['1', '2', '3']) deaf.send(subscribe(id, 'heavy'));
    const reader = await welcomed();
    const heard = collect(reader);
    reader.send(subscribe('1', 'heavy', lightWatch));
    while (!started.logLines.some((line) => line.includes('does not read')))
      await new Promise((resolve) => setImmediate(resolve));
    raw.resume();
    expect(await codeOf(deaf)).toBe(4413);
    jobs.statuses.set('heavy', 'SUCCEEDED');
    await heard;
    reader.close();
  });

  /** Resolves once a stream has come to its end by TERMINAL. */
  function collect(socket: WebSocket): Promise<void> {
    return new Promise((resolve) => {
      socket.on('message', (data: Buffer) => {
        if (data.includes('TERMINAL')) resolve();
      });
    });
  }
});

it('five hundred clients that vanish at once leave nothing watched', async () => {
  const sockets = await Promise.all(Array.from({ length: 500 }, () => welcomed()));
  for (const socket of sockets) socket.send(subscribe('1'));
  await Promise.all(sockets.map((socket) => once(socket, 'message')));
  for (const socket of sockets) socket.terminate();
  for (;;) {
    const answer = await started.post({ query: '{ session { watching { subscribers watchedJobs } } }' });
    if ((await answer.text()).includes('{"subscribers":0,"watchedJobs":0}')) break;
  }
});
