import { WebSocket } from 'ws';
import type { Answer, Order, Skills } from './part';

/** Sockets that are opened and not yet answered, of one process. */
const atOnce = 100;
const stamp = '"updatedAt":"';
const headers = {
  authorization: 'Bearer bench',
  'x-api-key': 'bench',
  'x-gw-ims-org-id': 'BENCH@AdobeOrg',
  'x-sandbox-name': 'prod',
};

/** What a crowd has heard since it was last asked. */
interface Heard {
  frames: number;
  lastText: string;
  readonly delaysMs: number[];
}

/** Crowds of clients, each by a name; a client is a socket with one subscription, or one that only listens. */
export function startClients(): Promise<Skills> {
  const crowds = new Map<string, { readonly sockets: Set<WebSocket>; readonly heard: Heard }>();
  const crowdOf = ({ crowd }: Order): { readonly sockets: Set<WebSocket>; readonly heard: Heard } => {
    const found = crowds.get(String(crowd)) ?? {
      sockets: new Set(),
      heard: { frames: 0, lastText: '', delaysMs: [] },
    };
    crowds.set(String(crowd), found);
    return found;
  };
  return Promise.resolve({
    open: (order) => open(crowdOf(order), order),
    heard: (order) => {
      const { heard, sockets } = crowdOf(order);
      const told = { frames: heard.frames, text: heard.lastText, open: sockets.size };
      return order['take'] === true
        ? { ...told, delaysMs: heard.delaysMs.splice(0), frames: take(heard) }
        : told;
    },
    vanish: (order) => {
      const { sockets } = crowdOf(order);
      for (const socket of [...sockets].slice(0, Number(order['count']))) {
        socket.terminate();
        sockets.delete(socket);
      }
      return {};
    },
    stop: () => {
      for (const { sockets } of crowds.values()) for (const socket of sockets) socket.terminate();
      return {};
    },
  });
}

function take(heard: Heard): number {
  const { frames } = heard;
  heard.frames = 0;
  return frames;
}

/** Opens `count` clients; each is there when its first event is. */
async function open(
  { sockets, heard }: { readonly sockets: Set<WebSocket>; readonly heard: Heard },
  order: Order,
): Promise<Answer> {
  const startedMs = performance.now();
  const ackMs: number[] = [];
  const { count, url, query, variables } = order;
  const perSocket = Number(order['perSocket'] ?? 1);
  const firstFrames = Number(order['firstFrames'] ?? 1);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < Number(count)) {
      const number = next;
      next += 1;
      const ofThis = Array.isArray(variables) ? (variables[number % variables.length] as unknown) : undefined;
      const subscribe = query === undefined ? null : { query, variables: ofThis };
      const socket = await openOne({ url: String(url), subscribe, perSocket, firstFrames, heard, ackMs });
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    }
  };
  const width = order['atOnce'] === undefined ? atOnce : Number(order['atOnce']);
  await Promise.all(Array.from({ length: width }, worker));
  return { ms: performance.now() - startedMs, ackMs };
}

function openOne(client: {
  readonly url: string;
  readonly subscribe: object | null;
  readonly perSocket: number;
  /** Events that each subscription begins with. */
  readonly firstFrames: number;
  readonly heard: Heard;
  readonly ackMs: number[];
}): Promise<WebSocket> {
  const { url, subscribe, perSocket, firstFrames, heard, ackMs } = client;
  const startedMs = performance.now();
  const socket = new WebSocket(url.replace('http', 'ws'), subscribe === null ? [] : 'graphql-transport-ws', {
    headers,
    perMessageDeflate: false,
    skipUTF8Validation: true,
  });
  return new Promise((resolve, reject) => {
    let awaited = perSocket * firstFrames;
    socket.once('error', reject);
    socket.once('close', (code) => reject(new Error(`A socket was closed with ${code}`)));
    socket.once('open', () => {
      if (subscribe === null) resolve(socket);
      else socket.send('{"type":"connection_init"}');
    });
    socket.on('message', (data: Buffer) => {
      if (data.includes('connection_ack')) {
        ackMs.push(performance.now() - startedMs);
        for (let id = 0; id < perSocket; id += 1)
          socket.send(JSON.stringify({ id: String(id), type: 'subscribe', payload: subscribe }));
        return;
      }
      if (awaited > 0 && data.includes('"errors"')) reject(new Error(data.toString().slice(0, 500)));
      if (awaited > 0 && subscribe !== null) {
        awaited -= 1;
        if (awaited === 0) resolve(socket);
        return;
      }
      note(heard, data);
    });
  });
}

function note(heard: Heard, data: Buffer): void {
  heard.frames += 1;
  const at = data.indexOf(stamp);
  if (at < 0) return;
  const begin = at + stamp.length;
  const changedAtMs = Date.parse(data.toString('latin1', begin, data.indexOf('"', begin)));
  heard.delaysMs.push(Date.now() - changedAtMs);
  if (heard.lastText === '') heard.lastText = data.toString();
}
