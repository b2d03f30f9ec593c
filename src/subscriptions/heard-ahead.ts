import { endUntold } from './job-cursor';
import type { JobCursor, JobCursors } from './job-cursor';
import { isBehind, isTerminal } from './job-progression';
import type { JobChange, WatchedJob } from './job-watchers';
import { jobKey } from './subject';

/**
 * What one who came back had been told that is not in the log up to his cursor, or that is ahead of what is seen here. He
 * is not told it again, and his cursors go on to say so until the log has come to it.
 */
export class HeardAhead {
  private readonly told: Map<string, string>;

  constructor(
    { told }: JobCursor,
    private readonly cursors: JobCursors,
    /** The stream of one job ends with its end, also if that was told before. */
    private readonly isOne: boolean,
  ) {
    this.told = new Map(Object.entries(told));
  }

  /** False once all that is told goes for this one, too. */
  get isAny(): boolean {
    return this.told.size > 0;
  }

  /** Of what he has missed, that which is new to him. */
  replay(changes: readonly JobChange[]): readonly JobChange[] {
    const reachedAt = new Map<string, number>();
    changes.forEach(({ type, watched }, at) => {
      if (watched === null || type === 'PROGRESS') return;
      const key = jobKey(watched);
      if (this.told.get(key) === watched.job.status) reachedAt.set(key, at);
    });
    return changes.flatMap((change, at) => {
      const reached = change.watched === null ? undefined : reachedAt.get(jobKey(change.watched));
      if (reached !== undefined && at < reached) return [];
      return this.asHeard(change) ?? [];
    });
  }

  /** As it is new to him; null where it is not. */
  asHeard(change: JobChange): JobChange | null {
    const { watched, type } = change;
    const status = watched === null ? undefined : this.told.get(jobKey(watched));
    if (watched === null || status === undefined) return this.withCursor(change);
    if (status === endUntold) return this.asEnd(change, watched);
    if (isBehind(watched.job.status, status)) return null;
    // In another status it is older than what he was told, or that status comes first.
    if (type === 'PROGRESS') return watched.job.status === status ? this.withCursor(change) : null;
    // Its end is told next.
    if (type === 'CREATED' && isTerminal(watched)) return null;
    this.told.delete(jobKey(watched));
    const isEndOfStream = this.isOne && type === 'TERMINAL';
    if (watched.job.status === status && !isEndOfStream) return null;
    return this.withCursor({
      ...change,
      replayed: change.replayed || watched.job.status === status,
      type: type === 'CREATED' ? 'STATUS' : type,
      previousStatus: status === watched.job.status ? change.previousStatus : status,
    });
  }

  /** Only the end of this one is new to him. */
  private asEnd(change: JobChange, watched: WatchedJob): JobChange | null {
    if (change.type !== 'TERMINAL') return null;
    this.told.delete(jobKey(watched));
    return this.withCursor({ ...change, previousStatus: null });
  }

  /** That cursor, of who has been told these, too. */
  cursorOf(cursor: string): string {
    if (!this.isAny) return cursor;
    const place = this.cursors.read(cursor);
    const told = { ...place.told, ...Object.fromEntries(this.told) };
    return this.cursors.write({ ...place, told, isAhead: true });
  }

  private withCursor(change: JobChange): JobChange {
    return this.isAny ? { ...change, cursor: this.cursorOf(change.cursor) } : change;
  }
}
