import { once } from 'node:events';
import { WebSocket } from 'ws';

/** A token that says when it ends and whose it is; nobody signs it, for the fake upstream believes it. */
export function tokenFor(lifeMs: number, user = 'ada', mark = ''): string {
  const claims = { exp: (Date.now() + lifeMs) / 1000, user_id: user, mark };
  return `Bearer x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
}

/** What a caller with this token says of himself. */
export function headersWith(authorization: string): Record<string, string> {
  return {
    authorization,
    'x-api-key': 'key',
    'x-gw-ims-org-id': 'ADA@AdobeOrg',
    'x-sandbox-name': 'prod',
  };
}

export interface SocketMessage {
  readonly id?: string;
  readonly type: string;
  readonly payload?: Readonly<Record<string, unknown>> & {
    readonly data?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
}

/** A socket that speaks graphql-transport-ws message by message, and does nothing by itself. */
export interface TokenSocket {
  readonly socket: WebSocket;
  say(message: unknown): void;
  /** The next message, but for pings of the gateway. */
  hear(): Promise<SocketMessage>;
  /** What the gateway has pinged with so far. */
  readonly pings: readonly unknown[];
}

export async function openTokenSocket(origin: string, authorization: string): Promise<TokenSocket> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const heard: SocketMessage[] = [];
  const pings: unknown[] = [];
  let wake = (): void => undefined;
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString('utf8')) as SocketMessage;
    if (message.type === 'ping') pings.push(message.payload);
    else heard.push(message);
    wake();
  });
  await once(socket, 'open');
  const line: TokenSocket = {
    socket,
    pings,
    say: (message) => socket.send(JSON.stringify(message)),
    hear: async () => {
      while (heard.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return heard.shift() as SocketMessage;
    },
  };
  line.say({ type: 'connection_init', payload: headersWith(authorization) });
  expect(await line.hear()).toEqual({ type: 'connection_ack' });
  return line;
}
