import type { Caller } from '../datasources/caller';
import type { CallerListener, Callers } from '../resolvers/context';
import { endOfCaller } from '../resolvers/token-end';
import { whenEnded } from './when-ended';

/** Who speaks on a connection, for as long as it lasts; he may send a fresh token, or has to leave when his ends. */
export interface LiveCaller extends Callers {
  /** From now on he speaks with this one. */
  renew(caller: Caller): void;
  /** Nobody listens any more. */
  close(): void;
}

/** A token is announced to end this long before, in ms … */
const announceMs = 60_000;
/** … unless it has less than this left at all: then while a third of that is left. */
const shortLifeMs = 120_000;

export function createLiveCaller(first: Caller, wallClock: () => Date): LiveCaller {
  return new SpeakingCaller(first, wallClock);
}

/** Tells of the end of a caller's token in time, and of a fresh one. Counts by the monotonic clock from now on. */
class SpeakingCaller implements LiveCaller {
  /** Two, as a rule; a set, or the room for 17 that `push` and spreads make, would be held for each socket. */
  private listeners: readonly CallerListener[] = [];
  private isExpiring = false;
  /** Null where the token does not end. */
  private forget: (() => void) | null = null;

  constructor(
    private caller: Caller,
    private readonly wallClock: () => Date,
  ) {
    this.begin();
  }

  current(): Caller {
    return this.caller;
  }

  follow(listener: CallerListener): () => void {
    this.listeners = this.listeners.concat([listener]);
    if (this.isExpiring) listener.expiring?.();
    return () => {
      this.leave(listener);
    };
  }

  leave(listener: CallerListener): void {
    this.listeners = this.listeners.filter((one) => one !== listener);
  }

  renew(fresh: Caller): void {
    this.forget?.();
    this.caller = fresh;
    this.begin();
    this.tell('renewed');
  }

  close(): void {
    this.forget?.();
    this.listeners = [];
  }

  private begin(): void {
    this.isExpiring = false;
    this.forget = null;
    const end = endOfCaller(this.caller);
    if (end === null) return;
    const leftMs = end.getTime() - this.wallClock().getTime();
    const leadMs = leftMs < shortLifeMs ? leftMs / 3 : announceMs;
    const forgetAnnouncement = whenEnded(leftMs - leadMs, () => {
      this.isExpiring = true;
      this.tell('expiring');
    });
    const forgetEnd = whenEnded(leftMs, () => this.tell('ended'));
    this.forget = () => {
      forgetAnnouncement();
      forgetEnd();
    };
  }

  private tell(what: keyof CallerListener): void {
    for (const listener of this.listeners) listener[what]?.();
  }
}

/** Of an operation that is over before anything about its caller can change. */
export function unchanging(caller: Caller): Callers {
  return { current: () => caller, follow: () => () => undefined, leave: () => undefined };
}
