import type { Variables } from './document';
import { AudienceError, errorOfAnswer } from './errors';
import type { GraphqlErrorEntry } from './errors';
import { createQueue } from './queue';
import type { EventData } from './resume';
import { codeOf } from './socket';
import type { AudienceSocket } from './socket';
import { onAbort } from './waits';

export interface StreamOptions {
  /** Ends the stream; whoever waits for its next event gets the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Told of fields that failed alone, while the rest of their event is given out; null stands in their place. */
  readonly onPartial?: ((error: AudienceError) => void) | undefined;
}

/**
 * One subscription as an async iterable; it begins at once, and ends with the last event.
 * Its errors: those of the gateway by their code; SOCKET_UNAVAILABLE, SOCKET_CLOSED, UNAUTHENTICATED; what `headers` threw.
 */
export function openStream<TData>(
  socket: AudienceSocket,
  operation: { readonly query: string; readonly variables: Variables },
  options: StreamOptions & {
    readonly onEnd?: () => void;
    /** A GAP of this document: see ResumingClient. */
    readonly gap?: EventData | undefined;
  },
): AsyncIterableIterator<TData> {
  let wasConnected = false;
  let leave = (): void => undefined;
  const forgetSocket = socket.on('connected', () => {
    wasConnected = true;
  });
  let forgetSignal = (): void => undefined;
  const queue = createQueue<TData>(() => {
    forgetSocket();
    forgetSignal();
    leave();
    options.onEnd?.();
  });
  forgetSignal = onAbort(options.signal, queue.fail);
  if (options.signal?.aborted === true) return queue;
  const sink: Parameters<AudienceSocket['subscribe']>[1] = {
    next: ({ data, errors }) => {
      wasConnected = true;
      const error = errors === undefined ? null : errorOfAnswer(errors, { data });
      if (isAnswered(data)) {
        if (error !== null) options.onPartial?.(error);
        queue.push(data as TData);
      } else if (error !== null) queue.fail(error);
    },
    error: (reason) => queue.fail(errorOfSocket(reason, wasConnected)),
    complete: queue.end,
  };
  leave = socket.subscribe(operation, sink, options.gap);
  return queue;
}

/** An event whose one field is there; a subscription has exactly one. */
function isAnswered(data: unknown): boolean {
  return typeof data === 'object' && data !== null && Object.values(data).some((field) => field !== null);
}

function errorOfSocket(reason: unknown, wasConnected: boolean): unknown {
  if (Array.isArray(reason)) return errorOfAnswer(reason as readonly GraphqlErrorEntry[], {});
  const code = codeOf(reason);
  if (code === 4403) {
    const message =
      'The gateway refused the headers of this socket: a token has ended, or one of the four is missing.';
    return new AudienceError({ code: 'UNAUTHENTICATED', message, cause: reason });
  }
  if (reason instanceof Error && code === null) return reason;
  const word = (reason as { readonly reason?: unknown } | null)?.reason;
  const why = [code, typeof word === 'string' ? word : '']
    .filter((part) => part !== null && part !== '')
    .join(' ');
  const shown = why === '' ? '' : ` (${why})`;
  return wasConnected
    ? new AudienceError({ code: 'SOCKET_CLOSED', message: `The connection broke${shown}.`, cause: reason })
    : new AudienceError({
        code: 'SOCKET_UNAVAILABLE',
        message: `No WebSocket to the gateway could be opened${shown}.`,
        cause: reason,
      });
}
