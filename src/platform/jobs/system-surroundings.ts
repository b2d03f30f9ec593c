import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as startTimer } from 'node:timers';
import type { IdSource, Timers } from './surroundings';

export const randomIds: IdSource = { uuid: () => randomUUID(), hex24: () => randomBytes(12).toString('hex') };

/** Node's timers; they keep no process alive. */
export const systemTimers: Timers = {
  after(delayMs, call) {
    const timer = startTimer(call, delayMs).unref();
    return () => clearTimeout(timer);
  },
};
