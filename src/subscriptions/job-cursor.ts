import { BadCursor } from '../errors/bad-cursor';
import { isRecord } from '../lib/is-record';
import type { TextSeal } from '../lib/text-seal';
import type { LogPosition } from '../state/backbone/backbone';

/** Where a subscriber stands in a log, and what he was told that the log does not hold up to there. */
export interface JobCursor extends LogPosition {
  /**
   * What he was told last: the status by job; of one job always, of the jobs of a list where it is ahead of the log.
   */
  readonly told: Readonly<Record<string, string>>;
  /** True where what he was told is ahead of the place in the log. */
  readonly isAhead: boolean;
}

/** In the place of a status: that of a job that had ended as it was told of as new, of which the end is told next. */
export const endUntold = '';

/** Makes and reads the cursors of one topic. */
export interface JobCursors {
  write(cursor: JobCursor): string;
  /** @throws BadCursor for what was not given for this job or list, in this org and sandbox. */
  read(cursor: string): JobCursor;
}

/**
 * Cursors that nobody can read, make or change: sealed for org, sandbox, and the job or the list, but not for the token,
 * which is renewed while one watches.
 *
 * @param binding names the job, or the kinds and the filter.
 */
export function bindJobCursors(
  seal: TextSeal,
  tenant: { readonly orgId: string; readonly sandbox: string },
  binding: readonly unknown[],
): JobCursors {
  const context = JSON.stringify(['job cursor', formatVersion, tenant.orgId, tenant.sandbox, ...binding]);
  return {
    write: ({ log, sequence, told, isAhead }) =>
      seal.seal(JSON.stringify([log, sequence, told, isAhead ? 1 : 0]), context),
    read: (cursor) => {
      const text = seal.open(cursor, context);
      if (text === null) throw new BadCursor(unknownCursor);
      return fromParts(JSON.parse(text));
    },
  };
}

/** Goes up when cursors are written in another way, so that those from before are refused and not misread. */
const formatVersion = 1;
const unknownCursor =
  'it is not a cursor of this job or list that was given to this org and sandbox, or one of a gateway that was since started with another secret';

function fromParts(parts: unknown): JobCursor {
  const [log, sequence, told, ahead]: readonly unknown[] = Array.isArray(parts) ? (parts as unknown[]) : [];
  if (typeof log !== 'string' || typeof sequence !== 'number' || !isRecord(told))
    throw new BadCursor(unknownCursor);
  const statuses = Object.entries(told).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return { log, sequence, told: Object.fromEntries(statuses), isAhead: ahead === 1 };
}
