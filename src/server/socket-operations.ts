import type { Caller } from '../datasources/caller';
import type { CallTally } from '../datasources/rest-call';
import type { OperationType } from './apollo';
import { toRequestId } from './context';
import type { SharedParts } from './context';
import { noteOperation } from './operation-log';

/** One operation of a socket, from its `subscribe` to its end. */
export interface SocketOperation {
  readonly requestId: string;
  readonly abort: AbortController;
  readonly tally: CallTally;
  readonly errorCodes: unknown[];
  readonly startedMs: number;
  readonly type: OperationType;
  readonly payload: unknown;
}

/** What is known of one socket: who speaks on it, and how each of its operations is called off. */
export interface SocketState {
  readonly caller: Caller;
  readonly operations: Map<string, SocketOperation>;
  /** Cancels the socket's end at the end of the caller's token. */
  readonly forgetEnd: () => void;
}

export function beginOperation(
  { telemetry }: SharedParts,
  state: SocketState,
  { id, payload, type }: { readonly id: string; readonly payload: unknown; readonly type: OperationType },
): SocketOperation {
  const operation: SocketOperation = {
    requestId: toRequestId(undefined),
    abort: new AbortController(),
    tally: { upstreamCalls: 0 },
    errorCodes: [],
    startedMs: performance.now(),
    type,
    payload,
  };
  telemetry.metrics.operationStarted();
  state.operations.set(id, operation);
  return operation;
}

/** Ends it once, however often it is told: by its `complete`, or with its socket. */
export function endOperation(shared: SharedParts, state: SocketState, id: string): void {
  const operation = state.operations.get(id);
  if (operation === undefined) return;
  state.operations.delete(id);
  operation.abort.abort();
  const { requestId, type, errorCodes, startedMs, tally, payload } = operation;
  noteOperation({ log: shared.log.child({ requestId }), telemetry: shared.telemetry }, payload, {
    transport: 'websocket',
    type,
    durationMs: performance.now() - startedMs,
    errorCodes: errorCodes.slice(0, 10),
    ...tally,
  });
}

/** Longest delay of a timer, 24 days; a token that lives longer than the process is watched in steps. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Runs once when the token has ended; the answer cancels it. Counts by the monotonic clock from now on, so that a jump
 * of the wall clock ends no socket.
 */
export function whenEnded(leftMs: number, run: () => void): () => void {
  const endsAtMs = performance.now() + leftMs;
  let timer: NodeJS.Timeout | null = null;
  const step = (): void => {
    const waitMs = endsAtMs - performance.now();
    if (waitMs <= 0) run();
    else timer = setTimeout(step, Math.min(waitMs, longestTimerMs)).unref();
  };
  timer = setTimeout(step, Math.min(Math.max(0, leftMs), longestTimerMs)).unref();
  return () => {
    if (timer !== null) clearTimeout(timer);
  };
}
