import { GraphQLError, OperationTypeNode, getOperationAST } from 'graphql';
import type {
  DocumentNode,
  ExecutionArgs,
  ExecutionResult,
  FormattedExecutionResult,
  GraphQLFormattedError,
} from 'graphql';
import type { Caller, CallerKey } from '../datasources/caller';
import type { GatewayContext } from '../resolvers/context';
import type { Transport } from '../telemetry/metrics';
import { createContext } from './context';
import type { SharedParts } from './context';
import { formatError } from './format-error';
import { Lanes } from './lanes';
import { noteOperation } from './operation-log';
import { OperationFailed, OperationResults } from './operation-results';
import { prepare } from './pipeline';
import type { EachEvent, Pipeline } from './pipeline';
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
  readonly caller: Caller;
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
      type === OperationTypeNode.SUBSCRIPTION ? seats.take(request.caller.key) : () => undefined;
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
  const { request, record, type, document, run, giveBack, lanes } = opening;
  const { caller, payload, transport } = request;
  const calledOff = new AbortController();
  const { signal } = calledOff;
  const isStream = type === OperationTypeNode.SUBSCRIPTION;
  const lane = isStream
    ? lanes.join({
        document,
        operationName: payload.operationName,
        variables: payload.variables,
        callerKey: caller.key,
      })
    : null;
  const contextUntil = (until: AbortSignal): GatewayContext =>
    createContext(parts.shared, {
      caller,
      requestId: request.requestId,
      signal: until,
      tally: record.tally,
    });
  const argsWith = (contextValue: GatewayContext): ExecutionArgs => ({
    schema: parts.pipeline.schema,
    hideSuggestions: parts.pipeline.hideSuggestions,
    document,
    operationName: payload.operationName ?? null,
    variableValues: payload.variables ?? null,
    contextValue,
  });
  const start = (): ReturnType<typeof run.subscribe> => {
    if (lane === null) {
      const deadline = AbortSignal.timeout(operationDeadlineMs);
      return run.execute(argsWith(contextUntil(AbortSignal.any([signal, deadline]))), transport);
    }
    // A context for each event: what an event has cached would be shown with the next.
    const each: EachEvent = (event, execute) =>
      lane.resultOf(event as object, () => execute(contextUntil(lane.signal)));
    return run.subscribe(argsWith(contextUntil(signal)), transport, each);
  };
  return new OperationResults({
    start,
    format: (result) => record.format(result),
    fail: (error) => new OperationFailed(record.formatAll([error]), { cause: error }),
    release: () => {
      giveBack();
      lane?.leave();
      calledOff.abort();
      record.end();
      request.onEnd?.();
    },
  });
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
