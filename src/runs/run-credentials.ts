import type { Caller } from '../datasources/caller';
import { pause } from '../lib/timers';
import type { Timers } from '../lib/timers';

/** With whose credential a run goes on, and what he is to it. */
export interface Credential {
  readonly caller: Caller;
  /** `own`: the gateway's. A visitor may look at a run without being allowed to carry it on. */
  readonly role: 'starter' | 'visitor' | 'own';
}

/** How long the gateway's own credential rests after the upstream has refused it. */
const ownRestMs = 60_000;

/** The credentials that one run can go on with; in memory alone, and gone with it. */
export class RunCredentials {
  private attached: Credential | null;
  /** Of the last who came while another one was in use. */
  private spare: Credential | null = null;
  private isOwnResting = false;
  private readonly refusedKeys = new Set<string>();
  private wake = new AbortController();

  constructor(
    private readonly own: Caller | null,
    starter: Caller | null,
  ) {
    this.attached = starter === null ? null : { caller: starter, role: 'starter' };
  }

  /** Of callers whose credential was refused, for this run, and who need not be asked again. */
  get refused(): ReadonlySet<string> {
    return this.refusedKeys;
  }

  /** True where one will be at hand again by itself. */
  get hasOwn(): boolean {
    return this.own !== null;
  }

  /** Null where nobody's is at hand. */
  get current(): Credential | null {
    if (this.attached !== null) return this.attached;
    return this.own === null || this.isOwnResting ? null : { caller: this.own, role: 'own' };
  }

  /** Somebody with access to the org and sandbox of the run has come by. */
  offer(caller: Caller): void {
    const { current } = this;
    this.isOwnResting = false;
    if (current?.caller.key === caller.key) return;
    if (current === null) {
      this.attached = { caller, role: 'visitor' };
      this.wake.abort();
    } else {
      this.spare = { caller, role: 'visitor' };
    }
  }

  /** The upstream refuses this one. */
  drop({ caller, role }: Credential): void {
    if (role === 'own') this.isOwnResting = true;
    else this.refusedKeys.add(caller.key);
    if (this.attached?.caller.key === caller.key) this.attached = null;
    if (this.attached === null) [this.attached, this.spare] = [this.spare, null];
  }

  /** Until there is one to try; ends early where `signal` fires. */
  async wait(timers: Timers, signal: AbortSignal): Promise<void> {
    if (this.current !== null) return;
    this.wake = new AbortController();
    const either = AbortSignal.any([signal, this.wake.signal]);
    if (this.own === null) await untilAborted(either);
    else await pause(timers, ownRestMs, either);
    this.isOwnResting = false;
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
