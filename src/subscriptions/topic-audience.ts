import type { DataSources } from '../datasources';
import type { CallTally } from '../datasources/rest-call';
import type { LogPosition } from '../state/backbone/backbone';
import type { CarriedList } from './carried-list';
import type { ChangeStream } from './change-stream';
import { HeardAhead } from './heard-ahead';
import type { JobCursor, JobCursors } from './job-cursor';
import { isBehind, isTerminal } from './job-progression';
import type { JobChange, WatchedJob } from './job-watchers';
import { withCursor } from './placed-change';
import { jobKey } from './subject';
import type { LookCourse, Sighting, Subject } from './subject';
import { ToldChanges } from './told-changes';
import type { Missed } from './told-changes';
import type { TopicPlace } from './topic-place';

type Stream = ChangeStream<JobChange>;

/** One who listens. */
export interface Listener {
  readonly stream: Stream;
  /** Behind which he goes on; null: he begins. */
  readonly after: JobCursor | null;
  /** What he was told of a list with another credential, in the place of `after`. */
  readonly carried: CarriedList | null;
  freshSources(tally: CallTally, signal: AbortSignal): DataSources;
  onLook(outcome: 'read' | 'failed'): void;
}

/** What one hears who begins at a place, and before it, one for whom something lies between. */
interface FirstWords {
  readonly cursor: string;
  /** Of the jobs that ran when it was put together. */
  readonly runningCount: number;
  readonly gap: JobChange;
  readonly changes: readonly JobChange[];
}

/** Those who listen to a topic in this replica, and what each hears first. */
export class TopicAudience {
  /** What all have been told. */
  readonly told: ToldChanges;
  private readonly listeners = new Map<Stream, Listener>();
  /** They have heard nothing yet. */
  private readonly waiting = new Set<Stream>();
  /** Of those, who were there as the present turn began. */
  private readonly ofThisTurn = new Set<Stream>();
  /** Of those who came back with more than is known here. */
  private readonly heardAhead = new Map<Stream, HeardAhead>();
  /** By those who came while jobs were not there: keys of those, which they have not been shown. */
  private readonly unshown = new Map<Stream, Set<string>>();
  /** Of those who have come from another credential, and have not gone on yet. */
  private readonly carried = new Map<Stream, CarriedList>();
  private terminal: JobChange | null = null;
  /** The same for all who come while nothing changes. */
  private first: FirstWords | null = null;

  constructor(
    private readonly subject: Subject,
    private readonly parts: {
      clock(): Date;
      readonly cursors: JobCursors;
      /** Names it among all that ever were. */
      readonly name: string;
      /** Of who has been told a part of what a stream begins with: nothing goes on from there. */
      unfinished(): string;
    },
  ) {
    this.told = new ToldChanges(parts.name);
  }

  get size(): number {
    return this.listeners.size;
  }

  get isAnyWaiting(): boolean {
    return this.waiting.size > 0;
  }

  get isAnyTold(): boolean {
    return this.waiting.size < this.listeners.size;
  }

  /** Who has come from another credential waits for a look of his own. */
  get isAnyCarried(): boolean {
    return this.carried.size > 0;
  }

  /** Looks on behalf of those; see Subject.read. */
  async lookForCarried(sources: DataSources, course: LookCourse): Promise<void> {
    await Promise.all([...this.carried.values()].map((carried) => carried.look(sources, course)));
  }

  carriedBy(stream: Stream): CarriedList | undefined {
    return this.carried.get(stream);
  }

  /** False for one who has heard nothing, or is not here. */
  isTold(stream: Stream): boolean {
    return this.listeners.has(stream) && !this.waiting.has(stream);
  }

  /** One who is there now; looks are made as he makes them. */
  get anyListener(): Listener | undefined {
    return this.listeners.values().next().value;
  }

  add(listener: Listener): void {
    this.listeners.set(listener.stream, listener);
    this.waiting.add(listener.stream);
    if (listener.carried !== null) this.carried.set(listener.stream, listener.carried);
  }

  remove(stream: Stream): void {
    this.listeners.delete(stream);
    this.waiting.delete(stream);
    this.ofThisTurn.delete(stream);
    this.heardAhead.delete(stream);
    this.unshown.delete(stream);
    this.carried.delete(stream);
  }

  beginTurn(): void {
    this.ofThisTurn.clear();
    for (const stream of this.waiting) this.ofThisTurn.add(stream);
  }

  /** Behind a look and all that the log holds; who came meanwhile waits for the next turn if it may know more. */
  welcomeAll(place: TopicPlace | null): void {
    for (const stream of [...this.waiting]) this.welcome(stream, place);
  }

  /** @returns false where he has to wait: his cursor is further than what is known here, or nothing is. */
  welcome(stream: Stream, place: TopicPlace | null): boolean {
    const listener = this.listeners.get(stream);
    if (listener === undefined || place === null || !this.subject.hasBegun) return false;
    const { after } = listener;
    const carried = this.carried.get(stream);
    if (carried !== undefined) return this.goOn(stream, place, carried);
    if (after === null) {
      this.waiting.delete(stream);
      this.noteUnshown(stream);
      stream.pushAll(this.firstOf(place).changes);
      return true;
    }
    const { position } = place;
    const isFurther = after.log === position.log && after.sequence > position.sequence;
    if (isFurther && !this.ofThisTurn.has(stream)) return false;
    this.waiting.delete(stream);
    this.resume(stream, place, { after, missed: isFurther ? null : this.told.since(after) });
    return true;
  }

  /** @param logged where the log holds it; null: nowhere yet. */
  tell(sighting: Sighting, place: TopicPlace, logged: LogPosition | null): void {
    for (const carried of this.carried.values()) carried.note(sighting);
    this.first = null;
    const events = eventsOf(sighting);
    events.forEach(({ type, at, watched, previousStatus }, index) => {
      this.told.count();
      const isLast = index === events.length - 1;
      const cursor = isLast ? this.cursorAt(place) : this.cursorBeforeEnd(place, watched, logged !== null);
      this.tellAll({ cursor, type, at, watched, previousStatus, replayed: false }, logged);
    });
  }

  private tellAll(change: JobChange, logged: LogPosition | null): void {
    this.told.tell(change, logged);
    if (change.type === 'TERMINAL' && this.subject.isOne) this.terminal = change;
    for (const stream of this.listeners.keys()) {
      const asSeen = this.waiting.has(stream) ? null : this.asSeenBy(stream, change);
      if (asSeen === null) continue;
      if (this.unshown.size === 0) stream.push(asSeen);
      else for (const each of this.asMetBy(stream, asSeen)) stream.push(each);
    }
  }

  private noteUnshown(stream: Stream): void {
    const { absent } = this.subject;
    if (absent.length === 0) this.unshown.delete(stream);
    else this.unshown.set(stream, new Set(absent));
  }

  /** A job that is there again is new to those who were not shown it. */
  private asMetBy(stream: Stream, change: JobChange): readonly JobChange[] {
    const { watched, type } = change;
    const isMet = watched !== null && this.unshown.get(stream)?.delete(jobKey(watched)) === true;
    if (!isMet || type === 'CREATED') return [change];
    const created: JobChange = { ...change, type: 'CREATED', previousStatus: null };
    if (type !== 'TERMINAL') return [created];
    return [withCursor(created, this.parts.unfinished()), { ...change, previousStatus: null }];
  }

  tellOfLook(outcome: 'read' | 'failed'): void {
    for (const listener of [...this.listeners.values()]) listener.onLook(outcome);
  }

  /** Ends the streams of those who have heard it all. */
  finish(): void {
    for (const stream of [...this.listeners.keys()]) if (!this.waiting.has(stream)) stream.end();
  }

  fail(error: Error): void {
    for (const stream of [...this.listeners.keys()]) stream.end(error);
  }

  /**
   * Behind a gap, of which he is told first.
   *
   * @param ended what he is told though it lies in the gap; the end of one job is told by how that stands.
   */
  beginAnew(stream: Stream, place: TopicPlace, ended: readonly JobChange[] = []): void {
    const { cursor, gap, changes } = this.firstOf(place);
    const unfinished = this.parts.unfinished();
    const missed = [gap, ...(this.subject.isOne ? [] : ended)].map((change) =>
      withCursor(change, unfinished),
    );
    const last = missed.pop() ?? gap;
    this.heardAhead.delete(stream);
    this.noteUnshown(stream);
    stream.pushAll([...missed, changes.length === 0 ? withCursor(last, cursor) : last, ...changes]);
  }

  /** @returns false where he has to wait for a look. */
  private goOn(stream: Stream, place: TopicPlace, carried: CarriedList): boolean {
    if (!carried.hasLooked) return false;
    this.waiting.delete(stream);
    this.carried.delete(stream);
    const at = this.parts.clock();
    const news = carried.news(at);
    const runningCount = this.subject.runningCount;
    for (const running of carried.following(at)) this.subject.takeIn(running, true);
    if (this.subject.runningCount !== runningCount) {
      // The log knows nothing of these.
      place.baselineTakenIn(false);
      this.told.breakOff(place.position.log);
    }
    const cursor = this.cursorAt(place);
    const events = news.flatMap(eventsOf);
    stream.pushAll(
      events.map((event, index) => {
        const isLast = index === events.length - 1;
        return { ...event, cursor: isLast ? cursor : this.parts.unfinished(), replayed: false };
      }),
    );
    return true;
  }

  /** Of who has been told everything: where the log does not say what that was, only this replica knows it. */
  private cursorAt(place: TopicPlace): string {
    const { cursors } = this.parts;
    if (place.isSure) return cursors.write(place.cursor(this.subject));
    return cursors.write({ ...this.told.place, told: {}, isAhead: false });
  }

  /** As above, of who has been told that a job is there, and not yet that it has ended. */
  private cursorBeforeEnd(place: TopicPlace, ended: WatchedJob, isLogged: boolean): string {
    const { cursors } = this.parts;
    if (place.isSure) return cursors.write(place.cursorBeforeEnd(this.subject, ended, isLogged));
    return cursors.write({ ...this.told.place, told: {}, isAhead: false });
  }

  private firstOf(place: TopicPlace): FirstWords {
    const cursor = this.cursorAt(place);
    const { runningCount } = this.subject;
    // A job that has vanished is told to nobody, and shown to nobody any more.
    if (this.first?.cursor !== cursor || this.first.runningCount !== runningCount)
      this.first = { cursor, runningCount, ...this.firstWords(cursor) };
    return this.first;
  }

  private firstWords(cursor: string): Pick<FirstWords, 'gap' | 'changes'> {
    const head = { cursor, at: this.parts.clock(), replayed: false, previousStatus: null };
    const gap: JobChange = { ...head, type: 'GAP', watched: null };
    const unfinished = this.parts.unfinished();
    const jobs = this.subject.snapshot();
    const snapshot = jobs.map((watched, at): JobChange => {
      const isLast = at === jobs.length - 1;
      return { ...head, cursor: isLast ? cursor : unfinished, type: 'SNAPSHOT', watched };
    });
    const [only] = snapshot;
    if (!this.subject.hasEnded || only === undefined) return { gap, changes: snapshot };
    return { gap, changes: [only, { ...only, at: this.terminal?.at ?? only.at, type: 'TERMINAL' }] };
  }

  private resume(
    stream: Stream,
    place: TopicPlace,
    { after, missed }: { readonly after: JobCursor; readonly missed: Missed | null },
  ): void {
    const [watched] = this.subject.isOne ? this.subject.snapshot() : [];
    const status = watched === undefined ? undefined : after.told[jobKey(watched)];
    const isBack = watched !== undefined && status !== undefined && isBehind(watched.job.status, status);
    const isNothingMissed = status !== undefined && (isBack || watched?.job.status === status);
    if (missed === null && !isNothingMissed) {
      this.beginAnew(stream, place);
      return;
    }
    const ahead = new HeardAhead(after, this.parts.cursors, this.subject.isOne);
    if (after.isAhead || isBack) this.heardAhead.set(stream, ahead);
    const { changes, areLast } = missed ?? { changes: [], areLast: true };
    const unheard = after.isAhead || isBack ? ahead.replay(changes) : changes;
    const placed = areLast ? unheard : this.withCursors(unheard, ahead.cursorOf(this.cursorAt(place)));
    const replays = status === undefined ? placed : changesFrom(status, placed);
    // The progress of a status that he has not heard of yet: it comes with that.
    const isToldFirst = replays[0]?.type !== 'PROGRESS' || replays[0].watched?.job.status === status;
    stream.pushAll(replays.filter(({ type }) => status === undefined || isToldFirst || type !== 'PROGRESS'));
    const isSilent = !replays.some(({ type }) => type !== 'PROGRESS');
    if (watched !== undefined && status !== undefined && isSilent && isBehind(status, watched.job.status))
      this.catchUp(stream, place, { watched, previousStatus: status });
    if (this.subject.hasEnded && !replays.some(({ type }) => type === 'TERMINAL'))
      stream.push(this.told.replayOf(this.terminal ?? this.endOf(place)));
  }

  /** Nobody was told these in this order: only behind the last of them one can say what he was told. */
  private withCursors(changes: readonly JobChange[], last: string): readonly JobChange[] {
    return changes.map((change, at) => {
      const isLast = at === changes.length - 1;
      return { ...change, cursor: isLast ? last : this.parts.unfinished() };
    });
  }

  /** What a first look of our own has found, and nobody was told as a change. */
  private catchUp(
    stream: Stream,
    place: TopicPlace,
    { watched, previousStatus }: Pick<JobChange, 'previousStatus'> & { readonly watched: WatchedJob },
  ): void {
    if (this.subject.hasEnded) return;
    const cursor = this.cursorAt(place);
    const at = this.parts.clock();
    const change = this.asSeenBy(stream, {
      cursor,
      at,
      type: 'STATUS',
      replayed: true,
      watched,
      previousStatus,
    });
    if (change !== null) stream.push(change);
  }

  /** Of one that was never told, since it had ended before. */
  private endOf(place: TopicPlace): JobChange {
    const [watched] = this.subject.snapshot();
    const cursor = this.cursorAt(place);
    const at = this.parts.clock();
    return { cursor, at, type: 'TERMINAL', replayed: true, watched: watched ?? null, previousStatus: null };
  }

  /** Nobody is shown again what he was shown on another socket, or in another replica: null. */
  private asSeenBy(stream: Stream, change: JobChange): JobChange | null {
    const ahead = this.heardAhead.get(stream);
    if (ahead === undefined) return change;
    const heard = ahead.asHeard(change);
    if (!ahead.isAny) this.heardAhead.delete(stream);
    return heard;
  }
}

/** For one who was told that status: what lay between was shown here as it stood, and not told as a change. */
function changesFrom(status: string, changes: readonly JobChange[]): readonly JobChange[] {
  const at = changes.findIndex(({ type }) => type !== 'PROGRESS');
  const first = changes[at];
  const seen = first?.watched?.job.status;
  if (first === undefined || seen === undefined || !isBehind(status, seen)) return changes;
  if (first.previousStatus === null || first.previousStatus === status) return changes;
  return changes.with(at, { ...first, previousStatus: status });
}

/** What subscribers hear of it: a job that is told of as new when it has ended is told of twice. */
function eventsOf(sighting: Sighting): readonly Sighting[] {
  const isBoth = sighting.type === 'CREATED' && isTerminal(sighting.watched);
  return isBoth ? [sighting, { ...sighting, type: 'TERMINAL', previousStatus: null }] : [sighting];
}
