import 'reflect-metadata';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { WebSocketServer } from 'ws';
import { createGateway } from '../../src/server/gateway';
import { defaultPace } from '../../src/server/stream-pace';
import { openGatewayState } from '../../src/state/open-gateway-state';
import { cpu, resident, usage } from './part';
import type { Skills } from './part';

/** The product, as its own program starts it but for its log. */
export async function startSocketGateway([upstream = '']: readonly string[]): Promise<Skills> {
  const state = await openGatewayState({ folder: mkdtempSync(join(tmpdir(), 'bench-sockets-')) });
  const gateway = await createGateway({
    host: '127.0.0.1',
    port: 0,
    publicUrl: null,
    upstream: { url: upstream, mode: 'ADOBE' },
    defaultCaller: null,
    state,
    development: false,
    secret: null,
    isReady: () => ({ ready: true }),
    log: pino({ level: 'silent' }),
  });
  return {
    url: () => ({ url: `${gateway.url}/graphql` }),
    usage,
    cpu,
    resident,
    stop: async () => {
      await gateway.close();
      await state.close();
      return {};
    },
  };
}

/** What no gateway can beat: the same text sent to every socket by `ws` alone, with heartbeats as the gateway's. */
export async function startBroadcast(): Promise<Skills> {
  const server = createServer();
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  server.on('upgrade', (request, raw, head) => sockets.handleUpgrade(request, raw, head, () => undefined));
  const stopPings = keepPinging(sockets);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: () => ({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }),
    usage,
    cpu,
    broadcast: ({ text, times }) => {
      for (let round = 0; round < Number(times); round += 1)
        for (const socket of sockets.clients) socket.send(String(text));
      return {};
    },
    stop: async () => {
      stopPings();
      for (const socket of sockets.clients) socket.terminate();
      await new Promise((resolve) => server.close(resolve));
      return {};
    },
  };
}

/** Some sockets at a time, as often as the gateway pings each; nothing is held for a socket. @returns how to stop. */
function keepPinging(sockets: WebSocketServer): () => void {
  const partCount = 20;
  let turn = 0;
  const timer = setInterval(() => {
    let at = 0;
    for (const socket of sockets.clients) {
      if (at % partCount === turn) socket.ping();
      at += 1;
    }
    turn = (turn + 1) % partCount;
  }, defaultPace.pingMs / partCount);
  return () => clearInterval(timer);
}
