import { backboneLimits } from '../state/backbone/backbone';
import type { LogPosition } from '../state/backbone/backbone';
import type { JobCursor } from './job-cursor';
import { isNewerProgress } from './job-watchers';
import type { JobChange } from './job-watchers';

/**
 * What the subscribers of a topic were told in this replica, and where in which log it stands: logs may follow upon each
 * other as the backbone goes and comes. Bounded; of the progress of a job only the last is kept.
 */
export class ToldChanges {
  private items: Item[] = [];
  private toldCount = 0;
  private readonly replays = new WeakMap<JobChange, JobChange>();

  constructor(
    /** Names it among all that ever were: a place in it may be told by its count alone. */
    private readonly name: string,
  ) {}

  /** Behind the change that was told last, for one who comes back to this replica. */
  get place(): LogPosition {
    return { log: this.name, sequence: this.toldCount };
  }

  /** From here on nothing is lost: what was before is of no use to anybody who comes back. */
  beginAt(position: LogPosition, isLogged: boolean): void {
    this.items = [{ position, isLogged, count: this.toldCount, change: null, isBreak: !isLogged }];
  }

  /** A place up to which there is nothing more to tell. */
  mark(position: LogPosition): void {
    this.add({ position, isLogged: true, count: this.toldCount, change: null, isBreak: false });
  }

  /** The log holds something that is not all that is known here. */
  breakOff(position: LogPosition): void {
    if (this.items.at(-1)?.isBreak === true) this.items.pop();
    this.add({ position, isLogged: false, count: this.toldCount, change: null, isBreak: true });
  }

  /** The next one is told: its place is `place` from now on. */
  count(): void {
    this.toldCount += 1;
  }

  /** @param isLogged false for what this replica saw by itself, which the log does not hold at this place. */
  tell(change: JobChange, position: LogPosition, isLogged: boolean): void {
    const last = this.items.at(-1)?.change ?? null;
    if (last !== null && isNewerProgress(change, last)) this.items.pop();
    this.add({ position, isLogged, count: this.toldCount, change, isBreak: false });
  }

  /** What came after a cursor, marked as replayed; null where that is not known here. */
  since({ log, sequence }: JobCursor): readonly JobChange[] | null {
    const at =
      log === this.name
        ? this.items.findLastIndex(({ count }) => count <= sequence)
        : this.items.findLastIndex(
            ({ position, isLogged }) => isLogged && position.log === log && position.sequence <= sequence,
          );
    if (at === -1 || (log !== this.name && !this.hasFollowed(at, { log, sequence }))) return null;
    return this.items.slice(at + 1).flatMap(({ change }) => (change === null ? [] : [this.replayOf(change)]));
  }

  /** The same change for all to whom it is told again. */
  replayOf(change: JobChange): JobChange {
    const replay = this.replays.get(change) ?? { ...change, replayed: true };
    this.replays.set(change, replay);
    return replay;
  }

  /** False where a log went on to there without this replica, or was not all that was known here: nobody can say what is missed. */
  private hasFollowed(from: number, { log, sequence }: LogPosition): boolean {
    const next = this.items
      .slice(from)
      .find((item) => item.position.log === log && (item.isBreak || item.position.sequence >= sequence));
    return next?.isBreak === false;
  }

  private add(item: Item): void {
    this.items.push(item);
    if (this.items.length > backboneLimits.maxEntries) this.items.shift();
  }
}

interface Item {
  readonly position: LogPosition;
  readonly isLogged: boolean;
  /** Of the changes that had been told by then. */
  readonly count: number;
  readonly change: JobChange | null;
  readonly isBreak: boolean;
}
