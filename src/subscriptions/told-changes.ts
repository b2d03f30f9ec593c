import { backboneLimits } from '../state/backbone/backbone';
import type { LogPosition } from '../state/backbone/backbone';
import { isCovered } from './ahead-of-log';
import type { JobCursor } from './job-cursor';
import { isNewerProgress } from './job-watchers';
import type { JobChange } from './job-watchers';
import { jobKey } from './subject';
import type { Sighting } from './subject';

/**
 * What the subscribers of a topic were told in this replica, and which log holds it where: logs may follow upon each other
 * as the backbone goes and comes. Bounded; of the progress of a job only the last is kept.
 */
export class ToldChanges {
  private items: Item[] = [];
  private toldCount = 0;
  /** Of the changes that had been told by then, none is kept. */
  private forgottenCount = 0;
  /** The one that goes on comes last. */
  private stretches: Stretch[] = [];
  private readonly replays = new WeakMap<JobChange, JobChange>();

  constructor(
    /** Names it among all that ever were: a place in it may be told by its count alone. */
    private readonly name: string,
  ) {}

  /** Behind the change that was told last, for one who comes back to this replica. */
  get place(): LogPosition {
    return { log: this.name, sequence: this.toldCount };
  }

  /** What was before is of no use to anybody who comes back. */
  beginAnew(): void {
    this.items = [];
    this.stretches = [];
    this.forgottenCount = this.toldCount;
  }

  /** A log that is followed from here on. Who knows it knows nothing of what was told here, until it comes to that. */
  follow(position: LogPosition): void {
    this.breakOff(position.log);
    this.goOn(position, this.forgottenCount);
  }

  /** All that this log holds up to there has been taken in. Where it was not followed before, it holds what was told. */
  followTo(position: LogPosition): void {
    this.goOn(position, this.toldCount);
  }

  private goOn({ log, sequence }: LogPosition, begunAt: number): void {
    const known = this.stretches.find((each) => each.log === log && each.isOpen);
    const stretch = known ?? { log, from: sequence, to: sequence, begunAt, isOpen: true };
    stretch.to = sequence;
    if (this.stretches.at(-1) === stretch) return;
    this.stretches = [...this.stretches.filter((each) => each !== stretch), stretch].slice(-maxStretches);
  }

  /** From here on that log does not hold all that is known here. */
  breakOff(log: string): void {
    for (const stretch of this.stretches) if (stretch.log === log) stretch.isOpen = false;
  }

  /** That log holds there what somebody has seen: who knows it has missed nothing that came before it. */
  reach(seen: Sighting, position: LogPosition): void {
    const key = jobKey(seen.watched);
    const own = this.items.filter((item) => item.key === key && placeIn(item, position.log) === undefined);
    const covered = isCovered(
      own.map(({ change }) => change.watched?.job.status ?? ''),
      seen.watched.job.status,
    );
    own.forEach((item, at) => {
      if (covered(at)) item.places.push(position);
    });
  }

  /** The next one is told: its place is `place` from now on. */
  count(): void {
    this.toldCount += 1;
  }

  /** @param position null for what this replica saw by itself, which no log holds yet. */
  tell(change: JobChange, position: LogPosition | null): void {
    const last = this.items.at(-1)?.change;
    if (last !== undefined && isNewerProgress(change, last)) this.items.pop();
    const key = change.watched === null ? null : jobKey(change.watched);
    this.items.push({ change, key, count: this.toldCount, places: position === null ? [] : [position] });
    if (this.items.length > backboneLimits.maxEntries) this.forgetFirst();
  }

  /** Of one with that cursor; null where it is not known here what he was told. */
  since({ log, sequence }: JobCursor): Missed | null {
    if (log === this.name) {
      if (sequence < this.forgottenCount) return null;
      return this.missedOf(({ count }) => count > sequence);
    }
    const stretch = this.stretches.findLast(
      (each) => each.log === log && each.from <= sequence && sequence <= each.to,
    );
    if (stretch === undefined) return null;
    return this.missedOf(
      (item) => item.count > stretch.begunAt && (placeIn(item, log)?.sequence ?? Infinity) > sequence,
    );
  }

  /** The same change for all to whom it is told again. */
  replayOf(change: JobChange): JobChange {
    const replay = this.replays.get(change) ?? { ...change, replayed: true };
    this.replays.set(change, replay);
    return replay;
  }

  private missedOf(isMissed: (item: Item) => boolean): Missed {
    const missed = this.items.filter(isMissed);
    return {
      changes: missed.map(({ change }) => this.replayOf(change)),
      areLast: missed[0] === this.items.at(-missed.length),
    };
  }

  /** Whoever has missed that one cannot be told any more. */
  private forgetFirst(): void {
    const first = this.items.shift();
    if (first === undefined) return;
    this.forgottenCount = first.count;
    for (const stretch of this.stretches)
      if (first.count > stretch.begunAt)
        stretch.from = Math.max(stretch.from, placeIn(first, stretch.log)?.sequence ?? Infinity);
    this.stretches = this.stretches.filter(({ from, to }) => from <= to);
  }
}

/** What one was not told, marked as replayed. */
export interface Missed {
  readonly changes: readonly JobChange[];
  /** True where he was told all that was told before: their cursors say of him what they said of those who heard them then. */
  readonly areLast: boolean;
}

interface Item {
  readonly change: JobChange;
  readonly key: string | null;
  /** Of the changes that had been told by then, with this one. */
  readonly count: number;
  /** Where logs hold it. */
  readonly places: LogPosition[];
}

/** A part of a log that was followed here without a gap. */
interface Stretch {
  readonly log: string;
  from: number;
  to: number;
  /** So many changes had been told as it began: whoever knows the log there knows those, too. */
  readonly begunAt: number;
  isOpen: boolean;
}

function placeIn({ places }: Item, log: string): LogPosition | undefined {
  return places.find((place) => place.log === log);
}

/** Each time without the backbone is one of its own. */
const maxStretches = 16;
