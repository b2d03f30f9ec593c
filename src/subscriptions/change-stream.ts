/**
 * What one subscriber has yet to read. What it was too slow to read gives way to the next where that replaces it (a
 * progress, as a rule); anything else waits for it.
 */
export class ChangeStream<Change> implements AsyncIterableIterator<Change> {
  private readonly queue: Change[] = [];
  private readers: readonly PendingRead<Change>[] = [];
  private ending: Ending | null = null;
  private isStarted = false;

  constructor(
    /** `start` runs with the first read; `release` exactly once, at the end or when the reader leaves. */
    private readonly hooks: {
      start(stream: ChangeStream<Change>): void;
      release(stream: ChangeStream<Change>): void;
      replaces(next: Change, unread: Change): boolean;
    },
  ) {}

  get isOpen(): boolean {
    return this.ending === null;
  }

  push(change: Change): void {
    if (this.ending !== null) return;
    const [reader, ...others] = this.readers;
    if (reader !== undefined) {
      this.readers = others;
      reader.resolve({ done: false, value: change });
      return;
    }
    const unread = this.queue.at(-1);
    if (unread !== undefined && this.hooks.replaces(change, unread)) this.queue.pop();
    this.queue.push(change);
  }

  /** Ends the stream behind what is queued: it completes, or throws the error. */
  end(error?: Error): void {
    if (this.ending !== null) return;
    this.ending = { error };
    this.hooks.release(this);
    const { readers } = this;
    this.readers = [];
    for (const reader of readers) this.settle(reader);
  }

  next(): Promise<IteratorResult<Change>> {
    if (!this.isStarted) {
      this.isStarted = true;
      if (this.ending === null) this.hooks.start(this);
    }
    const change = this.queue.shift();
    if (change !== undefined) return Promise.resolve({ done: false, value: change });
    return new Promise((resolve, reject) => {
      const reader = { resolve, reject };
      // There is one, as a rule; `push` would make room for 17.
      if (this.ending === null) this.readers = [...this.readers, reader];
      else this.settle(reader);
    });
  }

  /** The reader leaves: everything that is held for it goes at once. */
  return(): Promise<IteratorResult<Change>> {
    this.queue.length = 0;
    this.end();
    this.ending = { error: undefined };
    return Promise.resolve({ done: true, value: undefined });
  }

  async throw(error: unknown): Promise<IteratorResult<Change>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The error is thrown once; who reads on finds the end. */
  private settle(reader: PendingRead<Change>): void {
    const error = this.ending?.error;
    this.ending = { error: undefined };
    if (error === undefined) reader.resolve({ done: true, value: undefined });
    else reader.reject(error);
  }
}

interface PendingRead<Change> {
  resolve(result: IteratorResult<Change>): void;
  reject(error: Error): void;
}

interface Ending {
  readonly error: Error | undefined;
}
