import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError } from 'graphql';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer } from 'graphql-ws';
import type { Context, ServerOptions } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import type { Caller } from '../datasources/caller';
import type { DefaultCaller } from '../datasources/read-caller';
import { callerOfSocket } from './caller-source';
import { createContext, toRequestId } from './context';
import type { SharedParts } from './context';
import { formatError } from './format-error';
import { logOperation } from './graphql-route';
import type { IsForUs } from './known-hosts';
import { mayOpenSocket } from './origins';
import { prepare, run, subscribe } from './pipeline';
import type { Pipeline } from './pipeline';
import { serveSocket } from './socket-adapter';

export interface SocketParts {
  readonly pipeline: Pipeline;
  readonly shared: SharedParts;
  readonly defaultCaller: DefaultCaller | null;
  readonly origins: readonly string[];
  readonly isForUs: IsForUs;
}

/** What is known of one socket: who speaks on it, and how each of its operations is called off. */
interface SocketState {
  readonly caller: Caller;
  readonly operations: Map<
    string,
    { readonly requestId: string; readonly abort: AbortController; readonly startedMs: number }
  >;
}

interface SocketExtra {
  readonly request: IncomingMessage;
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
export function attachSockets(server: Server, parts: SocketParts): { close(): Promise<void> } {
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
        serveSocket({ graphql, socket, extra: { request }, log: parts.shared.log });
      });
    }
  });
  return { close: () => closeSockets(sockets) };
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
  return {
    onConnect: (context) => {
      const reading = callerOfSocket(context.connectionParams, context.extra.request, parts.defaultCaller);
      // false closes with 4403; a throw would close with 4500.
      if (reading.kind === 'refused') return false;
      context.extra.state = { caller: reading.caller, operations: new Map() };
      return true;
    },
    onSubscribe: (context, id, { query, operationName, variables }) => {
      const prepared = prepare(parts.pipeline, { query, operationName });
      if ('errors' in prepared) return prepared.errors;
      const state = stateOf(context);
      if (state.operations.size >= maxOperationsPerSocket) {
        const extensions = { code: 'RATE_LIMITED' };
        return [
          new GraphQLError(`A socket carries at most ${maxOperationsPerSocket} operations at once.`, {
            extensions,
          }),
        ];
      }
      const operation = {
        requestId: toRequestId(undefined),
        abort: new AbortController(),
        startedMs: performance.now(),
      };
      state.operations.set(id, operation);
      return {
        schema: parts.pipeline.schema,
        hideSuggestions: parts.pipeline.hideSuggestions,
        document: prepared.document,
        operationName: operationName ?? null,
        variableValues: variables ?? null,
        contextValue: createContext(parts.shared, {
          caller: state.caller,
          requestId: operation.requestId,
          signal: operation.abort.signal,
        }),
      };
    },
    execute: run,
    subscribe,
    onNext: (context, id, _payload, _args, result) => {
      if (result.errors === undefined) return undefined;
      const requestId = context.extra.state?.operations.get(id)?.requestId ?? toRequestId(undefined);
      const errors = result.errors.map((error) => format(parts, requestId, error));
      return { data: result.data ?? null, errors };
    },
    onError: (context, id, payload, errors) => {
      const running = context.extra.state?.operations.get(id);
      if (running !== undefined) return errors.map((error) => format(parts, running.requestId, error));
      return refuse(parts, payload, errors);
    },
    onComplete: (context, id, payload) => {
      const operation = context.extra.state?.operations.get(id);
      if (operation === undefined) return;
      context.extra.state?.operations.delete(id);
      operation.abort.abort();
      const log = parts.shared.log.child({ requestId: operation.requestId });
      logOperation(log, payload, { ms: Math.round(performance.now() - operation.startedMs), errorCodes: [] });
    },
    onDisconnect: ({ extra }) => {
      for (const { abort } of extra.state?.operations.values() ?? []) abort.abort();
      extra.state?.operations.clear();
    },
  };
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
  const log = parts.shared.log.child({ requestId });
  logOperation(log, payload, { ms: 0, errorCodes: formatted.map(({ extensions }) => extensions?.['code']) });
  return formatted;
}

function format(parts: SocketParts, requestId: string, error: unknown): ReturnType<typeof formatError> {
  return formatError(error, { requestId, log: parts.shared.log.child({ requestId }) });
}
