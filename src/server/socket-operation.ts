import { GraphQLError } from 'graphql';
import type { GraphQLFormattedError } from 'graphql';
import type { Caller } from '../datasources/caller';
import type { Callers } from '../resolvers/context';
import { toRequestId } from './context';
import type { OpenOperation, OperationPayload, OperationRequest } from './operation-door';
import type { OperationFailed } from './operation-results';
import { ResultFrames } from './result-frames';
import type { FrameOwner, FramedSocket } from './result-frames';

/** The socket that an operation runs over. */
export interface OperationSocket extends FramedSocket {
  /** Of operations that are running; kept by them. */
  operationCount: number;
  over(operation: SocketOperation, failure: OperationFailed | null): void;
}

const maxOperationsPerSocket = 100;
const nameless: OperationPayload = { query: '' };

/** One operation of a socket: what is asked of the door, and where its results go. */
export class SocketOperation implements OperationRequest, FrameOwner {
  readonly id: string;
  readonly requestId = toRequestId(undefined);
  payload: OperationPayload;
  /** With whose token its last result came. */
  heardAs: Caller | null = null;
  private frames: ResultFrames | null = null;

  constructor(
    private readonly over: OperationSocket,
    readonly callers: Callers,
    { id, payload }: { readonly id: string; readonly payload: OperationPayload },
  ) {
    this.id = id;
    this.payload = payload;
  }

  get transport(): 'websocket' {
    return 'websocket';
  }

  /** What is wrong with it; null where it may begin. */
  open(door: OpenOperation): readonly GraphQLFormattedError[] | null {
    const opened = door(this);
    // For the log; the rest is held once for all who ask the same.
    const { operationName } = this.payload;
    this.payload = typeof operationName === 'string' ? { query: '', operationName } : nameless;
    if (opened.kind === 'refused') return opened.errors;
    this.frames = new ResultFrames(opened.results, this.over, this);
    return null;
  }

  begin(): void {
    this.frames?.begin();
  }

  leave(): void {
    this.frames?.leave();
  }

  takePlace(): GraphQLError | null {
    if (this.over.operationCount >= maxOperationsPerSocket) return tooManyOperations();
    this.over.operationCount += 1;
    return null;
  }

  onEnd(): void {
    this.over.operationCount -= 1;
  }

  sending(): void {
    this.heardAs = this.callers.current();
  }

  ended(failure: OperationFailed | null): void {
    this.over.over(this, failure);
  }
}

function tooManyOperations(): GraphQLError {
  const message = `A socket carries at most ${maxOperationsPerSocket} operations at once.`;
  return new GraphQLError(message, { extensions: { code: 'RATE_LIMITED' } });
}
