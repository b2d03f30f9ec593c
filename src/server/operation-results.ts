import type { ExecutionResult, FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import { TakenStream, toTakenStream } from '../lib/taken-stream';
import type { StreamReader } from '../lib/taken-stream';
import type { EventStream } from './pipeline';

/** An operation ended for a fault, in the words that its client is told. */
export class OperationFailed extends Error {
  constructor(
    readonly errors: readonly GraphQLFormattedError[],
    options: ErrorOptions & {
      /** True: nothing is wrong with the operation, but whoever asked may not go on. */
      readonly endsConnection?: boolean;
    } = {},
  ) {
    super(errors[0]?.message ?? 'The operation failed', options);
    this.endsConnection = options.endsConnection ?? false;
  }

  readonly endsConnection: boolean;
}

const texts = new WeakMap<FormattedExecutionResult, string>();

/** The JSON of a result, made once for all who are told the very same. */
export function jsonOf(result: FormattedExecutionResult): string {
  let text = texts.get(result);
  if (text === undefined) {
    text = JSON.stringify(result);
    texts.set(result, text);
  }
  return text;
}

type Step = IteratorResult<FormattedExecutionResult, undefined>;
const done: Step = { done: true, value: undefined };

/** What an operation is, besides the reading of its results. */
export interface OperationHooks {
  start(): Promise<ExecutionResult | EventStream>;
  format(result: ExecutionResult): FormattedExecutionResult;
  fail(error: unknown): OperationFailed;
  release(): void;
}

/**
 * The results of one operation, formatted: one of a query, many of a subscription. Nothing runs before the first read;
 * `release` runs once, at the end or when the reader leaves. There are as many of these waiting as there are subscribers.
 */
export class OperationResults extends TakenStream<FormattedExecutionResult> implements StreamReader {
  private phase: 'new' | 'waiting' | 'open' | 'over' = 'new';
  private stream: EventStream | null = null;
  private events: TakenStream<unknown> | null = null;
  private settled: ExecutionResult | null = null;
  private failure: OperationFailed | null = null;

  constructor(private readonly hooks: OperationHooks) {
    super();
  }

  readable(): void {
    if (this.phase === 'open') this.tell();
  }

  take(): Step | null {
    if (this.phase === 'new') this.start();
    if (this.phase === 'over') return this.over();
    try {
      return this.phase === 'open' ? this.result() : null;
    } catch (error) {
      this.fail(error);
      return this.over();
    }
  }

  /** True once nothing more will come, also right after the last result where that is known. */
  get hasEnded(): boolean {
    return this.hasLeft();
  }

  /** Ends it by this failure, which the reader meets next. */
  break(failure: OperationFailed): void {
    if (this.hasLeft()) return;
    this.failure = failure;
    this.end();
    void this.events?.return();
    this.tell();
  }

  /** Calls the operation off. */
  async return(): Promise<Step> {
    this.end();
    await this.events?.return();
    this.tell();
    return done;
  }

  private start(): void {
    this.phase = 'waiting';
    this.hooks.start().then(
      (started) => {
        this.begin(started);
      },
      (error: unknown) => {
        this.fail(error);
        this.tell();
      },
    );
  }

  private begin(started: ExecutionResult | EventStream): void {
    if (isStream(started)) {
      const events = toTakenStream(started.events);
      if (this.hasLeft()) {
        void events.return();
        return;
      }
      this.stream = started;
      this.events = events;
      events.reader = this;
    } else if (this.hasLeft()) return;
    else this.settled = started;
    this.phase = 'open';
    this.tell();
  }

  /** The next one, where it is there; null: it is not. */
  private result(): Step | null {
    const { settled, events, stream } = this;
    if (settled !== null) return this.format(settled);
    const step = events?.take() ?? null;
    if (step === null || stream === null) return null;
    if (step.done === true) {
      this.end();
      return done;
    }
    const result = stream.resultOf(step.value);
    if (!(result instanceof Promise)) return this.format(result);
    this.phase = 'waiting';
    whenSettled(result, this);
    return null;
  }

  /** What an event came to that had to be waited for. */
  settle(outcome: Outcome): void {
    if (this.hasLeft()) return;
    this.phase = 'open';
    if ('error' in outcome) this.fail(outcome.error);
    else this.settled = outcome.result;
    this.tell();
  }

  private format(result: ExecutionResult): Step {
    this.settled = null;
    // What is told of a query's errors belongs to its line in the log: formatted before it is written.
    const value = this.hooks.format(result);
    if (this.events === null) this.end();
    return { done: false, value };
  }

  /** Nobody is told of the faults of what he called off. */
  private fail(error: unknown): void {
    if (this.hasLeft()) return;
    this.failure = error instanceof OperationFailed ? error : this.hooks.fail(error);
    this.end();
    void this.events?.return();
  }

  /** The failure is thrown once; who reads on finds the end. */
  private over(): Step {
    const { failure } = this;
    this.failure = null;
    if (failure !== null) throw failure;
    return done;
  }

  /** Asked after each wait: the reader may have left meanwhile. */
  private hasLeft(): boolean {
    return this.phase === 'over';
  }

  private end(): void {
    if (this.hasLeft()) return;
    this.phase = 'over';
    this.settled = null;
    this.hooks.release();
  }
}

function isStream(started: ExecutionResult | EventStream): started is EventStream {
  return 'events' in started;
}

type Outcome = { readonly result: ExecutionResult } | { readonly error: unknown };

const awaited = new WeakMap<Promise<ExecutionResult>, OperationResults[]>();

/** Of the thousands who wait for one execution, only the first waits by a promise of his own. */
function whenSettled(result: Promise<ExecutionResult>, waiting: OperationResults): void {
  const others = awaited.get(result);
  if (others !== undefined) {
    others.push(waiting);
    return;
  }
  const all = [waiting];
  awaited.set(result, all);
  const settle = (outcome: Outcome): void => {
    awaited.delete(result);
    for (const one of all) one.settle(outcome);
  };
  result.then(
    (settled) => {
      settle({ result: settled });
    },
    (error: unknown) => {
      settle({ error });
    },
  );
}
