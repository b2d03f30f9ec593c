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
  private readonly replays = new WeakMap<JobChange, JobChange>();

  /** From here on nothing is lost: what was before is of no use to anybody who comes back. */
  beginAt(position: LogPosition): void {
    this.items = [{ position, isLogged: true, change: null }];
  }

  /** A place up to which there is nothing more to tell. */
  mark(position: LogPosition): void {
    this.add({ position, isLogged: true, change: null });
  }

  /** @param isLogged false for what this replica saw by itself, which the log does not hold at this place. */
  tell(change: JobChange, position: LogPosition, isLogged: boolean): void {
    const last = this.items.at(-1)?.change ?? null;
    if (last !== null && isNewerProgress(change, last)) this.items.pop();
    this.add({ position, isLogged, change });
  }

  /** What came after a cursor, marked as replayed; null where that is not known here. */
  since(cursor: JobCursor): readonly JobChange[] | null {
    const at = this.items.findLastIndex(
      ({ position, isLogged }) =>
        isLogged && position.log === cursor.log && position.sequence <= cursor.sequence,
    );
    if (at === -1) return null;
    return this.items.slice(at + 1).flatMap(({ change }) => (change === null ? [] : [this.replayOf(change)]));
  }

  /** The same change for all to whom it is told again. */
  replayOf(change: JobChange): JobChange {
    const replay = this.replays.get(change) ?? { ...change, replayed: true };
    this.replays.set(change, replay);
    return replay;
  }

  private add(item: Item): void {
    this.items.push(item);
    if (this.items.length > backboneLimits.maxEntries) this.items.shift();
  }
}

interface Item {
  readonly position: LogPosition;
  readonly isLogged: boolean;
  readonly change: JobChange | null;
}
