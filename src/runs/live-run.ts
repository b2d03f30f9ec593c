import { SharedStateUnavailable } from '../errors/gateway-state-error';
import { invariant } from '../lib/assert';
import { hasEnded } from '../state/audience-run';
import type { AudienceRunRecord } from '../state/audience-run';
import type { AudienceRunRepository, OwnedProduct } from '../state/audience-runs';
import type { RunView, RunWait } from './audience-runs';
import type { RunCredentials } from './run-credentials';

export interface LiveRunParts {
  readonly repository: AudienceRunRepository;
  readonly clock: () => Date;
  /** Null where no other replica can take the run. */
  readonly lease: RunLeaseParts | null;
}

/** What a run that several replicas may drive wants to know. */
export interface RunLeaseParts {
  /** False where another replica may have taken it. */
  mayDrive(): boolean;
  /** The run as it stands in the state; null where another replica has taken it. */
  readOwn(): Promise<AudienceRunRecord | null>;
}

/** Another replica drives the run; nothing more may be done for it here. */
export class RunLost extends Error {}

/** A run that this process drives: its record, which is changed here alone, and who listens to it. */
export class LiveRun {
  private saved: AudienceRunRecord;
  private wait: RunWait | null = null;
  private lastSave: Promise<unknown> = Promise.resolve();
  private readonly listeners = new Set<() => void>();
  private readonly cancelling = new AbortController();
  private readonly losing = new AbortController();
  /** What was written last was not acknowledged. */
  private isUncertain = false;

  constructor(
    private readonly parts: LiveRunParts,
    record: AudienceRunRecord,
    readonly credentials: RunCredentials,
  ) {
    this.saved = record;
    if (record.status === 'CANCELLING') this.cancelling.abort();
  }

  get record(): AudienceRunRecord {
    return this.saved;
  }

  get view(): RunView {
    return { record: this.saved, waitingFor: hasEnded(this.saved) ? null : this.wait };
  }

  /** Fires when somebody cancels the run. */
  get cancelled(): AbortSignal {
    return this.cancelling.signal;
  }

  /** Fires when another replica may drive the run. */
  get lost(): AbortSignal {
    return this.losing.signal;
  }

  /** Asked at the last moment before something is made: the process may have stood still since the signal could fire. */
  get mayDrive(): boolean {
    return !this.losing.signal.aborted && (this.parts.lease?.mayDrive() ?? true);
  }

  lose(): void {
    this.losing.abort();
  }

  /**
   * Takes in what another replica has changed: a cancellation.
   *
   * @throws RunLost
   */
  refresh(): Promise<void> {
    const result = this.lastSave.then(() => this.reload());
    this.lastSave = result.catch(() => undefined);
    return result;
  }

  /** Where it is not known whether the last change was written: looks. */
  async settle(): Promise<void> {
    if (this.isUncertain) await this.refresh();
  }

  /**
   * Changes the run, one change after the other: each sees what the one before it has made, so that a cancellation and
   * the end of the run cannot both win. It is on disk when the promise resolves.
   *
   * @param change answers what it was given where there is nothing to change.
   * @returns `taken` where the product belongs to another run; nothing has changed then.
   * @throws RunLost where another replica has taken the run.
   */
  update(
    change: (record: AudienceRunRecord) => AudienceRunRecord,
    product?: OwnedProduct,
  ): Promise<'saved' | 'taken'> {
    const result = this.lastSave.then(() => this.save(change, product));
    this.lastSave = result.catch(() => undefined);
    return result;
  }

  /** Says what the run rests for. */
  waitFor(wait: RunWait | null): void {
    if (this.wait === wait) return;
    this.wait = wait;
    this.tell();
  }

  /** @returns what ends the listening. */
  listen(onChange: () => void): () => void {
    this.listeners.add(onChange);
    return () => void this.listeners.delete(onChange);
  }

  private async save(
    change: (record: AudienceRunRecord) => AudienceRunRecord,
    product: OwnedProduct | undefined,
  ): Promise<'saved' | 'taken'> {
    for (;;) {
      if (this.isUncertain) await this.reload();
      const changed = change(this.saved);
      if (changed === this.saved) return 'saved';
      const next = { ...changed, version: this.saved.version + 1, updatedAt: this.parts.clock() };
      const outcome = await this.write(next, product);
      if (outcome === 'taken') return outcome;
      if (outcome === 'saved') {
        this.become(next);
        return outcome;
      }
      // Somebody at another replica has cancelled it, say: the change is made over that.
      invariant(this.parts.lease !== null, `run ${next.id} is driven by one process`);
      await this.reload();
    }
  }

  private async write(
    next: AudienceRunRecord,
    product: OwnedProduct | undefined,
  ): ReturnType<AudienceRunRepository['save']> {
    try {
      return await this.parts.repository.save(next, product);
    } catch (error) {
      if (error instanceof SharedStateUnavailable) this.isUncertain = true;
      throw error;
    }
  }

  private async reload(): Promise<void> {
    if (this.parts.lease === null) return;
    const record = await this.parts.lease.readOwn();
    if (record === null) {
      this.lose();
      throw new RunLost(`Another replica drives run ${this.saved.id}`);
    }
    this.isUncertain = false;
    if (record.version !== this.saved.version) this.become(record);
  }

  private become(record: AudienceRunRecord): void {
    this.saved = record;
    if (record.status === 'CANCELLING') this.cancelling.abort();
    this.tell();
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
