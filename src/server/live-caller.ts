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

/** Tells of the end of a caller's token in time, and of a fresh one. Counts by the monotonic clock from now on. */
export function createLiveCaller(first: Caller, wallClock: () => Date): LiveCaller {
  const listeners = new Set<CallerListener>();
  let caller = first;
  let isExpiring = false;
  let forget = (): void => undefined;
  const tell = (what: keyof CallerListener): void => {
    for (const listener of [...listeners]) listener[what]?.();
  };
  const begin = (): void => {
    isExpiring = false;
    const end = endOfCaller(caller);
    if (end === null) return;
    const leftMs = end.getTime() - wallClock().getTime();
    const leadMs = leftMs < shortLifeMs ? leftMs / 3 : announceMs;
    const forgetAnnouncement = whenEnded(leftMs - leadMs, () => {
      isExpiring = true;
      tell('expiring');
    });
    const forgetEnd = whenEnded(leftMs, () => tell('ended'));
    forget = () => {
      forgetAnnouncement();
      forgetEnd();
    };
  };
  begin();
  return {
    current: () => caller,
    follow: (listener) => {
      listeners.add(listener);
      if (isExpiring) listener.expiring?.();
      return () => listeners.delete(listener);
    },
    renew: (fresh) => {
      forget();
      caller = fresh;
      begin();
      tell('renewed');
    },
    close: () => {
      forget();
      listeners.clear();
    },
  };
}

/** Of an operation that is over before anything about its caller can change. */
export function unchanging(caller: Caller): Callers {
  return { current: () => caller, follow: () => () => undefined };
}
