import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { Caller } from '../datasources/caller';
import type { TextSeal } from '../lib/text-seal';
import type { Timers } from '../lib/timers';
import type { Backbone } from '../state/backbone/backbone';
import { createInProcessBackbone } from '../state/backbone/in-process-backbone';
import { BackboneSwitch } from './backbone-switch';
import { defaultCadence } from './cadence';
import type { WatchCadence } from './cadence';
import { CarriedList } from './carried-list';
import { ChangeStream } from './change-stream';
import { bindJobCursors } from './job-cursor';
import { JobDurations } from './job-durations';
import { JobSubject } from './job-subject';
import { JobSubscriber } from './job-subscriber';
import type { SubscriberHouse } from './job-subscriber';
import type { JobChange, JobWatchers, WatchAllRequest, WatchRequest } from './job-watchers';
import { ListSubject } from './list-subject';
import { ParkedTopics } from './parked-topics';
import { Rounds } from './rounds';
import type { Subject } from './subject';
import { Topic } from './topic';

export interface JobWatchersOptions {
  /** Only stamps what was seen: nothing goes by it. */
  readonly clock: () => Date;
  /** ms */
  readonly monotonicMs: () => number;
  readonly timers: Timers;
  /** 0 up to 1 */
  readonly random: () => number;
  /** Of cursors; the same in all replicas. */
  readonly seal: TextSeal;
  /** What replicas share; unless given, this process watches by itself. Whoever made it closes it. */
  readonly backbone?: Backbone | null;
  /** Stands for a caller with all that says who asks, and where; the same in all replicas. Unless given, his key. */
  readonly topicKey?: (caller: Caller) => string;
  /** Names this process among all replicas that ever were; unless given, so many random bits do. */
  readonly replica?: string;
  readonly cadence?: Partial<WatchCadence>;
  /** Upstream calls that all looks together may take; unless given, as many as the cadence wants. */
  readonly budget?: { readonly callsPerSecond: number };
  readonly log: Logger;
  readonly statusWentBack?: (kind: 'SEGMENT' | 'EXPORT') => void;
}

/** Makes the watchers of a process; see JobWatchers for what a stream holds. */
export function createJobWatchers(options: JobWatchersOptions): JobWatchers {
  return new PollingJobWatchers(options);
}

/** What a topic is about: its name, what its cursors are bound to, and how it is read. */
interface Watched {
  readonly binding: readonly unknown[];
  readonly createSubject: () => Subject;
}

class PollingJobWatchers implements JobWatchers, SubscriberHouse {
  /** By name; those that somebody listens to. */
  private readonly topics = new Map<string, Topic>();
  /** Those that somebody has just left. */
  private readonly parked = new ParkedTopics();
  private readonly streams = new Set<ChangeStream<JobChange>>();
  private readonly durations = new JobDurations();
  private readonly cadence: WatchCadence;
  private readonly backbone: BackboneSwitch;
  private readonly rounds: Rounds;
  private madeLogs = 0;
  private madeTopics = 0;
  private readonly processName: string;
  private isClosed = false;

  constructor(private readonly options: JobWatchersOptions) {
    const { timers, monotonicMs, random, log } = options;
    this.cadence = { ...defaultCadence, ...options.cadence };
    const logName = options.replica ?? nameOfLogs(random);
    this.processName = logName;
    this.backbone = new BackboneSwitch({
      shared: options.backbone ?? null,
      createOwn: () =>
        createInProcessBackbone({ monotonicMs, name: `${logName}-${String((this.madeLogs += 1))}` }),
      timers,
      monotonicMs,
      random,
      log,
      moved: (isShared) => {
        this.moveTopics(isShared);
      },
      hinted: (name) => {
        this.hinted(name);
      },
    });
    const callsPerSecond = options.budget?.callsPerSecond ?? Infinity;
    const { topics, backbone } = this;
    this.rounds = new Rounds({ timers, monotonicMs, random, callsPerSecond, backbone, topics, log });
  }

  watch(request: WatchRequest): ChangeStream<JobChange> {
    return new JobSubscriber(this, request).stream;
  }

  watchAll(request: WatchAllRequest): ChangeStream<JobChange> {
    const { continues, ...lasting } = request;
    if (continues === undefined) return new JobSubscriber(this, request).stream;
    // Does not hold the streams that were before it.
    const subscriber = new JobSubscriber(this, lasting);
    subscriber.carried = this.carriedFrom(continues);
    return subscriber.stream;
  }

  nudge(caller: Caller, kind: 'SEGMENT' | 'EXPORT', id: string): void {
    const name = this.nameOf(caller, ['job', kind, id]);
    const job = this.topics.get(name);
    // It may be looked at in another replica, whether or not anybody listens here.
    if (job === undefined) this.backbone.poke(name);
    const lists = [...this.topics.values()].filter(
      ({ subject, group }) => !subject.isOne && group === caller.key && subject.kinds.includes(kind),
    );
    for (const topic of job === undefined ? lists : [job, ...lists]) {
      if (!topic.isHolder) this.backbone.poke(topic.name);
      if (topic.nudge()) this.rounds.soon(topic);
    }
  }

  stats(): ReturnType<JobWatchers['stats']> {
    const watchedJobs = [...this.topics.values()].reduce((sum, { subject }) => sum + subject.runningCount, 0);
    return { subscribers: this.streams.size, watchedJobs, ...this.rounds.counts };
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.parked.clear();
    const topics = [...this.topics.values()];
    this.rounds.close();
    for (const stream of [...this.streams]) stream.end();
    await this.rounds.drop(topics);
    this.backbone.close();
  }

  /** Where the cursor is not one of this job or list, the stream ends with that. */
  begin(subscriber: JobSubscriber): void {
    const { stream, request } = subscriber;
    if (this.isClosed) {
      stream.end();
      return;
    }
    const { caller, after } = request;
    const { binding, createSubject } = watchedOf(request);
    const cursors = bindJobCursors(this.options.seal, caller, binding);
    try {
      subscriber.after = after === undefined || subscriber.carried !== null ? null : cursors.read(after);
    } catch (error) {
      stream.end(error instanceof Error ? error : new Error('No cursor', { cause: error }));
      return;
    }
    this.streams.add(stream);
    const name = this.nameOf(caller, binding);
    const topic =
      this.topics.get(name) ??
      this.unpark(name) ??
      this.createTopic(name, { caller, cursors, subject: createSubject() });
    const wantsTurn = topic.subscribe(subscriber);
    subscriber.carried = null;
    subscriber.topic = topic;
    // While it has its turn the next one comes by itself, for those who have heard nothing.
    if (wantsTurn && !topic.isBusy) this.rounds.soon(topic);
  }

  end({ stream, topic }: JobSubscriber): void {
    this.streams.delete(stream);
    if (topic !== null) this.leave(topic, stream);
  }

  /** What the reader of this stream was told; null where he has heard nothing. */
  private carriedFrom(stream: AsyncIterableIterator<JobChange>): CarriedList | null {
    if (!isOurs(stream)) return null;
    for (const { audience, subject } of this.topics.values()) {
      const carried = audience.carriedBy(stream);
      if (carried !== undefined) return carried.copy();
      if (audience.isTold(stream) && subject instanceof ListSubject) return new CarriedList(subject.copy());
    }
    return null;
  }

  private createTopic(
    name: string,
    parts: Pick<ConstructorParameters<typeof Topic>[0], 'caller' | 'cursors' | 'subject'>,
  ): Topic {
    const { clock, monotonicMs, random, statusWentBack } = this.options;
    const topic = new Topic({
      ...parts,
      name,
      ownName: `${this.processName}~${String((this.madeTopics += 1))}`,
      clock,
      monotonicMs,
      random,
      cadence: this.cadence,
      durations: this.durations,
      statusWentBack: (kind) => statusWentBack?.(kind),
    });
    topic.moveTo(this.backbone.isShared);
    this.topics.set(name, topic);
    return topic;
  }

  private leave(topic: Topic, stream: ChangeStream<JobChange>): void {
    topic.audience.remove(stream);
    if (topic.audience.size > 0 || this.topics.get(topic.name) !== topic) return;
    this.topics.delete(topic.name);
    if (this.isClosed) return;
    void this.rounds.drop([topic]);
    if (topic.park()) this.parked.add(topic);
  }

  /** Of one who has left and comes again at once. */
  private unpark(name: string): Topic | null {
    const topic = this.parked.take(name);
    if (topic !== null) this.topics.set(name, topic);
    return topic;
  }

  private nameOf(caller: Caller, binding: readonly unknown[]): string {
    const { topicKey = ({ key }) => key } = this.options;
    const digest = createHash('sha256').update(JSON.stringify(binding)).digest('base64url');
    return `${topicKey(caller)}.${digest}`;
  }

  private moveTopics(isShared: boolean): void {
    this.parked.clear();
    for (const topic of this.topics.values()) {
      const hasDate = topic.isHolder && !isShared;
      topic.moveTo(isShared);
      // Who looked before looks on as it would have.
      if (!hasDate && topic.want()) this.rounds.soon(topic, comeBackMs);
    }
  }

  private hinted(name: string | null): void {
    const topics = name === null ? [...this.topics.values()] : [this.topics.get(name)];
    for (const topic of topics) {
      if (topic === undefined) continue;
      if (!topic.isHolder && topic.want()) this.rounds.soon(topic);
      // A poke: who looks hears of nothing else.
      const pokedInMs = topic.isHolder && name !== null ? topic.poked() : null;
      if (pokedInMs !== null) this.rounds.schedule(topic, { fromMs: pokedInMs, dueMs: pokedInMs });
    }
  }
}

/** So that replicas do not all look in the same moment. */
const comeBackMs = 1_000;

/** Of this process alone, so that its cursors are known from those of others. */
function nameOfLogs(random: () => number): string {
  return Math.floor(random() * 2 ** 48).toString(36);
}

function isOurs(stream: AsyncIterableIterator<JobChange>): stream is ChangeStream<JobChange> {
  return stream instanceof ChangeStream;
}

function watchedOf(request: WatchRequest | WatchAllRequest): Watched {
  if ('id' in request) {
    const { kind, id } = request;
    return { binding: ['job', kind, id], createSubject: () => new JobSubject(kind, id) };
  }
  const { kinds, filter } = request;
  return { binding: listBinding(request), createSubject: () => new ListSubject(kinds, filter) };
}

function listBinding({ kinds, filter }: WatchAllRequest): readonly unknown[] {
  const { statuses, segmentId, datasetId, createdAfter, createdBefore } = filter;
  return [
    'jobs',
    kinds.toSorted(),
    statuses?.toSorted() ?? null,
    segmentId ?? null,
    datasetId ?? null,
    createdAfter?.getTime() ?? null,
    createdBefore?.getTime() ?? null,
  ];
}
