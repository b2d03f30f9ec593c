/** Who reads a stream by taking: told that there may be something, in the middle of what brought it. */
export interface StreamReader {
  readable(): void;
}

type Step<Value> = IteratorResult<Value, undefined>;

interface PendingRead<Value> {
  resolve(step: Step<Value>): void;
  reject(error: unknown): void;
}

/**
 * A stream that is taken from when it says that there is something. Who waits holds nothing for it: no promise and no
 * suspended function, of which a chain of streams would have one each. It can be iterated, too.
 */
export abstract class TakenStream<Value> implements AsyncIterableIterator<Value, undefined> {
  /** Told when there may be something to take; only one reader, and none beside those who iterate. */
  reader: StreamReader | null = null;
  private reads: readonly PendingRead<Value>[] | null = null;
  private isTelling = false;
  private isToldAgain = false;

  /** What is there now, the end too; null: nothing yet. Throws what the stream ended with, once. The first take begins it. */
  abstract take(): Step<Value> | null;

  /** The reader leaves. */
  abstract return(): Promise<Step<Value>>;

  next(): Promise<Step<Value>> {
    if (this.reads === null) {
      try {
        const step = this.take();
        if (step !== null) return Promise.resolve(step);
      } catch (error) {
        return Promise.reject(asError(error));
      }
    }
    return new Promise((resolve, reject) => {
      // There is one, as a rule; `push` or a spread would make room for 17.
      this.reads = (this.reads ?? []).concat([{ resolve, reject }]);
    });
  }

  async throw(error: unknown): Promise<Step<Value>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** There may be something to take. */
  protected tell(): void {
    if (this.isTelling) this.isToldAgain = true;
    else if (this.reads === null) this.reader?.readable();
    else this.answerReads();
  }

  /** A take may begin what it takes from, which tells at once: what that brings is for the reads in their order. */
  private answerReads(): void {
    this.isTelling = true;
    for (let [read] = this.reads ?? []; read !== undefined; [read] = this.reads ?? []) {
      this.isToldAgain = false;
      try {
        const step = this.take();
        if (step !== null) read.resolve(step);
        else if (this.isToldAgain) continue;
        else break;
      } catch (error) {
        read.reject(error);
      }
      const others = this.reads?.slice(1) ?? [];
      this.reads = others.length === 0 ? null : others;
    }
    this.isTelling = false;
  }
}

/** Any stream as one that is taken from; what is taken is asked for only when the one before has been. */
export function toTakenStream<Value>(events: AsyncIterator<Value>): TakenStream<Value> {
  return events instanceof TakenStream ? (events as TakenStream<Value>) : new AwaitedStream(events);
}

class AwaitedStream<Value> extends TakenStream<Value> {
  private arrived: Step<Value> | { readonly error: unknown } | null = null;
  private isAsked = false;

  constructor(private readonly source: AsyncIterator<Value>) {
    super();
  }

  take(): Step<Value> | null {
    const { arrived } = this;
    if (arrived === null) {
      this.ask();
      return null;
    }
    this.arrived = null;
    if ('error' in arrived) throw asError(arrived.error);
    return arrived;
  }

  async return(): Promise<Step<Value>> {
    await this.source.return?.();
    return { done: true, value: undefined };
  }

  private ask(): void {
    if (this.isAsked) return;
    this.isAsked = true;
    const arrive = (arrived: NonNullable<typeof this.arrived>): void => {
      this.isAsked = false;
      this.arrived = arrived;
      this.tell();
    };
    this.source.next().then(
      (step) => arrive(step.done === true ? { done: true, value: undefined } : step),
      (error: unknown) => arrive({ error }),
    );
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('A stream failed', { cause: error });
}
