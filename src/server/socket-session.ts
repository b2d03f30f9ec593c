import type { Duplex } from 'node:stream';
import type { GraphQLFormattedError } from 'graphql';
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL, MessageType, parseMessage } from 'graphql-ws';
import type { Message, SubscribeMessage } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Caller } from '../datasources/caller';
import type { CallerReader } from '../datasources/read-caller';
import { isRecord } from '../lib/is-record';
import type { CallerListener } from '../resolvers/context';
import { endOfCaller } from '../resolvers/token-end';
import { bringsToken, callerOfSocket, mergeParameters } from './caller-source';
import type { CallerHeaders } from './caller-source';
import type { SharedParts } from './context';
import type { CrowdMemory } from './crowd-memory';
import { createLiveCaller } from './live-caller';
import type { LiveCaller } from './live-caller';
import type { OpenOperation } from './operation-door';
import type { OperationFailed } from './operation-results';
import { proveCredential } from './prove-credential';
import type { SendLine } from './send-line';
import { closeCodes, closeWith, sendMessage } from './socket-adapter';
import type { SocketLife, SocketLives } from './socket-life';
import { SocketOperation } from './socket-operation';
import type { OperationSocket } from './socket-operation';
import { renewCaller } from './token-renewal';

/** What all sockets share. */
export interface SessionParts {
  readonly open: OpenOperation;
  readonly shared: SharedParts;
  readonly readCaller: CallerReader;
  /** The true time, for the end of tokens. */
  readonly wallClock: () => Date;
  readonly lives: SocketLives;
  readonly line: SendLine;
  readonly memory: CrowdMemory;
}

type Parameters = Readonly<Record<string, unknown>>;
const noParameters: Parameters = {};
const ack = { type: MessageType.ConnectionAck };

/**
 * One socket that speaks graphql-transport-ws: who is at its other end, and the operations that run over it. There are as
 * many of these waiting as there are clients, so it is flat, and each field is one that is needed while nothing happens.
 *
 * Source: PROTOCOL.md of graphql-ws 6, whose server this follows in its close codes and in what it lets pass.
 */
export class SocketSession implements OperationSocket, CallerListener {
  readonly life: SocketLife;
  readonly raw: Duplex;
  private readonly headers: CallerHeaders;
  operationCount = 0;
  private isInitReceived = false;
  private callers: LiveCaller | null = null;
  /** The last renewal of his token that is under way. */
  private renewing: Promise<unknown> | null = null;
  /** What he said of himself when he came; a fresh token takes the place of the old one in it. */
  private parameters = noParameters;
  /** One, as a rule; a map, or the room for 17 that `push` and spreads make, would be held for each socket. */
  private operations: readonly SocketOperation[] = [];

  constructor(
    private readonly parts: SessionParts,
    readonly socket: WebSocket,
    { raw, headers }: { readonly raw: Duplex; readonly headers: CallerHeaders },
  ) {
    this.raw = raw;
    this.headers = headers;
    this.life = parts.lives.begin(socket, raw);
    parts.memory.came();
    if (socket.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL)
      socket.close(CloseCode.SubprotocolNotAcceptable, 'Subprotocol not acceptable');
  }

  get line(): SendLine {
    return this.parts.line;
  }

  /** Never throws. */
  async hear(text: string): Promise<void> {
    try {
      await this.take(text);
    } catch (error) {
      const { log } = this.parts.shared;
      log.error({ err: error }, 'A message on a socket failed for a reason of our own');
      this.socket.close(closeCodes.internalError, 'Internal server error');
    }
  }

  broke(error: Error): void {
    this.parts.shared.log.info({ err: error }, 'A socket broke');
  }

  private async take(text: string): Promise<void> {
    const message = readMessage(text);
    if (message?.type === MessageType.ConnectionInit) await this.welcome(message.payload);
    else if (message?.type === MessageType.Ping) await this.answerPing(message.payload);
    else if (message?.type === MessageType.Subscribe) this.subscribe(message);
    else if (message?.type === MessageType.Complete) this.leave(message.id);
    else if (message?.type !== MessageType.Pong)
      this.socket.close(CloseCode.BadRequest, 'Invalid message received');
  }

  /** The socket has closed. */
  close(): void {
    this.parts.lives.end(this.life);
    this.parts.memory.left();
    const { operations } = this;
    this.operations = [];
    for (const operation of operations) operation.leave();
    this.callers?.close();
  }

  /** His token will: it is told to the socket, for not every stream has events that say so. */
  expiring(): void {
    const end = this.callers === null ? null : endOfCaller(this.callers.current());
    const payload = { type: 'AUTH_EXPIRING', tokenExpiresAt: end?.toISOString() ?? null };
    sendMessage(this.socket, { type: MessageType.Ping, payload });
  }

  /** His token has. */
  ended(): void {
    this.endFor('The token has ended; come again with a fresh one');
  }

  /**
   * An operation is over. Where the token that a running stream came with is no longer taken, nothing on this socket will
   * go well; one that was refused from the beginning, or took the place of another, ends the operation alone.
   */
  over(operation: SocketOperation, failure: OperationFailed | null): void {
    if (!this.operations.includes(operation)) return;
    this.operations = this.operations.filter((one) => one !== operation);
    const { id } = operation;
    if (failure === null) sendMessage(this.socket, { id, type: MessageType.Complete });
    else {
      if (this.isTokenWithdrawn(failure, operation.heardAs))
        this.endFor('The upstream takes this token no more; come again with a fresh one');
      this.refuse(id, failure.errors);
    }
  }

  private async welcome(payload: unknown): Promise<void> {
    const { parts, socket } = this;
    if (this.isInitReceived) {
      socket.close(CloseCode.TooManyInitialisationRequests, 'Too many initialisation requests');
      return;
    }
    this.isInitReceived = true;
    parts.lives.introduced(this.life);
    const reading = await callerOfSocket(payload, this.headers, parts.readCaller);
    if (socket.readyState !== socket.OPEN) return;
    if (reading.kind === 'refused') {
      parts.shared.telemetry.metrics.callerRefused(reading.code);
      const code = reading.code === 'UPSTREAM_UNAVAILABLE' ? closeCodes.tryAgainLater : closeCodes.forbidden;
      closeWith(socket, code, reading.message);
      return;
    }
    if (isRecord(payload)) this.parameters = payload;
    this.callers = createLiveCaller(reading.caller, parts.wallClock);
    sendMessage(socket, ack);
    this.callers.follow(this);
  }

  /** A ping that brings a token asks for it to take the place of the old one. */
  private async answerPing(ping: unknown): Promise<void> {
    const { callers } = this;
    const payload = callers === null || !bringsToken(ping) ? ping : await this.renew(callers, ping);
    sendMessage(this.socket, { type: MessageType.Pong, ...(payload !== undefined && { payload }) });
  }

  private renew(callers: LiveCaller, ping: Parameters): ReturnType<typeof renewCaller> {
    const { parts, socket, headers, parameters } = this;
    const renew = (): ReturnType<typeof renewCaller> =>
      renewCaller(callers, {
        now: parts.wallClock,
        read: () => callerOfSocket(mergeParameters(parameters, ping), headers, parts.readCaller),
        prove: (caller) => proveCredential(parts.shared, caller),
        isOpen: () => socket.readyState === socket.OPEN,
      });
    // One after the other: the last one that is sent is the one that stays.
    const renewal = this.renewing === null ? renew() : this.renewing.then(renew, renew);
    this.renewing = renewal;
    const forget = (): void => {
      if (this.renewing === renewal) this.renewing = null;
    };
    renewal.then(forget, forget);
    return renewal;
  }

  private subscribe({ id, payload }: SubscribeMessage): void {
    const { callers, socket } = this;
    if (callers === null) {
      socket.close(CloseCode.Unauthorized, 'Unauthorized');
      return;
    }
    if (this.operations.some((one) => one.id === id)) {
      closeWith(socket, CloseCode.SubscriberAlreadyExists, `Subscriber for ${id} already exists`);
      return;
    }
    const operation = new SocketOperation(this, callers, { id, payload });
    const refused = operation.open(this.parts.open);
    if (refused !== null) {
      this.refuse(id, refused);
      return;
    }
    this.operations = this.operations.concat([operation]);
    operation.begin();
  }

  private leave(id: string): void {
    const operation = this.operations.find((one) => one.id === id);
    if (operation === undefined) return;
    this.operations = this.operations.filter((one) => one !== operation);
    operation.leave();
  }

  private isTokenWithdrawn({ errors }: OperationFailed, heardAs: Caller | null): boolean {
    const isRefused = errors.some(({ extensions }) => extensions?.['code'] === 'UNAUTHENTICATED');
    const { credential } = this.parts.shared;
    return isRefused && credential === 'PASS_THROUGH' && heardAs === this.callers?.current();
  }

  private refuse(id: string, errors: readonly GraphQLFormattedError[]): void {
    sendMessage(this.socket, { id, type: MessageType.Error, payload: errors });
  }

  private endFor(reason: string): void {
    closeWith(this.socket, closeCodes.forbidden, reason);
  }
}

/** Null where it is none of the protocol. */
function readMessage(text: string): Message | null {
  try {
    const message: unknown = JSON.parse(text);
    return parseMessage(isNamedByHash(message) ? withText(message) : message);
  } catch {
    return null;
  }
}

type Subscribing = Readonly<Record<string, unknown>> & {
  readonly payload: Readonly<Record<string, unknown>>;
};

/** The protocol wants a text of the document, which over HTTP may be left out where its hash says which it is. */
function isNamedByHash(message: unknown): message is Subscribing {
  if (!isRecord(message) || message['type'] !== MessageType.Subscribe || !isRecord(message['payload']))
    return false;
  const { query, extensions, documentId } = message['payload'];
  if (query !== undefined && query !== null) return false;
  return typeof documentId === 'string' || (isRecord(extensions) && isRecord(extensions['persistedQuery']));
}

function withText(message: Subscribing): object {
  return { ...message, payload: { ...message.payload, query: '' } };
}
