import type { Caller } from '../datasources/caller';
import type { AudienceRunRecord } from '../state/audience-run';
import type { RunView } from './audience-runs';

/** A run that can be listened to. */
export interface HeardRun {
  readonly record: AudienceRunRecord;
  readonly view: RunView;
  /** @returns what ends the listening. */
  listen(onChange: () => void): () => void;
}

/** Runs that subscribers of this replica follow, whichever replica drives them. */
export class FollowedRuns {
  private readonly byId = new Map<string, Set<FollowedRun>>();

  /** A run as one subscriber hears of it, from when he listens until he leaves. */
  follow(view: RunView, caller: Caller): HeardRun {
    return new FollowedRun(view, caller, this);
  }

  get ids(): readonly string[] {
    return [...this.byId.keys()];
  }

  /** Who is there for a run: it may go on with their credentials. */
  callersOf(id: string): readonly Caller[] {
    return [...(this.byId.get(id) ?? [])].map(({ caller }) => caller);
  }

  /** True where a subscriber has not heard of this yet. */
  lacks(
    id: string,
    { version, waitingFor }: { version: number; waitingFor: RunView['waitingFor'] },
  ): boolean {
    const followed = [...(this.byId.get(id) ?? [])];
    return followed.some(({ view }) => view.record.version < version || view.waitingFor !== waitingFor);
  }

  see(view: RunView): void {
    for (const followed of [...(this.byId.get(view.record.id) ?? [])]) followed.see(view);
  }

  add(followed: FollowedRun): void {
    const { id } = followed.record;
    const together = this.byId.get(id) ?? new Set();
    this.byId.set(id, together.add(followed));
  }

  remove(followed: FollowedRun): void {
    const { id } = followed.record;
    const together = this.byId.get(id);
    together?.delete(followed);
    if (together?.size === 0) this.byId.delete(id);
  }
}

class FollowedRun implements HeardRun {
  private tell = (): void => undefined;

  constructor(
    private seen: RunView,
    readonly caller: Caller,
    private readonly all: FollowedRuns,
  ) {}

  get record(): AudienceRunRecord {
    return this.seen.record;
  }

  get view(): RunView {
    return this.seen;
  }

  listen(onChange: () => void): () => void {
    this.tell = onChange;
    this.all.add(this);
    return () => this.all.remove(this);
  }

  /** What is older than what is known is left out: a look may come behind what the driver here has told. */
  see(view: RunView): void {
    const isOlder = view.record.version < this.seen.record.version;
    const isSame =
      view.record.version === this.seen.record.version && view.waitingFor === this.seen.waitingFor;
    if (isOlder || isSame) return;
    this.seen = view;
    this.tell();
  }
}
