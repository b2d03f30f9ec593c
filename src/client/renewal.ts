import type { Client } from 'graphql-ws/client';

/** What of a socket is needed to speak on it; that of the platform, or of `ws`. */
interface LiveSocket {
  send(text: string): void;
}

/** The payload of the gateway's pong to a ping that brought a token. */
interface Answer {
  readonly accepted: boolean;
}

/** To ask again for a fresh token where there was none yet, in ms. */
const againMs = 15_000;

/**
 * Renews the token of a live socket: several streams of it are told that it ends, and one ping brings the fresh headers.
 * A gateway that does not take them, or does not know of this, gets a new socket.
 *
 * @param freshHeaders null where they are those that the gateway has.
 */
export function createRenewal(
  client: Client,
  freshHeaders: () => Promise<Readonly<Record<string, string>> | null>,
): () => void {
  let socket: LiveSocket | null = null;
  let isRenewing = false;
  let again: ReturnType<typeof setTimeout> | undefined;
  client.on('connected', (connected) => {
    socket = connected as LiveSocket;
    isRenewing = false;
  });
  client.on('closed', () => {
    socket = null;
    clearTimeout(again);
  });
  client.on('pong', (isReceived, payload) => {
    if (!isReceived || !isRenewing) return;
    const { accepted } = (payload ?? {}) as Partial<Answer>;
    // The pong of a ping that asked only for a sign of life says nothing.
    if (payload === undefined) return;
    isRenewing = false;
    if (accepted !== true) client.terminate();
  });
  // Of streams that have no events of a token's end.
  client.on('ping', (isReceived, payload) => {
    if (isReceived && payload?.['type'] === 'AUTH_EXPIRING') renew();
  });
  const renew = (): void => {
    if (isRenewing || socket === null) return;
    isRenewing = true;
    const asked = socket;
    freshHeaders().then(
      (headers) => {
        if (socket !== asked) isRenewing = false;
        else if (headers === null) later();
        else asked.send(JSON.stringify({ type: 'ping', payload: headers }));
      },
      // Who has no token now may have one soon, or when the gateway closes the socket, which asks again.
      later,
    );
  };
  const later = (): void => {
    isRenewing = false;
    clearTimeout(again);
    again = setTimeout(renew, againMs);
  };
  return renew;
}
