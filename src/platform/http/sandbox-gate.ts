import type { ServerResponse } from 'node:http';
import type { Tenant } from '../records';
import type { Timers } from '../jobs/surroundings';
import { Refusal } from './refusal';

const retrySeconds = 1;

/** Counts the requests of each sandbox that are being answered, so that one can be emptied while none of its own is. */
export class SandboxGate {
  readonly #timers: Timers;
  readonly #open = new Map<string, number>();
  readonly #closed = new Map<string, () => void>();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Lets a request in until its answer has ended, however it ends. @throws Refusal 503 while the sandbox is closed. */
  enter(tenant: Tenant, answer: ServerResponse): void {
    const key = keyOf(tenant);
    if (this.#closed.has(key)) throw busy('The sandbox is being emptied.');
    this.#open.set(key, (this.#open.get(key) ?? 0) + 1);
    answer.once('close', () => this.#leave(key));
  }

  /**
   * Lets nobody in while the work goes on, which begins when the last request has ended.
   * @throws Refusal 503 where the sandbox is closed already, or its requests do not end in time.
   */
  async whileClosed<T>(tenant: Tenant, waitMs: number, work: () => Promise<T>): Promise<T> {
    const key = keyOf(tenant);
    if (this.#closed.has(key)) throw busy('The sandbox is being emptied.');
    try {
      await this.#untilEmpty(key, waitMs);
      return await work();
    } finally {
      this.#closed.delete(key);
    }
  }

  #untilEmpty(key: string, waitMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const callOff = this.#timers.after(waitMs, () =>
        reject(busy('Requests of the sandbox are still being answered.')),
      );
      const pass = (): void => {
        callOff();
        resolve();
      };
      this.#closed.set(key, pass);
      if (!this.#open.has(key)) pass();
    });
  }

  #leave(key: string): void {
    const left = (this.#open.get(key) ?? 1) - 1;
    if (left > 0) {
      this.#open.set(key, left);
      return;
    }
    this.#open.delete(key);
    this.#closed.get(key)?.();
  }
}

function busy(reason: string): Refusal {
  return new Refusal({
    status: 503,
    code: 'SERVICE_UNAVAILABLE',
    message: `${reason} Try again in a moment.`,
    headers: { 'retry-after': String(retrySeconds) },
  });
}

function keyOf({ orgId, sandbox }: Tenant): string {
  return `${orgId} ${sandbox}`;
}
