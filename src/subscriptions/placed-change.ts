import type { JobChange } from './job-watchers';

const placed = new WeakMap<JobChange, Map<string, JobChange>>();

/** A change told at another place than its own: the very same for all to whom it is told there. */
export function withCursor(change: JobChange, cursor: string): JobChange {
  if (change.cursor === cursor) return change;
  const byCursor = placed.get(change) ?? new Map<string, JobChange>();
  placed.set(change, byCursor);
  const there = byCursor.get(cursor) ?? { ...change, cursor };
  byCursor.set(cursor, there);
  return there;
}
