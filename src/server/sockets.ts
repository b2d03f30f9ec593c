import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError } from 'graphql';
import type { ExecutionArgs, GraphQLSchema } from 'graphql';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer } from 'graphql-ws';
import type { Context, ServerOptions, SubscribePayload } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { Caller } from '../datasources/caller';
import type { CallerReader } from '../datasources/read-caller';
import { endOfCaller } from '../resolvers/token-end';
import { callerHeadersOf, callerOfSocket } from './caller-source';
import type { CallerHeaders } from './caller-source';
import { toRequestId } from './context';
import type { SharedParts } from './context';
import type { IsForUs } from './known-hosts';
import type { OpenOperation } from './operation-door';
import { OperationFailed } from './operation-results';
import { mayOpenSocket } from './origins';
import { ResultFrames } from './result-frames';
import { closeCodes, serveSocket } from './socket-adapter';
import { whenEnded } from './when-ended';

export interface SocketParts {
  readonly schema: GraphQLSchema;
  readonly open: OpenOperation;
  readonly shared: SharedParts;
  readonly readCaller: CallerReader;
  readonly origins: readonly string[];
  readonly isForUs: IsForUs;
  /** The true time, for the end of tokens. */
  readonly wallClock: () => Date;
}

interface SocketExtra {
  readonly request: CallerHeaders;
  readonly socket: WebSocket;
  /** Set when the connection has been acknowledged. */
  state?: SocketState;
}

/** What is known of one socket: who speaks on it, and how much. */
interface SocketState {
  readonly caller: Caller;
  /** Of operations that are running. */
  operationCount: number;
  /** Cancels the socket's end at the end of the caller's token. */
  readonly forgetEnd: () => void;
}

type Parameters = Record<string, unknown>;
type SocketContext = Context<Parameters, SocketExtra>;

const maxOperationsPerSocket = 100;
const maxFrameBytes = 256 * 1024;
/** To leave by itself after it was told to. */
const leaveMs = 1_000;

/** graphql-ws on /graphql, through the same pipeline as HTTP. */
export function attachSockets(
  server: Server,
  parts: SocketParts,
): { close(): Promise<void>; readonly count: () => number } {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxFrameBytes,
    perMessageDeflate: false,
    handleProtocols: (protocols) =>
      protocols.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) ? GRAPHQL_TRANSPORT_WS_PROTOCOL : false,
  });
  const graphql = makeServer(createHandlers(parts));
  server.on('upgrade', (request: IncomingMessage, raw: Duplex, head: Buffer) => {
    if ((request.url ?? '').split('?', 1)[0] !== '/graphql') refuseUpgrade(raw, '404 Not Found');
    else if (!parts.isForUs(request) || !mayOpenSocket(request, parts.origins))
      refuseUpgrade(raw, '403 Forbidden');
    else {
      sockets.handleUpgrade(request, raw, head, (socket) => {
        const extra = { request: callerHeadersOf(request), socket };
        serveSocket({ graphql, socket, extra, log: parts.shared.log });
      });
    }
  });
  return { close: () => closeSockets(sockets), count: () => sockets.clients.size };
}

/** Tells every client to come again, and cuts off those that do not leave. */
async function closeSockets(sockets: WebSocketServer): Promise<void> {
  for (const socket of sockets.clients) socket.close(closeCodes.restart, 'The gateway restarts; come again');
  const timer = setTimeout(() => {
    for (const socket of sockets.clients) socket.terminate();
  }, leaveMs);
  await new Promise<void>((resolve) => sockets.close(() => resolve()));
  clearTimeout(timer);
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function createHandlers(parts: SocketParts): ServerOptions<Parameters, SocketExtra> {
  const { shared } = parts;
  return {
    onConnect: async ({ connectionParams, extra }) => {
      const reading = await callerOfSocket(connectionParams, extra.request, parts.readCaller);
      if (reading.kind === 'caller') {
        extra.state = welcome(parts, extra.socket, reading.caller);
        return true;
      }
      shared.telemetry.metrics.callerRefused(reading.code);
      const code = reading.code === 'UPSTREAM_UNAVAILABLE' ? closeCodes.tryAgainLater : closeCodes.forbidden;
      closeWith(extra.socket, code, reading.message);
      // graphql-ws then closes with 4403, which comes too late to matter; a throw would close with 4500.
      return false;
    },
    onSubscribe: (context, id, payload) =>
      startOperation(parts, stateOf(context), { socket: context.extra.socket, id, payload }),
    execute: framesOf,
    subscribe: framesOf,
    onError: (_context, _id, _payload, errors) => {
      const [failed] = errors.map((error) => error.originalError);
      if (failed instanceof OperationFailed) return failed.errors;
      throw new Error('Invariant broken: what fails on a socket comes out of the door', { cause: failed });
    },
    onDisconnect: ({ extra: { state } }) => state?.forgetEnd(),
  };
}

/** Lets a caller in, until his token ends. */
function welcome({ wallClock }: SocketParts, socket: WebSocket, caller: Caller): SocketState {
  const end = endOfCaller(caller);
  const forgetEnd =
    end === null
      ? () => undefined
      : whenEnded(end.getTime() - wallClock().getTime(), () =>
          closeWith(socket, closeCodes.forbidden, 'The token has ended; come again with a fresh one'),
        );
  return { caller, operationCount: 0, forgetEnd };
}

function startOperation(
  { schema, open }: SocketParts,
  state: SocketState,
  {
    socket,
    id,
    payload,
  }: { readonly socket: WebSocket; readonly id: string; readonly payload: SubscribePayload },
): ExecutionArgs | readonly GraphQLError[] {
  const opened = open({
    caller: state.caller,
    requestId: toRequestId(undefined),
    payload,
    transport: 'websocket',
    takePlace: () => {
      if (state.operationCount >= maxOperationsPerSocket) return tooManyOperations();
      state.operationCount += 1;
      return null;
    },
    onEnd: () => {
      state.operationCount -= 1;
    },
  });
  if (opened.kind === 'refused')
    return [new GraphQLError('Refused', { originalError: new OperationFailed(opened.errors) })];
  const { operationName } = payload;
  return {
    schema,
    document: opened.document,
    operationName: operationName ?? null,
    contextValue: new ResultFrames(opened.results, socket, id),
  };
}

/** graphql-ws is to execute what the door has opened already. */
function framesOf({ contextValue }: ExecutionArgs): ResultFrames {
  if (contextValue instanceof ResultFrames) return contextValue;
  throw new Error('Invariant broken: an operation of a socket comes out of the door');
}

function tooManyOperations(): GraphQLError {
  const message = `A socket carries at most ${maxOperationsPerSocket} operations at once.`;
  return new GraphQLError(message, { extensions: { code: 'RATE_LIMITED' } });
}

/** The reason of a close has room for 123 bytes. */
function closeWith(socket: WebSocket, code: number, reason: string): void {
  socket.close(
    code,
    Buffer.from(reason)
      .subarray(0, 120)
      .toString('utf8')
      .replace(/\ufffd+$/, ''),
  );
}

function stateOf(context: SocketContext): SocketState {
  const { state } = context.extra;
  if (state === undefined) throw new Error('Invariant broken: a socket subscribes only after onConnect');
  return state;
}
