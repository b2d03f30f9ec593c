import type { Variables } from './document';
import { AudienceError } from './errors';
import { linkSignals } from './link-signals';
import { createQueue } from './queue';
import type { EventData } from './resume';
import { createAudienceSocket } from './socket';
import type { AudienceSocket, AudienceSocketOptions } from './socket';
import { openStream } from './stream';
import type { StreamOptions } from './stream';

/** The socket of a client, made when it first subscribes: a client without WebSockets can still ask by HTTP. */
export function createLazySocket(
  options: AudienceSocketOptions,
  closing: AbortSignal,
): {
  open<TData>(
    operation: { readonly query: string; readonly variables: Variables },
    streamOptions: StreamOptions,
    gap?: EventData,
  ): AsyncIterableIterator<TData>;
  close(): Promise<void>;
} {
  let socket: AudienceSocket | null = null;
  return {
    open: <TData>(
      operation: { query: string; variables: Variables },
      streamOptions: StreamOptions,
      gap?: EventData,
    ) => {
      try {
        socket ??= createAudienceSocket(options);
      } catch (cause) {
        return failedStream<TData>(cause);
      }
      const { signal, forget } = linkSignals(streamOptions.signal, closing);
      return openStream<TData>(socket, operation, { ...streamOptions, signal, gap, onEnd: forget });
    },
    close: async () => socket?.dispose(),
  };
}

function failedStream<TData>(cause: unknown): AsyncIterableIterator<TData> {
  const queue = createQueue<TData>(() => undefined);
  const why = cause instanceof Error ? cause.message : String(cause);
  queue.fail(new AudienceError({ code: 'SOCKET_UNAVAILABLE', message: why, cause }));
  return queue;
}
