import type { WatchedJob } from '../../src/subscriptions/job-watchers';

/** What the upstream has told one replica of jobs, and when. */
export class Readings {
  /** By credential and job. */
  private readonly all = new Map<string, Reading[]>();
  /** By credential: when a list was read last. */
  private readonly listedMs = new Map<string, number>();

  note(credential: string, { job }: WatchedJob, atMs: number): void {
    const key = keyOf(credential, String(job.id));
    const readings = this.all.get(key) ?? [];
    readings.push({ atMs, updatedMs: Number(job.updateTime) });
    this.all.set(key, readings);
  }

  noteList(credential: string, atMs: number): void {
    this.listedMs.set(credential, atMs);
  }

  /** -Infinity where no list was. */
  lastListMs(credential: string): number {
    return this.listedMs.get(credential) ?? -Infinity;
  }

  /** The oldest record that was read since then, by the upstream's time; null where none was. */
  oldestSince(credential: string, job: string, sinceMs: number): number | null {
    const since = (this.all.get(keyOf(credential, job)) ?? []).filter(({ atMs }) => atMs >= sinceMs);
    return since.length === 0 ? null : Math.min(...since.map(({ updatedMs }) => updatedMs));
  }
}

interface Reading {
  readonly atMs: number;
  readonly updatedMs: number;
}

function keyOf(credential: string, job: string): string {
  return `${credential} ${job}`;
}
