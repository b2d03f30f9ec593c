import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError } from 'graphql';
import type { ExecutionArgs, GraphQLSchema } from 'graphql';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer } from 'graphql-ws';
import type { Context, Server as GraphqlServer, ServerOptions, SubscribePayload } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { Caller } from '../datasources/caller';
import type { CallerReader } from '../datasources/read-caller';
import { bringsToken, callerHeadersOf, callerOfSocket, mergeParameters } from './caller-source';
import type { CallerHeaders } from './caller-source';
import { toRequestId } from './context';
import { createLiveCaller } from './live-caller';
import type { LiveCaller } from './live-caller';
import type { SharedParts } from './context';
import type { IsForUs } from './known-hosts';
import type { OpenOperation } from './operation-door';
import { OperationFailed } from './operation-results';
import { mayOpenSocket } from './origins';
import { ResultFrames } from './result-frames';
import { closeCodes, serveSocket } from './socket-adapter';
import type { StreamPace } from './stream-pace';
import { renewCaller } from './token-renewal';

export interface SocketParts {
  readonly schema: GraphQLSchema;
  readonly open: OpenOperation;
  readonly shared: SharedParts;
  readonly readCaller: CallerReader;
  readonly origins: readonly string[];
  readonly isForUs: IsForUs;
  /** The true time, for the end of tokens. */
  readonly wallClock: () => Date;
  readonly pace: StreamPace;
}

interface SocketExtra {
  readonly request: CallerHeaders;
  readonly socket: WebSocket;
  /** What the socket speaks over. */
  readonly raw: Duplex;
  /** Set when the connection has been acknowledged. */
  state?: SocketState;
}

/** What is known of one socket: who speaks on it, and how much. */
interface SocketState {
  readonly callers: LiveCaller;
  /** What he said of himself when he came; a fresh token takes the place of the old one in it. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Of operations that are running. */
  operationCount: number;
  /** By operation: with whose token its last result came. */
  readonly heardAs: Map<string, Caller>;
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
        serve(parts, graphql, { request: callerHeadersOf(request), socket, raw });
      });
    }
  });
  return { close: () => closeSockets(sockets), count: () => sockets.clients.size };
}

/** A function of its own, so that what lives as long as the socket does not hold the request that opened it. */
function serve(parts: SocketParts, graphql: GraphqlServer<SocketExtra>, extra: SocketExtra): void {
  const { pace, shared } = parts;
  const { socket } = extra;
  const answer = (ping: unknown): ReturnType<typeof answerPing> => answerPing(parts, extra, ping);
  serveSocket({ graphql, socket, extra, log: shared.log, pace, answerPing: answer });
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
    connectionInitWaitTimeout: parts.pace.initMs,
    onConnect: async ({ connectionParams, extra }) => {
      const reading = await callerOfSocket(connectionParams, extra.request, parts.readCaller);
      if (reading.kind === 'caller') {
        extra.state = welcome(parts, extra.socket, { caller: reading.caller, parameters: connectionParams });
        return true;
      }
      shared.telemetry.metrics.callerRefused(reading.code);
      const code = reading.code === 'UPSTREAM_UNAVAILABLE' ? closeCodes.tryAgainLater : closeCodes.forbidden;
      closeWith(extra.socket, code, reading.message);
      // graphql-ws then closes with 4403, which comes too late to matter; a throw would close with 4500.
      return false;
    },
    onSubscribe: (context, id, payload) => startOperation(parts, context, { id, payload }),
    execute: framesOf,
    subscribe: framesOf,
    onError: ({ extra }, id, _payload, errors) => {
      const [failed] = errors.map((error) => error.originalError);
      if (!(failed instanceof OperationFailed))
        throw new Error('Invariant broken: what fails on a socket comes out of the door', { cause: failed });
      if (isTokenWithdrawn(parts, extra.state, { id, failed }))
        endFor(extra.socket, 'The upstream takes this token no more; come again with a fresh one');
      return failed.errors;
    },
    onComplete: ({ extra: { state } }, id) => void state?.heardAs.delete(id),
    onDisconnect: ({ extra: { state } }) => state?.callers.close(),
  };
}

/** Lets a caller in, until his token ends without a fresh one. */
function welcome(
  { wallClock }: SocketParts,
  socket: WebSocket,
  { caller, parameters }: { readonly caller: Caller; readonly parameters: Parameters | undefined },
): SocketState {
  const callers = createLiveCaller(caller, wallClock);
  callers.follow({ ended: () => endFor(socket, 'The token has ended; come again with a fresh one') });
  return { callers, parameters: parameters ?? {}, operationCount: 0, heardAs: new Map() };
}

/**
 * True where the token that a running stream came with is no longer taken: nothing on this socket will go well. A token
 * that was refused from the beginning, or took the place of another, ends the operation alone.
 */
function isTokenWithdrawn(
  { shared }: SocketParts,
  state: SocketState | undefined,
  { id, failed }: { readonly id: string; readonly failed: OperationFailed },
): boolean {
  const isRefused = failed.errors.some(({ extensions }) => extensions?.['code'] === 'UNAUTHENTICATED');
  return (
    isRefused && shared.credential === 'PASS_THROUGH' && state?.heardAs.get(id) === state?.callers.current()
  );
}

function endFor(socket: WebSocket, reason: string): void {
  closeWith(socket, closeCodes.forbidden, reason);
}

function startOperation(
  { schema, open }: SocketParts,
  context: SocketContext,
  { id, payload }: { readonly id: string; readonly payload: SubscribePayload },
): ExecutionArgs | readonly GraphQLError[] {
  const state = stateOf(context);
  const opened = open({
    callers: state.callers,
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
    contextValue: new ResultFrames(opened.results, context.extra, {
      id,
      onSend: () => state.heardAs.set(id, state.callers.current()),
    }),
  };
}

/** graphql-ws is to execute what the door has opened already. */
function framesOf({ contextValue }: ExecutionArgs): ResultFrames {
  if (contextValue instanceof ResultFrames) return contextValue;
  throw new Error('Invariant broken: an operation of a socket comes out of the door');
}

/** A ping that brings a token asks for it to take the place of the old one; null: it is a plain one. */
async function answerPing(
  { readCaller, wallClock }: SocketParts,
  { request, state }: SocketExtra,
  ping: unknown,
): Promise<Readonly<Record<string, unknown>> | null> {
  if (state === undefined || !bringsToken(ping)) return null;
  return renewCaller(state.callers, {
    now: wallClock(),
    read: () => callerOfSocket(mergeParameters(state.parameters, ping), request, readCaller),
  });
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
