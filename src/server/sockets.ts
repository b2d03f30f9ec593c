import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError, getOperationAST } from 'graphql';
import type { ExecutionArgs } from 'graphql';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer } from 'graphql-ws';
import type { Context, ServerOptions, SubscribePayload } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { Caller } from '../datasources/caller';
import type { CallerReader } from '../datasources/read-caller';
import { endOfCaller } from '../resolvers/token-end';
import { callerOfSocket } from './caller-source';
import { createContext, toRequestId } from './context';
import type { SharedParts } from './context';
import { formatError } from './format-error';
import type { IsForUs } from './known-hosts';
import { noteOperation } from './operation-log';
import { mayOpenSocket } from './origins';
import { prepare } from './pipeline';
import type { Pipeline } from './pipeline';
import { closeCodes, serveSocket } from './socket-adapter';
import { beginOperation, endOperation, whenEnded } from './socket-operations';
import type { SocketOperation, SocketState } from './socket-operations';
import { createTracedExecution } from './traced-execution';

export interface SocketParts {
  readonly pipeline: Pipeline;
  readonly shared: SharedParts;
  readonly readCaller: CallerReader;
  readonly origins: readonly string[];
  readonly isForUs: IsForUs;
  /** The true time, for the end of tokens. */
  readonly wallClock: () => Date;
}

interface SocketExtra {
  readonly request: IncomingMessage;
  readonly socket: WebSocket;
  /** Set when the connection has been acknowledged. */
  state?: SocketState;
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
        serveSocket({ graphql, socket, extra: { request, socket }, log: parts.shared.log });
      });
    }
  });
  return { close: () => closeSockets(sockets), count: () => sockets.clients.size };
}

/** Says 1001 to every client and cuts off those that do not leave. */
async function closeSockets(sockets: WebSocketServer): Promise<void> {
  for (const socket of sockets.clients) socket.close(1001, 'Going away');
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
    onSubscribe: (context, id, payload) => startOperation(parts, stateOf(context), { id, payload }),
    ...createTracedExecution(shared.telemetry.tracing),
    onNext: (context, id, _payload, _args, result) => {
      if (result.errors === undefined) return undefined;
      const operation = context.extra.state?.operations.get(id);
      const requestId = operation?.requestId ?? toRequestId(undefined);
      const errors = result.errors.map((error) => format(parts, requestId, error));
      if (operation !== undefined) noteErrors(operation, errors);
      return { data: result.data ?? null, errors };
    },
    onError: (context, id, payload, errors) => {
      const running = context.extra.state?.operations.get(id);
      if (running === undefined) return refuse(parts, payload, errors);
      const formatted = errors.map((error) => format(parts, running.requestId, error));
      noteErrors(running, formatted);
      if (context.extra.state !== undefined) endOperation(shared, context.extra.state, id);
      return formatted;
    },
    onComplete: ({ extra }, id) => {
      if (extra.state !== undefined) endOperation(shared, extra.state, id);
    },
    onDisconnect: ({ extra: { state } }) => {
      if (state === undefined) return;
      state.forgetEnd();
      for (const id of [...state.operations.keys()]) endOperation(shared, state, id);
    },
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
  return { caller, operations: new Map(), forgetEnd };
}

function startOperation(
  { pipeline, shared }: SocketParts,
  state: SocketState,
  { id, payload }: { readonly id: string; readonly payload: SubscribePayload },
): ExecutionArgs | readonly GraphQLError[] {
  const { query, operationName, variables } = payload;
  const prepared = prepare(pipeline, { query, operationName });
  if ('errors' in prepared) return prepared.errors;
  if (state.operations.size >= maxOperationsPerSocket) return [tooManyOperations()];
  const type = getOperationAST(prepared.document, operationName)?.operation ?? 'none';
  const operation = beginOperation(shared, state, { id, payload, type });
  return {
    schema: pipeline.schema,
    hideSuggestions: pipeline.hideSuggestions,
    document: prepared.document,
    operationName: operationName ?? null,
    variableValues: variables ?? null,
    contextValue: createContext(shared, {
      caller: state.caller,
      requestId: operation.requestId,
      signal: operation.abort.signal,
      tally: operation.tally,
    }),
  };
}

function tooManyOperations(): GraphQLError {
  const message = `A socket carries at most ${maxOperationsPerSocket} operations at once.`;
  return new GraphQLError(message, { extensions: { code: 'RATE_LIMITED' } });
}

function noteErrors(operation: SocketOperation, errors: readonly ReturnType<typeof format>[]): void {
  operation.errorCodes.push(...errors.map(({ extensions }) => extensions?.['code']));
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

/** Words for what never ran: its id is made here, and stands in the log as that of an operation that ran does. */
function refuse(
  parts: SocketParts,
  payload: unknown,
  errors: readonly unknown[],
): ReturnType<typeof formatError>[] {
  const requestId = toRequestId(undefined);
  const formatted = errors.map((error) => format(parts, requestId, error));
  const { telemetry, log } = parts.shared;
  telemetry.metrics.operationStarted();
  noteOperation({ log: log.child({ requestId }), telemetry }, payload, {
    transport: 'websocket',
    type: 'none',
    durationMs: 0,
    errorCodes: formatted.map(({ extensions }) => extensions?.['code']),
    upstreamCalls: 0,
  });
  return formatted;
}

function format(parts: SocketParts, requestId: string, error: unknown): ReturnType<typeof formatError> {
  return formatError(error, { requestId, log: parts.shared.log.child({ requestId }) });
}
