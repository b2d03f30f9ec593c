import type { DataSources } from '../datasources';
import type { CallTally } from '../datasources/rest-call';
import type { CarriedList } from './carried-list';
import { ChangeStream } from './change-stream';
import type { ChangeStreamHooks } from './change-stream';
import type { JobCursor } from './job-cursor';
import { isNewerProgress } from './job-watchers';
import type { JobChange, WatchAllRequest, WatchRequest } from './job-watchers';
import { withCursor } from './placed-change';
import { toldJobKey } from './subject';
import type { Topic } from './topic';
import type { Listener } from './topic-audience';

/** Where subscribers begin and end. */
export interface SubscriberHouse {
  begin(subscriber: JobSubscriber): void;
  end(subscriber: JobSubscriber): void;
}

/** One who listens to a job or a list of jobs; all that is held for him while nothing happens. */
export class JobSubscriber implements ChangeStreamHooks<JobChange>, Listener {
  readonly stream = new ChangeStream<JobChange>(this);
  /** Set where he begins. */
  after: JobCursor | null = null;
  /** Until he has begun. */
  carried: CarriedList | null = null;
  topic: Topic | null = null;

  constructor(
    private readonly house: SubscriberHouse,
    readonly request: WatchRequest | WatchAllRequest,
  ) {}

  start(): void {
    this.house.begin(this);
  }

  release(): void {
    this.house.end(this);
  }

  keyOf({ watched }: JobChange): string | null {
    return watched && toldJobKey(watched);
  }

  replaces(next: JobChange, unread: JobChange): boolean {
    return isNewerProgress(next, unread);
  }

  /** With the cursor of that: who goes on from there has not heard what waits behind it. */
  inPlaceOf(next: JobChange, { cursor }: JobChange): JobChange {
    return withCursor(next, cursor);
  }

  isKept({ type }: JobChange): boolean {
    return type === 'TERMINAL';
  }

  tellAnew(stream: ChangeStream<JobChange>, kept: readonly JobChange[]): void {
    this.topic?.tellAnew(stream, kept);
  }

  freshSources(tally: CallTally, signal: AbortSignal): DataSources {
    return this.request.freshSources(tally, signal);
  }

  onLook(outcome: 'read' | 'failed'): void {
    const { request } = this;
    if ('onLook' in request) request.onLook?.(outcome);
  }
}
