/** One who asks for a read. */
export interface ReadRequest<T> {
  /** Whose writes end the sharing. */
  readonly orgId: string;
  /** Equal for reads that ask the same for the same caller, and only for them. */
  readonly key: string;
  /** Sent upstream by whoever comes first. */
  readonly requestId: string;
  readonly signal: AbortSignal;
  /** Does it; the signal fires when nobody waits any more. */
  readonly start: (signal: AbortSignal) => Promise<T>;
  /** What to fail with when `signal` fires. */
  readonly abandoned: () => Error;
}

/** Told of a read that was answered by another one's call. */
export type OnJoined = (joined: { readonly requestId: string; readonly answeredBy: string }) => void;

/**
 * Identical reads in flight run once; the answer, or the error, is everybody's. Nothing is kept once it is there.
 *
 * Who leaves does not end the others' call; the last to leave does. After a write of the org no read joins one that had
 * begun before, for that may show how things were.
 */
export class SharedReads<T> {
  /** By org, then by key; only what is in flight and may be joined. */
  private readonly byOrg = new Map<string, Map<string, SharedRead<T>>>();

  constructor(private readonly onJoined?: OnJoined) {}

  read(request: ReadRequest<T>): Promise<T> {
    if (request.signal.aborted) return Promise.reject(request.abandoned());
    const running = this.byOrg.get(request.orgId)?.get(request.key);
    if (running === undefined) return wait(this.begin(request), request);
    this.onJoined?.({ requestId: request.requestId, answeredBy: running.requestId });
    return wait(running, request);
  }

  /** From here on nobody joins a read of this org that has begun. To be called when a write begins and when it ends. */
  startAnew(orgId: string): void {
    this.byOrg.delete(orgId);
  }

  private begin({ orgId, key, requestId, start }: ReadRequest<T>): SharedRead<T> {
    const reads = this.byOrg.get(orgId) ?? new Map<string, SharedRead<T>>();
    this.byOrg.set(orgId, reads);
    const controller = new AbortController();
    const forget = (): void => {
      if (reads.get(key) === read) reads.delete(key);
      if (reads.size === 0 && this.byOrg.get(orgId) === reads) this.byOrg.delete(orgId);
    };
    const read: SharedRead<T> = {
      requestId,
      waiterCount: 0,
      answer: start(controller.signal).finally(forget),
      cancel: () => {
        // At once, not when the call has noticed: whoever comes next must not join what has been given up.
        forget();
        controller.abort();
      },
    };
    reads.set(key, read);
    return read;
  }
}

interface SharedRead<T> {
  /** Of the first. */
  readonly requestId: string;
  readonly answer: Promise<T>;
  waiterCount: number;
  cancel(): void;
}

function wait<T>(read: SharedRead<T>, { signal, abandoned }: ReadRequest<T>): Promise<T> {
  read.waiterCount += 1;
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      read.waiterCount -= 1;
      if (read.waiterCount === 0) read.cancel();
      reject(abandoned());
    };
    signal.addEventListener('abort', leave, { once: true });
    const stay = (): void => signal.removeEventListener('abort', leave);
    read.answer.then(
      (answer) => {
        stay();
        resolve(answer);
      },
      (error: unknown) => {
        stay();
        reject(error instanceof Error ? error : new Error('Something that is no Error was thrown'));
      },
    );
  });
}
