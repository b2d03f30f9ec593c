/** What the platform takes from the outside, passed in so that a test can hold it still. */
export interface Surroundings {
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** Milliseconds since some moment, for waits: setting the clock does not touch them. */
  readonly monotonic: () => number;
  readonly ids: IdSource;
  readonly timers: Timers;
  readonly log: PlatformLog;
}

export interface IdSource {
  uuid(): string;
  /** 24 hex characters, as Catalog's ids are. */
  hex24(): string;
}

export interface Timers {
  /** Calls once after `delayMs`; answers how to call it off. */
  after(delayMs: number, call: () => void): () => void;
}

/** The part of pino that is used; fields never hold a token or a person's data. */
export interface PlatformLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export const silentLog: PlatformLog = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** Waits; ends early, with the signal's reason thrown, when the signal fires. */
export function rest(timers: Timers, delayMs: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (delayMs <= 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      callOff();
      reject(signal.reason as Error);
    };
    const callOff = timers.after(delayMs, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
