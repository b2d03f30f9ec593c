import { TakenStream } from '../lib/taken-stream';

export interface ChangeStreamHooks<Change> {
  /** With the first read. */
  start(stream: ChangeStream<Change>): void;
  /** Exactly once, at the end or when the reader leaves. */
  release(stream: ChangeStream<Change>): void;
  replaces(next: Change, unread: Change): boolean;
}

/**
 * What one subscriber has yet to read. What it was too slow to read gives way to the next where that replaces it (a
 * progress, as a rule); anything else waits for it.
 */
export class ChangeStream<Change> extends TakenStream<Change> {
  /** Null while nothing waits: an array would be held for each who does. */
  private queue: Change[] | null = null;
  private ending: Ending | null = null;
  private isStarted = false;

  constructor(private readonly hooks: ChangeStreamHooks<Change>) {
    super();
  }

  get isOpen(): boolean {
    return this.ending === null;
  }

  push(change: Change): void {
    if (this.ending !== null) return;
    if (this.queue === null) this.queue = [change];
    else {
      const unread = this.queue.at(-1);
      if (unread !== undefined && this.hooks.replaces(change, unread)) this.queue.pop();
      this.queue.push(change);
    }
    this.tell();
  }

  /** Ends the stream behind what is queued: it completes, or throws the error. */
  end(error?: Error): void {
    if (this.ending !== null) return;
    this.ending = error === undefined ? complete : { error };
    this.hooks.release(this);
    this.tell();
  }

  take(): IteratorResult<Change, undefined> | null {
    if (!this.isStarted) {
      this.isStarted = true;
      if (this.ending === null) this.hooks.start(this);
    }
    if (this.queue !== null) {
      const value = this.queue.shift() as Change;
      if (this.queue.length === 0) this.queue = null;
      return { done: false, value };
    }
    if (this.ending === null) return null;
    // The error is thrown once; who reads on finds the end.
    const { error } = this.ending;
    this.ending = complete;
    if (error !== undefined) throw error;
    return { done: true, value: undefined };
  }

  /** The reader leaves: everything that is held for it goes at once. */
  return(): Promise<IteratorResult<Change, undefined>> {
    this.queue = null;
    this.end();
    this.ending = complete;
    return Promise.resolve({ done: true, value: undefined });
  }
}

interface Ending {
  readonly error: Error | undefined;
}

const complete: Ending = { error: undefined };
