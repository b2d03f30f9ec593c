import type { ExecutionResult, FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
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
 * `release` runs once, at the end or when the reader leaves. Written flat, for there are as many of these waiting as
 * there are subscribers.
 */
export class OperationResults implements AsyncIterableIterator<FormattedExecutionResult> {
  private stream: EventStream | null = null;
  private isOver = false;
  private failure: OperationFailed | null = null;

  constructor(private readonly hooks: OperationHooks) {}

  async next(): Promise<Step> {
    try {
      if (this.isOver) return this.over();
      if (this.stream === null) {
        const started = await this.hooks.start();
        if (!('events' in started)) return this.only(started);
        this.stream = started;
        if (this.hasLeft()) {
          await started.events.return?.();
          return this.over();
        }
      }
      const { events } = this.stream;
      const step = await events.next();
      if (step.done === true) this.end();
      if (this.hasLeft()) return this.over();
      const result = this.stream.resultOf(step.value);
      const settled = result instanceof Promise ? await result : result;
      return this.hasLeft() ? this.over() : { done: false, value: this.hooks.format(settled) };
    } catch (error) {
      if (error instanceof OperationFailed) throw error;
      if (this.hasLeft()) return this.over();
      const failure = this.hooks.fail(error);
      this.end();
      await this.stream?.events.return?.();
      throw failure;
    }
  }

  /** True once nothing more will come, also right after the last result where that is known. */
  get hasEnded(): boolean {
    return this.isOver;
  }

  /** Ends it by this failure, which the reader meets next. */
  break(failure: OperationFailed): void {
    if (this.isOver) return;
    this.failure = failure;
    this.end();
    void this.stream?.events.return?.();
  }

  /** Calls the operation off. */
  async return(): Promise<Step> {
    this.end();
    await this.stream?.events.return?.();
    return done;
  }

  async throw(error: unknown): Promise<Step> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private only(result: ExecutionResult): Step {
    if (this.hasLeft()) return this.over();
    // What is told of a query's errors belongs to its line in the log: formatted before it is written.
    const value = this.hooks.format(result);
    this.end();
    return { done: false, value };
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
    return this.isOver;
  }

  private end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.hooks.release();
  }
}
