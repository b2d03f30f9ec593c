import { isBehind, isEnd } from './job-progression';
import { jobKey } from './subject';
import type { Sighting } from './subject';

/**
 * What was told in this replica and is not in the log: seen while the backbone was away, or where another replica looks.
 * Whoever is told of it has it in his cursor; and the log is told of it once this replica may write.
 */
export class AheadOfLog {
  private sightings: Sighting[] = [];
  private hasLost = false;

  get isAny(): boolean {
    return this.sightings.length > 0;
  }

  /** In the order in which it was told. */
  get pending(): readonly Sighting[] {
    return this.sightings;
  }

  /** True where more was told than is kept: only a new beginning tells the log of that. */
  get isTooMuch(): boolean {
    return this.hasLost;
  }

  /** The last status of each job. */
  get told(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.sightings.map(({ watched }): [string, string] => [jobKey(watched), watched.job.status]),
    );
  }

  note(sighting: Sighting): void {
    if (sighting.type === 'PROGRESS')
      this.sightings = this.sightings.filter((each) => each.type !== 'PROGRESS' || !isSame(each, sighting));
    this.sightings.push(sighting);
    if (this.sightings.length > maxSightings) {
      this.sightings.shift();
      this.hasLost = true;
    }
  }

  /** The log has come to this. @returns true where that, or what was before it, was ahead of it. */
  settle(sighting: Sighting): boolean {
    const own = this.sightings.filter((each) => isSame(each, sighting));
    const covered = isCovered(
      own.map(({ watched }) => watched.job.status),
      sighting.watched.job.status,
    );
    const settled = new Set(own.filter((_, at) => covered(at)));
    this.sightings = this.sightings.filter((each) => !settled.has(each));
    return settled.size > 0;
  }

  /** The log begins anew with all that is known. */
  clear(): void {
    this.sightings = [];
    this.hasLost = false;
  }
}

/**
 * What of the statuses of a job, in the order in which they were told, one knows who has heard of it in that status: all of
 * them, but for those to which it comes later.
 */
export function isCovered(statuses: readonly string[], status: string): (at: number) => boolean {
  const last = statuses.at(-1);
  const isLater = last !== undefined && last !== status && (isBehind(status, last) || isEnd(last));
  const reached = isLater ? statuses.lastIndexOf(status) : Infinity;
  return (at) => at <= reached;
}

/** So many fit into a cursor, and into one call. */
const maxSightings = 32;

function isSame(one: Sighting, other: Sighting): boolean {
  return jobKey(one.watched) === jobKey(other.watched);
}
