import { GraphQLError, OperationTypeNode, getOperationAST } from 'graphql';
import type {
  DocumentNode,
  ExecutionArgs,
  ExecutionResult,
  FormattedExecutionResult,
  GraphQLFormattedError,
} from 'graphql';
import type { CallerKey } from '../datasources/caller';
import type { CallTally } from '../datasources/rest-call';
import type { CallerListener, Callers } from '../resolvers/context';
import type { Transport } from '../telemetry/metrics';
import { createContext } from './context';
import type { SharedParts, Until } from './context';
import { formatError } from './format-error';
import { LanePlace } from './lane-place';
import { Lanes } from './lanes';
import type { Asked } from './lanes';
import { noteOperation } from './operation-log';
import { OperationFailed, OperationResults } from './operation-results';
import type { OperationHooks } from './operation-results';
import { prepare } from './pipeline';
import type { EventStream, Pipeline } from './pipeline';
import { createSeats } from './seats';
import type { Seats } from './seats';
import { createTracedExecution } from './traced-execution';
import type { RunEvent } from './traced-execution';

/** What a client asks for, whatever brought it. */
export interface OperationPayload {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  /** `persistedQuery` may name a document. */
  readonly extensions?: unknown;
  readonly documentId?: unknown;
}

export interface OperationRequest {
  readonly callers: Callers;
  /** True: a stream ends with the caller's token, for there is no way to send a fresh one. */
  readonly endsWithToken?: boolean;
  readonly requestId: string;
  readonly payload: OperationPayload;
  readonly transport: Exclude<Transport, 'http'>;
  /** By the monotonic clock, where it has been counted as begun; now, unless told. */
  readonly startedMs?: number;
  /** Whether the connection has room for one more that is in order; the answer says why it has not. */
  readonly takePlace?: () => GraphQLError | null;
  /** Called once when an operation that had a place is over, however it ended. */
  readonly onEnd?: () => void;
}

/**
 * `open`: its results, one by one; they begin with the first read. `return()` calls the operation off at once, also while
 * it begins. What ends the operation for a fault is thrown as OperationFailed.
 */
export type OpenedOperation =
  | { readonly kind: 'refused'; readonly errors: readonly GraphQLFormattedError[] }
  | {
      readonly kind: 'open';
      readonly document: DocumentNode;
      readonly type: `${OperationTypeNode}`;
      readonly results: OperationResults;
    };

/** The one way in for what is answered by a stream; never throws. */
export type OpenOperation = (request: OperationRequest) => OpenedOperation;

export interface DoorParts {
  readonly pipeline: Pipeline;
  readonly shared: SharedParts;
  readonly subscriptionsPerCaller: number;
}

/** The longest that one query or mutation may take: a mutation that waits a minute for its job, and what it does besides. */
export const operationDeadlineMs = 75_000;
/** Of a stream that fails again and again, for its line in the log. */
const mostNotedCodes = 10;

/**
 * Makes the door that sockets, server-sent events, multipart answers and callbacks share: limits, context, execution,
 * words of errors, log, metrics and traces are the same for all of them.
 */
export function createOperationDoor(parts: DoorParts): OpenOperation {
  const house: House = {
    ...parts,
    run: createTracedExecution(parts.shared.telemetry.tracing),
    seats: createSeats<CallerKey>(parts.subscriptionsPerCaller),
    lanes: new Lanes(),
  };
  return (request) => {
    const record = new OperationRecord(parts.shared, request);
    const prepared = prepare(parts.pipeline, request.payload);
    if ('errors' in prepared) return record.refuse(prepared.errors);
    const { operationName } = request.payload;
    const type = getOperationAST(prepared.document, operationName)?.operation ?? OperationTypeNode.QUERY;
    const noPlace = request.takePlace?.() ?? null;
    if (noPlace !== null) return record.refuse([noPlace]);
    const isStream = type === OperationTypeNode.SUBSCRIPTION;
    const giveBack = isStream ? house.seats.take(request.callers.current().key) : null;
    if (isStream && giveBack === null) {
      request.onEnd?.();
      return record.refuse([tooManySubscriptions(house.seats)]);
    }
    record.type = type;
    const { document } = prepared;
    const operation = new RunningOperation(house, { request, record, document, giveBack });
    const results = new OperationResults(operation);
    if (request.endsWithToken === true) operation.endWithToken(results);
    return { kind: 'open', document, type, results };
  };
}

/** What all operations share. */
interface House extends DoorParts {
  readonly run: ReturnType<typeof createTracedExecution>;
  readonly seats: Seats<CallerKey>;
  readonly lanes: Lanes;
}

interface Opening {
  readonly request: OperationRequest;
  readonly record: OperationRecord;
  readonly document: DocumentNode;
  /** Of a stream: for its caller's seat. */
  readonly giveBack: (() => void) | null;
}

/** One operation: how it begins, what is said of it, and what its end gives back. It is the stream of its events, too. */
class RunningOperation implements OperationHooks, EventStream, Until {
  private readonly lane: LanePlace | null;
  private readonly asked: Asked;
  private runEvent: RunEvent | null = null;
  events: AsyncIterator<unknown> = noEvents;
  private calledOff: AbortController | null = null;
  private isOver = false;
  private tokenListener: CallerListener | null = null;

  constructor(
    private readonly house: House,
    private readonly opening: Opening,
  ) {
    const { request, document, giveBack } = opening;
    const { operationName, variables } = request.payload;
    const asked = { document, operationName, variables };
    this.lane = giveBack === null ? null : new LanePlace(house.lanes, request.callers, asked);
    this.asked = this.lane?.asked ?? asked;
  }

  async start(): Promise<ExecutionResult | EventStream> {
    const { transport } = this.opening.request;
    const { run } = this.house;
    if (this.lane === null) {
      const signal = AbortSignal.any([this.signal, AbortSignal.timeout(operationDeadlineMs)]);
      return run.execute(this.argsFor({ signal }), transport);
    }
    const subscribed = await run.subscribe(this.argsFor(this), transport);
    if (!('events' in subscribed)) return subscribed;
    this.runEvent = subscribed.runEvent;
    this.events = subscribed.events[Symbol.asyncIterator]();
    return this;
  }

  format(result: ExecutionResult): FormattedExecutionResult {
    // As a rule; thousands are formatted in a row, and each record would have to be fetched for nothing.
    if (result.errors === undefined) return result as FormattedExecutionResult;
    return this.opening.record.format(result);
  }

  fail(error: unknown): OperationFailed {
    return new OperationFailed(this.opening.record.formatAll([error]), { cause: error });
  }

  release(): void {
    const { record, request, giveBack } = this.opening;
    this.isOver = true;
    if (this.tokenListener !== null) request.callers.leave(this.tokenListener);
    giveBack?.();
    this.lane?.leave();
    this.calledOff?.abort();
    record.end();
    request.onEnd?.();
  }

  /** Only a stream lasts so long that its caller's token may end. */
  endWithToken(results: OperationResults): void {
    if (this.lane === null) return;
    const { record, request } = this.opening;
    this.tokenListener = {
      ended: () => {
        const errors = record.formatAll([tokenEnded()]);
        results.break(new OperationFailed(errors, { endsConnection: true }));
      },
    };
    request.callers.follow(this.tokenListener);
  }

  /** Made when it is asked for: of all who watch a job, polls ask one. */
  get signal(): AbortSignal {
    if (this.calledOff === null) {
      this.calledOff = new AbortController();
      if (this.isOver) this.calledOff.abort();
    }
    return this.calledOff.signal;
  }

  /** A context for each event: what an event has cached would be shown with the next. */
  resultOf(event: unknown): Promise<ExecutionResult> | ExecutionResult {
    const { lane, runEvent } = this;
    if (lane === null || runEvent === null) throw new Error('Invariant broken: only a stream has events');
    return lane.resultOf(event as object, (until) => runEvent({ ...this.argsFor(until), rootValue: event }));
  }

  private argsFor(until: Until): ExecutionArgs {
    const { record, request } = this.opening;
    const { document, operationName, variables } = this.asked;
    const { schema, hideSuggestions } = this.house.pipeline;
    const { callers, requestId } = request;
    return {
      schema,
      hideSuggestions,
      document,
      operationName: operationName ?? null,
      variableValues: variables ?? null,
      contextValue: createContext(this.house.shared, { callers, requestId, tally: record, until }),
    };
  }
}

/** Of what is no stream, or has not begun. */
const noEvents: AsyncIterator<unknown> = {
  next: () => Promise.resolve({ done: true, value: undefined }),
};

function tokenEnded(): GraphQLError {
  const message =
    'The token has ended; come again with a fresh one, and the cursor of the last event as after.';
  return new GraphQLError(message, { extensions: { code: 'UNAUTHENTICATED' } });
}

/** What the log and the metrics are told of one operation. */
class OperationRecord implements CallTally {
  upstreamCalls = 0;
  type: OperationTypeNode | 'none' = 'none';
  private readonly startedMs: number;
  private errorCodes: readonly unknown[] = [];

  constructor(
    private readonly shared: SharedParts,
    private readonly request: OperationRequest,
  ) {
    this.startedMs = request.startedMs ?? performance.now();
    if (request.startedMs === undefined) shared.telemetry.metrics.operationStarted();
  }

  /** Words for what never ran; its request id stands in the log as that of an operation that ran does. */
  refuse(errors: readonly unknown[]): OpenedOperation {
    const formatted = this.formatAll(errors);
    this.end();
    return { kind: 'refused', errors: formatted };
  }

  format(result: ExecutionResult): FormattedExecutionResult {
    if (result.errors === undefined) return result as FormattedExecutionResult;
    return { data: result.data ?? null, errors: this.formatAll(result.errors) };
  }

  formatAll(errors: readonly unknown[]): readonly GraphQLFormattedError[] {
    const { requestId } = this.request;
    const log = this.shared.log.child({ requestId });
    const formatted = errors.map((error) => formatError(error, { requestId, log }));
    for (const { extensions } of formatted)
      if (this.errorCodes.length < mostNotedCodes)
        this.errorCodes = [...this.errorCodes, extensions?.['code']];
    return formatted;
  }

  end(): void {
    const { requestId, payload, transport } = this.request;
    const { log, telemetry } = this.shared;
    noteOperation({ log: log.child({ requestId }), telemetry }, payload, {
      transport,
      type: this.type,
      durationMs: performance.now() - this.startedMs,
      errorCodes: this.errorCodes,
      upstreamCalls: this.upstreamCalls,
    });
  }
}

function tooManySubscriptions({ limit }: Seats<CallerKey>): GraphQLError {
  const message = `A caller has at most ${String(limit)} subscriptions at once.`;
  return new GraphQLError(message, { extensions: { code: 'RATE_LIMITED' } });
}
