import { invariant } from '../lib/assert';
import { hasEnded } from '../state/audience-run';
import type { AudienceRunRecord } from '../state/audience-run';
import type { AudienceRunRepository, OwnedProduct } from '../state/audience-runs';
import type { RunView, RunWait } from './audience-runs';
import type { RunCredentials } from './run-credentials';

export interface LiveRunParts {
  readonly repository: AudienceRunRepository;
  readonly clock: () => Date;
}

/** A run that this process drives: its record, which is changed here alone, and who listens to it. */
export class LiveRun {
  private saved: AudienceRunRecord;
  private wait: RunWait | null = null;
  private lastSave: Promise<unknown> = Promise.resolve();
  private readonly listeners = new Set<() => void>();
  private readonly cancelling = new AbortController();

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

  /**
   * Changes the run, one change after the other: each sees what the one before it has made, so that a cancellation and
   * the end of the run cannot both win. It is on disk when the promise resolves.
   *
   * @param change answers what it was given where there is nothing to change.
   * @returns `taken` where the product belongs to another run; nothing has changed then.
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
    const changed = change(this.saved);
    if (changed === this.saved) return 'saved';
    const next = { ...changed, version: this.saved.version + 1, updatedAt: this.parts.clock() };
    const outcome = await this.parts.repository.save(next, product);
    invariant(outcome !== 'stale', `run ${next.id} is driven by one process`);
    if (outcome === 'taken') return outcome;
    this.saved = next;
    if (next.status === 'CANCELLING') this.cancelling.abort();
    this.tell();
    return outcome;
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
