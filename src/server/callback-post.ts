import { Agent } from 'undici';
import { AddressDenied, guardedConnector, resolveBySystem } from '../destinations/guarded-connect';
import type { CallbackTarget } from './callback-target';

export const protocolHeader = 'subscription-protocol';
export const protocolVersion = 'callback/1.0';

/** What became of one message to a router. */
export type CallbackAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly protocol: string }
  /** The name of its host stands for an address that may not be called. */
  | { readonly kind: 'denied' }
  /** No whole answer in time, or one that is no HTTP, or too much of it. */
  | { readonly kind: 'unheard' };

/** The one way out to routers. */
export interface CallbackPost {
  /** Sends one message, once. Never throws. */
  send(target: CallbackTarget, body: string): Promise<CallbackAnswer>;
  /** Breaks off whatever is under way. */
  close(): Promise<void>;
}

const connectMs = 3_000;
const mostAnswerBytes = 16 * 1024;
/** The messages of many subscriptions share these, to each router. */
const connectionsEach = 32;

/**
 * Makes the way out to routers: to addresses that have been looked at in the very connection, which is kept for the next
 * message; redirects are answers, what is answered is bounded and thrown away.
 */
export function createCallbackPost({ timeoutMs }: { readonly timeoutMs: number }): CallbackPost {
  const agentFor = (mayBePrivate: boolean): Agent =>
    new Agent({
      connect: guardedConnector({ mayBePrivate, resolve: resolveBySystem, timeoutMs: connectMs }),
      connections: connectionsEach,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      maxResponseSize: mostAnswerBytes,
    });
  const anywhere = agentFor(true);
  const publicOnly = agentFor(false);
  return {
    send: async ({ url, mayBePrivate }, body) => {
      try {
        const {
          statusCode,
          headers,
          body: answer,
        } = await (mayBePrivate ? anywhere : publicOnly).request({
          origin: url.origin,
          path: `${url.pathname}${url.search}`,
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'user-agent': 'audience-gateway',
            [protocolHeader]: protocolVersion,
          },
          body,
          signal: AbortSignal.timeout(timeoutMs),
        });
        await answer.arrayBuffer();
        return { kind: 'answered', status: statusCode, protocol: String(headers[protocolHeader] ?? '') };
      } catch (error) {
        return { kind: error instanceof AddressDenied ? 'denied' : 'unheard' };
      }
    },
    close: async () => {
      await Promise.all([anywhere.destroy(), publicOnly.destroy()]);
    },
  };
}
