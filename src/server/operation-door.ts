import { GraphQLError, OperationTypeNode, getOperationAST } from 'graphql';
import type {
  DocumentNode,
  ExecutionArgs,
  ExecutionResult,
  FormattedExecutionResult,
  GraphQLFormattedError,
} from 'graphql';
import type { CallerKey } from '../datasources/caller';
import type { Callers, GatewayContext } from '../resolvers/context';
import type { Transport } from '../telemetry/metrics';
import { createContext } from './context';
import type { SharedParts, Until } from './context';
import { formatError } from './format-error';
import { LanePlace } from './lane-place';
import { Lanes } from './lanes';
import { noteOperation } from './operation-log';
import { OperationFailed, OperationResults } from './operation-results';
import type { OperationHooks } from './operation-results';
import { prepare } from './pipeline';
import type { EachEvent, EventStream, Pipeline } from './pipeline';
import { createSeats } from './seats';
import type { Seats } from './seats';
import { createTracedExecution } from './traced-execution';

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
  const run = createTracedExecution(parts.shared.telemetry.tracing);
  const seats = createSeats<CallerKey>(parts.subscriptionsPerCaller);
  const lanes = new Lanes();
  return (request) => {
    const record = new OperationRecord(parts.shared, request);
    const prepared = prepare(parts.pipeline, request.payload);
    if ('errors' in prepared) return record.refuse(prepared.errors);
    const { operationName } = request.payload;
    const type = getOperationAST(prepared.document, operationName)?.operation ?? OperationTypeNode.QUERY;
    const noPlace = request.takePlace?.() ?? null;
    if (noPlace !== null) return record.refuse([noPlace]);
    const giveBack =
      type === OperationTypeNode.SUBSCRIPTION ? seats.take(request.callers.current().key) : () => undefined;
    if (giveBack === null) {
      request.onEnd?.();
      return record.refuse([tooManySubscriptions(seats)]);
    }
    record.type = type;
    const { document } = prepared;
    const results = openResults(parts, { request, record, type, document, run, giveBack, lanes });
    return { kind: 'open', document, type, results };
  };
}

interface Opening {
  readonly request: OperationRequest;
  readonly record: OperationRecord;
  readonly type: OperationTypeNode;
  readonly document: DocumentNode;
  readonly run: ReturnType<typeof createTracedExecution>;
  readonly giveBack: () => void;
  readonly lanes: Lanes;
}

function openResults(parts: DoorParts, opening: Opening): OperationResults {
  const operation = new RunningOperation(parts, opening);
  const results = new OperationResults(operation);
  if (opening.request.endsWithToken === true) operation.endWithToken(results);
  return results;
}

/** One operation: how it begins, what is said of it, and what its end gives back. */
class RunningOperation implements OperationHooks {
  private readonly lane: LanePlace | null;
  private forgetToken: (() => void) | null = null;
  private calledOff: AbortController | null = null;
  private isOver = false;

  constructor(
    private readonly parts: DoorParts,
    private readonly opening: Opening,
  ) {
    const { request, document, type, lanes } = opening;
    const { operationName, variables } = request.payload;
    const isStream = type === OperationTypeNode.SUBSCRIPTION;
    this.lane = isStream
      ? new LanePlace(lanes, request.callers, { document, operationName, variables })
      : null;
  }

  start(): Promise<ExecutionResult | EventStream> {
    const { lane } = this;
    const { run, request } = this.opening;
    if (lane === null) {
      const signal = AbortSignal.any([this.signal, AbortSignal.timeout(operationDeadlineMs)]);
      return run.execute(this.argsFor({ signal }), request.transport);
    }
    // A context for each event: what an event has cached would be shown with the next.
    const each: EachEvent = (event, execute) =>
      lane.resultOf(event as object, (until) => execute(this.contextFor(until)));
    return run.subscribe(this.argsFor(this), request.transport, each);
  }

  format(result: ExecutionResult): FormattedExecutionResult {
    return this.opening.record.format(result);
  }

  fail(error: unknown): OperationFailed {
    return new OperationFailed(this.opening.record.formatAll([error]), { cause: error });
  }

  release(): void {
    const { giveBack, record, request } = this.opening;
    this.isOver = true;
    this.forgetToken?.();
    giveBack();
    this.lane?.leave();
    this.calledOff?.abort();
    record.end();
    request.onEnd?.();
  }

  /** Only a stream lasts so long that its caller's token may end. */
  endWithToken(results: OperationResults): void {
    if (this.lane === null) return;
    const { record, request } = this.opening;
    this.forgetToken = request.callers.follow({
      ended: () => {
        const errors = record.formatAll([tokenEnded()]);
        results.break(new OperationFailed(errors, { endsConnection: true }));
      },
    });
  }

  /** Made when it is asked for: of all who watch a job, polls ask one. */
  get signal(): AbortSignal {
    if (this.calledOff === null) {
      this.calledOff = new AbortController();
      if (this.isOver) this.calledOff.abort();
    }
    return this.calledOff.signal;
  }

  private argsFor(until: Until): ExecutionArgs {
    const { request, document } = this.opening;
    return {
      schema: this.parts.pipeline.schema,
      hideSuggestions: this.parts.pipeline.hideSuggestions,
      document,
      operationName: request.payload.operationName ?? null,
      variableValues: request.payload.variables ?? null,
      contextValue: this.contextFor(until),
    };
  }

  private contextFor(until: Until): GatewayContext {
    const { request, record } = this.opening;
    const { callers, requestId } = request;
    const { tally } = record;
    return createContext(this.parts.shared, { callers, requestId, tally, until });
  }
}

function tokenEnded(): GraphQLError {
  const message =
    'The token has ended; come again with a fresh one, and the cursor of the last event as after.';
  return new GraphQLError(message, { extensions: { code: 'UNAUTHENTICATED' } });
}

/** What the log and the metrics are told of one operation. */
class OperationRecord {
  readonly tally = { upstreamCalls: 0 };
  type: OperationTypeNode | 'none' = 'none';
  private readonly startedMs: number;
  private readonly errorCodes: unknown[] = [];

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
      if (this.errorCodes.length < mostNotedCodes) this.errorCodes.push(extensions?.['code']);
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
      ...this.tally,
    });
  }
}

function tooManySubscriptions({ limit }: Seats<CallerKey>): GraphQLError {
  const message = `A caller has at most ${String(limit)} subscriptions at once.`;
  return new GraphQLError(message, { extensions: { code: 'RATE_LIMITED' } });
}
