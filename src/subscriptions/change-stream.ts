import { ReadsTooSlowly } from '../errors/reads-too-slowly';
import { TakenStream } from '../lib/taken-stream';
import { UnreadChanges } from './unread-changes';
import type { UnreadRules } from './unread-changes';

export interface ChangeStreamHooks<Change> extends UnreadRules<Change> {
  /** With the first read. */
  start(stream: ChangeStream<Change>): void;
  /** Exactly once, at the end or when the reader leaves. */
  release(stream: ChangeStream<Change>): void;
  /** True for what is told even to one for whom everything else that waited was dropped. */
  isKept(change: Change): boolean;
  /**
   * He was too slow, and what waited for him was dropped. Pushes how things stand, now that he reads again or the stream
   * ends.
   *
   * @param kept of what was dropped, in its order.
   */
  tellAnew(stream: ChangeStream<Change>, kept: readonly Change[]): void;
}

/** What may wait for one reader, unless what he begins with is nearly as much. */
const maxUnread = 1_000;
/** Of what is told in any case. */
const maxKept = 10_000;

/**
 * What one subscriber has yet to read. What he was too slow to read gives way to the next where that replaces it (a
 * progress, as a rule); anything else waits for him. Where too much waits it is dropped, and how things stand is told anew
 * once he reads: nothing is held for him meanwhile but what is kept in any case.
 */
export class ChangeStream<Change> extends TakenStream<Change> {
  /** What waits, where it is one: it costs nothing beside itself, for as a rule thousands have the same one. */
  private only: Change | null = null;
  /** Null while less than two wait. */
  private unread: UnreadChanges<Change> | null = null;
  /** Since too much has waited. */
  private kept: Change[] | null = null;
  private limit = maxUnread;
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
    if (this.kept === null) this.add(change);
    else this.keep(this.kept, change);
    if (this.unread !== null && this.unread.size > this.limit) this.drop(this.unread);
    this.tell();
  }

  /** What he begins with, or begins anew: it comes in one go, however much it is. */
  pushAll(changes: readonly Change[]): void {
    if (this.ending !== null) return;
    for (const change of changes) this.add(change);
    this.limit = Math.max(maxUnread, 2 * (this.unread?.size ?? 0));
    this.tell();
  }

  /** Ends the stream behind what is queued: it completes, or throws the error. */
  end(error?: Error): void {
    if (this.ending !== null) return;
    this.tellAnew();
    this.ending = error === undefined ? complete : { error };
    this.hooks.release(this);
    this.tell();
  }

  take(): IteratorResult<Change, undefined> | null {
    if (!this.isStarted) {
      this.isStarted = true;
      if (this.ending === null) this.hooks.start(this);
    }
    this.tellAnew();
    const value = this.takeUnread();
    if (value !== null) return { done: false, value };
    if (this.ending === null) return null;
    // The error is thrown once; who reads on finds the end.
    const { error } = this.ending;
    this.ending = complete;
    if (error !== undefined) throw error;
    return { done: true, value: undefined };
  }

  /** The reader leaves: everything that is held for it goes at once. */
  return(): Promise<IteratorResult<Change, undefined>> {
    this.only = null;
    this.unread = null;
    this.kept = null;
    this.end();
    this.ending = complete;
    return Promise.resolve({ done: true, value: undefined });
  }

  private add(change: Change): void {
    if (this.unread === null && this.only === null) {
      this.only = change;
      return;
    }
    this.unread ??= new UnreadChanges(this.only as Change);
    this.only = null;
    this.unread.add(change, this.hooks);
  }

  private takeUnread(): Change | null {
    const { only, unread } = this;
    this.only = null;
    if (unread === null) return only;
    const value = unread.take();
    if (unread.size === 0) this.unread = null;
    return value;
  }

  private drop(unread: UnreadChanges<Change>): void {
    this.unread = null;
    this.kept = unread.filter((change) => this.hooks.isKept(change));
  }

  private keep(kept: Change[], change: Change): void {
    if (!this.hooks.isKept(change)) return;
    kept.push(change);
    if (kept.length <= maxKept) return;
    this.kept = null;
    this.end(new ReadsTooSlowly());
  }

  private tellAnew(): void {
    const { kept } = this;
    this.kept = null;
    if (kept !== null) this.hooks.tellAnew(this, kept);
  }
}

interface Ending {
  readonly error: Error | undefined;
}

const complete: Ending = { error: undefined };
