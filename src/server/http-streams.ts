import type { ServerResponse } from 'node:http';
import type { GraphQLFormattedError } from 'graphql';
import { securityHeaders } from './http-answers';
import { OperationFailed } from './operation-results';
import type { OperationResults } from './operation-results';
import type { StreamFraming } from './stream-framing';
import type { StreamPace } from './stream-pace';

/** The answers that go on, and what ends them all. */
export interface HttpStreams {
  /** Writes the results into the answer, as fast as they are read; resolves when the answer is out or the client has left. */
  send(stream: HttpStream): Promise<void>;
  /** The whole of a stream that never began. */
  refuse(stream: Omit<HttpStream, 'results'> & { readonly errors: readonly GraphQLFormattedError[] }): void;
  /** Ends every one without `complete`: its client is to come again. Who does not read that within a second is cut off. */
  close(): void;
}

/** To read the end of a stream after it was told to come again. */
const leaveMs = 1_000;

export interface HttpStream {
  readonly response: ServerResponse;
  readonly results: OperationResults;
  readonly framing: StreamFraming;
  readonly headers: Readonly<Record<string, string>>;
}

export function createHttpStreams(pace: StreamPace): HttpStreams {
  const open = new Set<HttpStream>();
  return {
    send: async (stream) => {
      open.add(stream);
      try {
        await writeStream(stream, pace);
      } finally {
        open.delete(stream);
      }
    },
    refuse: ({ response, framing, headers, errors }) => {
      begin(response, framing, headers);
      end(response, framing.failed({ errors, endsConnection: false }));
    },
    close: () => {
      for (const { response, results, framing } of open) {
        end(response, framing.farewell);
        cutOffLater(response);
        void results.return();
      }
    },
  };
}

async function writeStream(
  { response, results, framing, headers }: HttpStream,
  pace: StreamPace,
): Promise<void> {
  begin(response, framing, headers);
  // A client that leaves ends the watch in this very turn, not with the next event.
  response.once('close', () => void results.return());
  if (response.destroyed) await results.return();
  const heartbeat = setInterval(() => {
    if (!response.writableNeedDrain && isOpen(response)) response.write(framing.heartbeat);
  }, pace.heartbeatMs);
  try {
    for await (const result of results) await write(response, framing.next(result), pace);
    end(response, framing.complete);
  } catch (error) {
    if (!(error instanceof OperationFailed)) throw error;
    end(response, framing.failed(error));
  } finally {
    clearInterval(heartbeat);
  }
}

function begin(response: ServerResponse, framing: StreamFraming, headers: HttpStream['headers']): void {
  response.writeHead(200, {
    ...securityHeaders,
    ...headers,
    'content-type': framing.contentType,
    // nginx would keep events back until it has a pageful.
    'x-accel-buffering': 'no',
  });
  response.write(framing.opening);
}

/** Waits until there is room for more: what happens meanwhile is conflated by the stream, not kept here. */
async function write(response: ServerResponse, text: string, pace: StreamPace): Promise<void> {
  if (!isOpen(response) || response.write(text)) return;
  await new Promise<void>((resolve) => {
    const slow = setTimeout(() => {
      if (response.writableLength > pace.maxWaitingBytes) response.destroy();
    }, pace.slowMs);
    const stalled = setTimeout(() => response.destroy(), pace.stalledMs);
    const goOn = (): void => {
      clearTimeout(slow);
      clearTimeout(stalled);
      response.off('drain', goOn);
      response.off('close', goOn);
      resolve();
    };
    response.once('drain', goOn);
    response.once('close', goOn);
  });
}

/** What of an answer that has ended is not read by then holds nobody up. */
function cutOffLater(response: ServerResponse): void {
  const timer = setTimeout(() => response.destroy(), leaveMs);
  response.once('close', () => clearTimeout(timer));
}

function isOpen(response: ServerResponse): boolean {
  return !response.writableEnded && !response.destroyed;
}

function end(response: ServerResponse, text: string): void {
  if (isOpen(response)) response.end(text);
}
