import { createClient } from 'graphql-ws/client';
import type { Client } from 'graphql-ws/client';
import { endpointOf } from './endpoint';
import type { HeadersSource } from './endpoint';
import { createRenewal } from './renewal';
import { createResumingSubscribe } from './resume';
import type { ResumingClient } from './resume';
import { jitteredWaitMs, sleep } from './waits';
import type { RetryWaitMs } from './waits';

export interface AudienceSocketOptions {
  /** The gateway's origin, or the address of its `/graphql`. */
  readonly url: string;
  /** Sent as connectionParams; a function is asked again each time that a socket is opened. */
  readonly headers?: HeadersSource;
  /** Where the platform has none of its own (Node 20): the WebSocket of `ws`. */
  readonly webSocketImpl?: unknown;
  readonly retryWaitMs?: RetryWaitMs;
  /** Tries in a row before a socket that once was open is given up. 10 unless told, which is about a minute. */
  readonly retryAttempts?: number;
}

export type AudienceSocket = ResumingClient;

/** A ping this long after the last pong, and so long to answer it: then the socket is taken for dead. */
const pingMs = 10_000;
const pongMs = 5_000;
/** A gateway that has never been reached is not tried for long: there may be no way for sockets. */
const firstTries = 2;
/** A refused token is asked for anew once; who is refused again gets the error. */
const refusedTries = 2;
const forbidden = 4403;

/**
 * A graphql-ws client that knows the gateway: it opens when something subscribes, closes when nothing does, comes back
 * after a break with fresh headers, and goes on behind the last event wherever a subscription has the variable `$after`.
 *
 * @throws Error where the platform has no WebSocket and none is given.
 */
export function createAudienceSocket(options: AudienceSocketOptions): AudienceSocket {
  const endpoint = endpointOf(options.url, options.headers);
  const retryWaitMs = options.retryWaitMs ?? jitteredWaitMs;
  const patience = createPatience();
  let sent = '';
  const client = createClient({
    url: endpoint.socketUrl,
    connectionParams: async () => {
      const headers = await endpoint.headers();
      sent = JSON.stringify(headers);
      return headers;
    },
    ...(options.webSocketImpl !== undefined && { webSocketImpl: options.webSocketImpl }),
    retryAttempts: options.retryAttempts ?? 10,
    retryWait: (failures) => sleep(retryWaitMs(failures)),
    shouldRetry: patience.mayRetry,
    keepAlive: pingMs,
    on: { connected: patience.forget },
  });
  endSilentSockets(client);
  const freshHeaders = async (): Promise<Readonly<Record<string, string>> | null> => {
    const headers = await endpoint.headers();
    if (JSON.stringify(headers) === sent) return null;
    sent = JSON.stringify(headers);
    return headers;
  };
  return createResumingSubscribe({ client, retryWaitMs, renew: createRenewal(client, freshHeaders) });
}

function createPatience(): {
  readonly mayRetry: (event: unknown) => boolean;
  readonly forget: () => void;
} {
  let wasConnected = false;
  let tries = 0;
  let refusals = 0;
  return {
    mayRetry: (event) => {
      if (codeOf(event) === forbidden) return ++refusals < refusedTries;
      // An error that is no event of a socket was thrown by `headers`.
      if (event instanceof Error && codeOf(event) === null) return false;
      return wasConnected || ++tries < firstTries;
    },
    forget: () => {
      wasConnected = true;
      refusals = 0;
    },
  };
}

/** graphql-ws sends pings but does nothing when none comes back, as after a change of networks. */
function endSilentSockets(client: Client): void {
  let alarm: ReturnType<typeof setTimeout> | undefined;
  const calm = (): void => clearTimeout(alarm);
  client.on('ping', (isReceived) => {
    if (isReceived) return;
    calm();
    alarm = setTimeout(() => client.terminate(), pongMs);
  });
  client.on('pong', (isReceived) => {
    if (isReceived) calm();
  });
  client.on('closed', calm);
}

/** The close code of a socket's end; null where it is something else. */
export function codeOf(event: unknown): number | null {
  const code = (event as { readonly code?: unknown } | null)?.code;
  return typeof code === 'number' ? code : null;
}
