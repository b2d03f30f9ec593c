import type { ExecutionResult, FormattedExecutionResult, GraphQLFormattedError } from 'graphql';

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

/**
 * The results of one operation, formatted: one of a query, many of a subscription. Nothing runs before the first read;
 * `release` runs once, at the end or when the reader leaves.
 */
export class OperationResults implements AsyncIterableIterator<FormattedExecutionResult> {
  private source: AsyncIterator<ExecutionResult> | null = null;
  private isOver = false;

  constructor(
    private readonly hooks: {
      start(): Promise<ExecutionResult | AsyncIterableIterator<ExecutionResult>>;
      format(result: ExecutionResult): FormattedExecutionResult;
      fail(error: unknown): OperationFailed;
      release(): void;
    },
  ) {}

  async next(): Promise<Step> {
    if (this.isOver) return done;
    try {
      const { value, isLast } = await this.read();
      if (this.hasLeft()) return done;
      // What is told of a query's errors belongs to its line in the log: formatted before it is written.
      const formatted = value === null ? null : this.hooks.format(value);
      if (isLast) this.end();
      return formatted === null ? done : { done: false, value: formatted };
    } catch (error) {
      if (this.hasLeft()) return done;
      const failure = this.hooks.fail(error);
      this.end();
      throw failure;
    }
  }

  /** Calls the operation off. */
  async return(): Promise<Step> {
    this.end();
    await this.source?.return?.();
    return done;
  }

  async throw(error: unknown): Promise<Step> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private async read(): Promise<{ readonly value: ExecutionResult | null; readonly isLast: boolean }> {
    if (this.source === null) {
      const started = await this.hooks.start();
      if (!(Symbol.asyncIterator in started)) return { value: started, isLast: true };
      this.source = started[Symbol.asyncIterator]();
      if (this.hasLeft()) {
        await this.source.return?.();
        return { value: null, isLast: true };
      }
    }
    const step = await this.source.next();
    return step.done === true ? { value: null, isLast: true } : { value: step.value, isLast: false };
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
