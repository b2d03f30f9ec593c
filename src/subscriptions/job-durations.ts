import type { WatchedJob } from './job-watchers';

/** How long jobs of one caller and kind took lately, by the upstream's own clock. Bounded. */
export class JobDurations {
  private readonly byKind = new Map<string, readonly number[]>();

  /** Of a job that has ended. */
  note(group: string, watched: WatchedJob): void {
    const tookMs = upstreamAgeMs(watched);
    if (tookMs <= 0) return;
    const key = `${group} ${watched.kind}`;
    const before = this.byKind.get(key) ?? [];
    this.byKind.delete(key);
    this.byKind.set(key, [...before, tookMs].slice(-maxSamples));
    const [oldest] = this.byKind.keys();
    if (this.byKind.size > maxKinds && oldest !== undefined) this.byKind.delete(oldest);
  }

  /** The middle one, in ms; null where too few have ended. */
  typicalMs(group: string, kind: WatchedJob['kind']): number | null {
    const samples = this.byKind.get(`${group} ${kind}`) ?? [];
    if (samples.length < fewestSamples) return null;
    return samples.toSorted((one, other) => one - other)[samples.length >> 1] ?? null;
  }
}

/** From its making to its last change, in ms; both times are the upstream's, so no clock of ours is asked. */
export function upstreamAgeMs({ job }: WatchedJob): number {
  const [from, to]: readonly unknown[] = [job.creationTime, job.updateTime];
  return typeof from === 'number' && typeof to === 'number' ? Math.max(0, to - from) : 0;
}

const maxSamples = 9;
const fewestSamples = 3;
const maxKinds = 1_000;
