import { decodeCursor, encodeCursor } from '../lib/cursor';
import { isNewerProgress } from './job-watchers';
import type { JobChange } from './job-watchers';

/**
 * Events of one job, or of a list of jobs, in the order in which they were seen; bounded; runs of progress of one job are
 * kept as their last one.
 */
export class JobHistory {
  private readonly changes: { readonly sequence: number; readonly change: JobChange }[] = [];
  private sequence = 0;
  /** The last event that the bound has pushed out. */
  private lost = 0;

  /** @param name of this history alone: a cursor of another one, also of an earlier one of the same job, is unknown. */
  constructor(
    private readonly name: string,
    private readonly maxChanges = 100,
  ) {}

  /** The cursor behind everything so far. */
  get cursor(): string {
    return encodeCursor(this.name, String(this.sequence));
  }

  add(change: Omit<JobChange, 'cursor' | 'replayed'>): JobChange {
    this.sequence += 1;
    const added: JobChange = { ...change, cursor: this.cursor, replayed: false };
    const last = this.changes.at(-1)?.change;
    if (last !== undefined && isNewerProgress(added, last)) this.changes.pop();
    this.changes.push({ sequence: this.sequence, change: added });
    if (this.changes.length > this.maxChanges) this.lost = this.changes.shift()?.sequence ?? this.lost;
    return added;
  }

  /** What came after a cursor, marked as replayed; null where that is not known any more, or never was. */
  since(cursor: string): readonly JobChange[] | null {
    const decoded = decodeCursor(this.name, cursor);
    if (decoded.kind !== 'position' || !/^\d{1,15}$/.test(decoded.position)) return null;
    const position = Number(decoded.position);
    if (position < this.lost || position > this.sequence) return null;
    return this.changes
      .filter(({ sequence }) => sequence > position)
      .map(({ change }) => ({ ...change, replayed: true }));
  }

  /** The event that ended the job; null while it runs. */
  get terminal(): JobChange | null {
    const last = this.changes.at(-1)?.change;
    return last?.type === 'TERMINAL' ? last : null;
  }
}
