import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { OperationFailed, OperationResults } from '../../../src/server/operation-results';
import { ResultFrames } from '../../../src/server/result-frames';
import type { FramedSocket } from '../../../src/server/result-frames';
import { SendLine } from '../../../src/server/send-line';

let server: Server;
let met: Promise<FramedSocket>;
const clients: WebSocket[] = [];
const line = new SendLine((error) => {
  throw error;
});
beforeEach(async () => {
  server = createServer();
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  met = new Promise((resolve) => {
    server.on('upgrade', (request, raw: Duplex, head: Buffer) => {
      sockets.handleUpgrade(request, raw, head, (socket) => resolve({ socket, raw, line }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate();
  await new Promise((resolve) => server.close(resolve));
});

async function connect(): Promise<{ readonly client: WebSocket; readonly over: FramedSocket }> {
  const client = new WebSocket(`ws://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
  clients.push(client);
  await once(client, 'open');
  return { client, over: await met };
}

/** A subscription whose events are texts; `taken` counts how many were asked for. */
function resultsOf(texts: readonly string[]): {
  readonly results: OperationResults;
  readonly taken: () => number;
} {
  let taken = 0;
  const events = {
    next: () => {
      const text = texts[taken];
      if (text === undefined) return Promise.resolve({ done: true as const, value: undefined });
      taken += 1;
      return Promise.resolve({ done: false as const, value: text });
    },
  };
  const results = new OperationResults({
    start: () => Promise.resolve({ events, resultOf: (text) => ({ data: { text } }) }),
    format: ({ data }) => ({ data: data ?? null }),
    fail: (error) => new OperationFailed([], { cause: error }),
    release: () => undefined,
  });
  return { results, taken: () => taken };
}

/** Sends them all; resolves when nothing more will be. */
function sendAll(results: OperationResults, over: FramedSocket, id: string): Promise<OperationFailed | null> {
  return new Promise((resolve) => {
    new ResultFrames(results, over, { id, sending: () => undefined, ended: resolve }).begin();
  });
}

describe('frames of results', () => {
  // The sizes at which a frame says its length in another way, and letters of more than one byte.
  it.each([
    { what: 'a digit', text: '0' },
    { what: '70 letters', text: 'a'.repeat(70) },
    { what: '200 letters of two bytes', text: 'é'.repeat(200) },
    { what: '65,535 letters', text: 'a'.repeat(65_535) },
    { what: '70,000 letters of three bytes', text: '漢'.repeat(70_000) },
  ])('reach the client as they are: $what', async ({ text }) => {
    const { client, over } = await connect();
    const message = once(client, 'message') as Promise<[Buffer]>;
    expect(await sendAll(resultsOf([text]).results, over, 'an "id"')).toBeNull();
    const [data] = await message;
    expect(JSON.parse(data.toString())).toEqual({
      id: 'an "id"',
      type: 'next',
      payload: { data: { text } },
    });
  });

  it.each([125, 126, 65_535, 65_536])('reach the client as they are: %d bytes in all', async (size) => {
    const { client, over } = await connect();
    const message = once(client, 'message') as Promise<[Buffer]>;
    const around = '{"id":"1","type":"next","payload":{"data":{"text":""}}}';
    const text = 'a'.repeat(size - around.length);
    expect(await sendAll(resultsOf([text]).results, over, '1')).toBeNull();
    const [data] = await message;
    expect(data.toString()).toBe(around.replace('""', `"${text}"`));
  });

  it('reach the client as they are: letters of one byte in Latin-1, and of two in UTF-8', async () => {
    const { client, over } = await connect();
    const message = once(client, 'message') as Promise<[Buffer]>;
    expect(await sendAll(resultsOf(['\u0080 é ÿ']).results, over, '1')).toBeNull();
    const [data] = await message;
    expect(JSON.parse(data.toString())).toMatchObject({ payload: { data: { text: '\u0080 é ÿ' } } });
  });

  it('come in order, also between what ws sends itself', async () => {
    const { client, over } = await connect();
    const heard: string[] = [];
    client.on('message', (data: Buffer) => void heard.push(data.toString()));
    over.socket.send('"before"');
    await sendAll(resultsOf(['1', '2', '3']).results, over, '1');
    over.socket.send('"behind"');
    while (heard.length < 5) await once(client, 'message');
    const words = heard.map((text) => JSON.parse(text) as string | { payload: { data: { text: string } } });
    expect(words.map((word) => (typeof word === 'string' ? word : word.payload.data.text))).toEqual([
      'before',
      '1',
      '2',
      '3',
      'behind',
    ]);
  });

  it('wait for a client that does not read: what comes meanwhile stays with its stream', async () => {
    const { client, over } = await connect();
    client.pause();
    const many = Array.from({ length: 1_000 }, (_, number) => `${String(number)} ${'a'.repeat(100_000)}`);
    const { results, taken } = resultsOf(many);
    const ended = sendAll(results, over, '1');
    let before = -1;
    while (taken() !== before) {
      before = taken();
      for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(before).toBeLessThan(1_000);
    expect(over.socket.bufferedAmount).toBeLessThan(300_000);
    client.resume();
    expect(await ended).toBeNull();
    expect(taken()).toBe(1_000);
  });
});
