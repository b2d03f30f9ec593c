import type { Hearing } from './follower';
import type { MovingJob } from './moving-jobs';
import { require, ToldStory } from './told-story';
import type { Told } from './told-story';

/** The stream of one job: SNAPSHOT, or what was missed; changes; one TERMINAL; complete. */
export class OneJobHearing implements Hearing {
  readonly story = new ToldStory();
  /** When each status was first told, by `performance.now()`. */
  readonly toldMs = new Map<string, number>();
  private readonly place = new StreamPlace();

  constructor(private readonly job: MovingJob) {}

  opened(isResumed: boolean): void {
    this.place.opened(isResumed);
  }

  heard(told: Told): void {
    this.place.heard(told);
    if (told.type === 'GAP') return this.story.gap();
    require(told.job?.id === this.job.id, `an event of job ${told.job?.id}`);
    require(told.type !== 'CREATED', 'CREATED of a job that was asked for');
    checkTrue(this.job, told);
    this.story.take(told, this.place.isSnapshotDue);
    this.place.isSnapshotDue = false;
    const { status } = told.job ?? { status: '' };
    if (!this.toldMs.has(status)) this.toldMs.set(status, performance.now());
  }

  completed(): void {
    require(this.story.isEnded, 'complete without TERMINAL');
  }
}

/** The stream of all jobs of an org: a SNAPSHOT of each that runs, CREATED of each that is made, each one's TERMINAL. */
export class AllJobsHearing implements Hearing {
  readonly stories = new Map<string, ToldStory>();
  /** Since when its knowledge is whole, by `performance.now()`. */
  wholeSinceMs = Infinity;
  /** When it was told of a gap. */
  gapMs = -Infinity;
  private readonly place = new StreamPlace();

  constructor(private readonly jobOf: (id: string) => MovingJob | undefined) {}

  opened(isResumed: boolean): void {
    this.place.opened(isResumed);
    if (!isResumed) this.forget();
  }

  heard(told: Told): void {
    this.place.heard(told);
    if (told.type === 'GAP') {
      this.gapMs = performance.now();
      return this.forget();
    }
    if (told.type === 'SNAPSHOT') require(this.place.isSnapshotDue, 'SNAPSHOT in the middle');
    else this.place.isSnapshotDue = false;
    this.wholeSinceMs = Math.min(this.wholeSinceMs, performance.now());
    const id = told.job?.id ?? 'none';
    const job = this.jobOf(id);
    if (job === undefined) return require(false, `hears of job ${id}, which is not for it`);
    checkTrue(job, told);
    const known = this.stories.get(id);
    const story = known ?? new ToldStory();
    story.take(told, known === undefined);
    this.stories.set(id, story);
  }

  completed(): void {
    require(false, 'complete, though jobs go on');
  }

  private forget(): void {
    this.stories.clear();
    this.wholeSinceMs = Infinity;
  }
}

/** Where a stream stands: what it may begin with, and whether it still tells what was missed. */
class StreamPlace {
  isSnapshotDue = true;
  private isResumed = false;
  private count = 0;
  private isPastReplay = false;

  opened(isResumed: boolean): void {
    this.isResumed = isResumed;
    this.count = 0;
    this.isSnapshotDue = !isResumed;
    this.isPastReplay = false;
  }

  heard({ type, replayed }: Told): void {
    this.count += 1;
    const mayBeMissed = this.isResumed && this.count === 1;
    require(type !== 'GAP' || mayBeMissed, 'GAP where nothing was asked for');
    if (type === 'GAP') this.isSnapshotDue = true;
    require(!replayed || (this.isResumed && !this.isPastReplay), `${type} replayed behind what is new`);
    if (!replayed) this.isPastReplay = true;
  }
}

/** What is told has been so. */
function checkTrue(job: MovingJob, { type, job: told }: Told): void {
  const status = told?.status ?? 'nothing';
  require(job.steps.some(
    (step) => step.status === status,
  ), `${type} ${status}, which job ${job.id} never was`);
}
