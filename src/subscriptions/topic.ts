import type { Caller } from '../datasources/caller';
import { UpstreamNotFound } from '../errors/upstream-error';
import { backboneLimits } from '../state/backbone/backbone';
import type { AttendRequest, Attendance, Lease, LogPosition } from '../state/backbone/backbone';
import { AheadOfLog } from './ahead-of-log';
import { pauseOf } from './cadence';
import type { WatchCadence } from './cadence';
import type { JobDurations } from './job-durations';
import { upstreamAgeMs } from './job-durations';
import type { JobCursors } from './job-cursor';
import type { JobChange, WatchedJob } from './job-watchers';
import { patienceMs } from './patience';
import type { PollDelay } from './poll-queue';
import { fromBody, jobKey } from './subject';
import type { News, Reading, Seen, Subject } from './subject';
import { TopicAudience } from './topic-audience';
import type { Listener } from './topic-audience';
import { TopicPlace } from './topic-place';

export interface TopicParts {
  /** What it is called in the backbone. */
  readonly name: string;
  /** Names it among all topics of all processes that ever were. */
  readonly ownName: string;
  readonly caller: Caller;
  readonly subject: Subject;
  readonly cursors: JobCursors;
  readonly cadence: WatchCadence;
  readonly durations: JobDurations;
  readonly clock: () => Date;
  readonly monotonicMs: () => number;
  readonly random: () => number;
  readonly statusWentBack: (kind: WatchedJob['kind']) => void;
}

/**
 * One job, or one list of jobs, as one caller sees it, for all in this replica who listen to it. Does nothing by itself: in
 * its turns it is told what the log holds and what was read, from here or from elsewhere, and takes in either in one way.
 */
export class Topic {
  /** Those of one group have their turns together, and share upstream calls. */
  readonly group: string;
  readonly audience: TopicAudience;
  /** True while it has its turn. */
  isBusy = false;
  private places: { shared: TopicPlace | null; own: TopicPlace | null } = { shared: null, own: null };
  private readonly aheadOfShared = new AheadOfLog();
  private isShared = true;
  private isAttached = false;
  private lease: Lease | null = null;
  private leaseUntilMs = -Infinity;
  private takenUntilMs = -Infinity;
  /** Only a look of our own will do, also where another replica looks. */
  private needsLook = false;
  /** Somebody wants a turn while one is under way. */
  private isWanted = false;
  private lookedAtMs = -Infinity;
  private quietSinceMs: number;
  private seenFirst: { readonly atMs: number; readonly ageMs: number } | null = null;
  /** Why the next look is to come soon. */
  private hurry: 'begun' | 'nudged' | null = 'begun';
  private failures = 0;
  /** Since it was left; who comes again needs no look of his own. */
  private isParked = false;
  /**
   * From a log that was come to later: of jobs that may be new, or were there before anybody came, which only the look can
   * tell that follows.
   */
  private ofUnknown: { readonly seen: Seen; readonly position: LogPosition }[] = [];
  /** Before that its looks have failed too often for it to want the lease. */
  private restsUntilMs = -Infinity;
  /** When it last looked, or will look, because it was poked. */
  private pokedForMs = -Infinity;

  constructor(private readonly parts: TopicParts) {
    this.group = parts.caller.key;
    this.quietSinceMs = parts.monotonicMs();
    this.audience = new TopicAudience(parts.subject, {
      clock: parts.clock,
      cursors: parts.cursors,
      name: parts.ownName,
      unfinished: () => parts.cursors.write(nowhere),
    });
  }

  get name(): string {
    return this.parts.name;
  }

  get caller(): Caller {
    return this.parts.caller;
  }

  get subject(): Subject {
    return this.parts.subject;
  }

  /** @returns true where he has to wait for a turn, or one is due for his sake. */
  subscribe(listener: Listener): boolean {
    this.audience.add(listener);
    // What he is shown would be old; and what a list lacks would be told as new, though it was there when he came.
    const { isFresh } = this;
    this.needsLook ||= !isFresh;
    return !isFresh || !this.isAttached || !this.audience.welcome(listener.stream, this.place);
  }

  /** To one who was too slow for what he was to be told; see ChangeStreamHooks. */
  tellAnew(stream: Listener['stream'], kept: readonly JobChange[]): void {
    if (this.place !== null) this.audience.beginAnew(stream, this.place, kept);
  }

  /** True where what it knows was read in this replica just now, or will not change any more. */
  get isFresh(): boolean {
    const lookedAgoMs = this.parts.monotonicMs() - this.lookedAtMs;
    return lookedAgoMs <= staleMs || (lookedAgoMs < Infinity && this.subject.hasEnded);
  }

  /** Nobody listens any more, and the lease is given back. @returns true where it may go on for one who comes soon. */
  park(): boolean {
    this.lease = null;
    this.isAttached = false;
    this.isParked = true;
    return !this.isBusy && this.subject.isOne && this.isFresh && !this.subject.hasEnded;
  }

  /** Somebody has seen something elsewhere. @returns in how many ms to look; null while it is busy: it then looks soon. */
  poked(): number | null {
    const nowMs = this.parts.monotonicMs();
    this.quietSinceMs = nowMs;
    if (this.isBusy) return null;
    if (this.pokedForMs <= nowMs)
      this.pokedForMs = Math.max(
        nowMs,
        Math.max(this.lookedAtMs, this.pokedForMs) + this.parts.cadence.freshMs,
      );
    return this.pokedForMs - nowMs;
  }

  /** Looks as soon as possible, and often from there on. @returns false while it is busy: it then comes by itself. */
  nudge(): boolean {
    this.quietSinceMs = this.parts.monotonicMs();
    this.hurry = 'nudged';
    this.needsLook = true;
    return this.want();
  }

  /** @returns false while it is busy: the turn then comes by itself. */
  want(): boolean {
    if (this.isBusy) this.isWanted = true;
    return !this.isBusy;
  }

  beginTurn(): void {
    this.isBusy = true;
    this.isWanted = false;
    this.audience.beginTurn();
  }

  /** Where the backbone has gone, or come back: whatever was held there is held no more. */
  moveTo(isShared: boolean): void {
    this.isShared = isShared;
    this.isAttached = false;
    this.lease = null;
    if (!isShared) this.places.own = null;
    // What happened meanwhile may be in no log.
    if (isShared) this.needsLook = true;
  }

  /** True where this replica looks, as far as it can know. */
  get isHolder(): boolean {
    return this.isAttached && this.lease !== null && this.parts.monotonicMs() < this.leaseUntilMs;
  }

  get heldLease(): Lease | null {
    return this.lease;
  }

  get attendRequest(): AttendRequest {
    const wantsLease = this.parts.monotonicMs() >= this.restsUntilMs;
    return { topic: this.name, after: this.place?.position ?? null, wantsLease };
  }

  /** @param sentAtMs when it was asked for: from then on a lease counts. */
  attended(attendance: Attendance, sentAtMs: number): void {
    const { lease, takenForMs, entries, isGap, head } = attendance;
    this.lease = lease;
    this.leaseUntilMs = sentAtMs + backboneLimits.leaseMs;
    this.takenUntilMs = this.parts.monotonicMs() + takenForMs;
    this.isAttached = true;
    const isNew = this.place === null || isGap;
    if (isNew) this.beginLog(head, entries[0]?.sequence ?? head.sequence + 1);
    const isLater = isNew && this.audience.isAnyTold;
    for (const { sequence, body } of entries) {
      const seen = fromBody(body);
      const position = { log: head.log, sequence };
      if (seen === null) this.needsLook = true;
      else if (isLater && !this.subject.knows(seen)) this.ofUnknown.push({ seen, position });
      else this.takeIn(seen, { position, isOwn: false });
    }
    const { place } = this;
    if (place === null) return;
    const hasMoved = place.position.sequence < head.sequence;
    place.moveTo(head);
    if (hasMoved && place.isSure) this.audience.told.followTo(head);
  }

  renewed(isHeld: boolean, sentAtMs: number): void {
    if (isHeld) this.leaseUntilMs = sentAtMs + backboneLimits.leaseMs;
    else this.loseLease();
  }

  loseLease(): void {
    this.lease = null;
    this.isAttached = false;
  }

  /** False where the log has lost entries since: a server that took over did not have them yet. Then it is read anew. */
  hasAppended(count: number, { log, sequence }: LogPosition): boolean {
    const before = this.place?.position;
    if (before?.log === log && before.sequence + count === sequence) return true;
    this.loseLease();
    if (this.isShared) this.places.shared = null;
    return false;
  }

  /** True where its turn goes on with a look of our own. */
  get wantsLook(): boolean {
    if (this.lookedAtMs === -Infinity || this.audience.isAnyCarried) return true;
    if (this.isParked && this.isFresh && !this.needsLook) return false;
    return !this.subject.hasEnded && (this.isHolder || this.needsLook);
  }

  /** What a reading has brought, and what of it the log is to hold: nothing where another replica writes it. */
  newsOf(reading: Reading): News & { readonly toAppend: readonly Seen[] } {
    const at = this.parts.clock();
    const news = reading(at);
    if (!this.isHolder) return { ...news, toAppend: [] };
    const beginsLog = news.seen[0]?.type === 'BASELINE' || news.seen[0]?.type === 'SNAPSHOT';
    const needsBaseline = this.place?.needsBaseline(this.subject.isOne) === true && !beginsLog;
    const baseline = needsBaseline ? this.subject.baseline(at) : null;
    if (baseline !== null) return { ...news, toAppend: [baseline, ...news.seen] };
    // What was told while another replica held the lease, or none was to be had.
    const pending = this.isShared ? this.aheadOfShared.pending.filter(({ type }) => type !== 'SNAPSHOT') : [];
    return { ...news, toAppend: [...pending, ...news.seen] };
  }

  /** @param position of the last entry, where the log holds them. */
  takeInOwn(seen: readonly Seen[], position: LogPosition | null): void {
    this.takeInOfMade(seen.flatMap((each) => (each.type === 'CREATED' ? [jobKey(each.watched)] : [])));
    seen.forEach((each, at) => {
      const logged = position && { ...position, sequence: position.sequence - seen.length + 1 + at };
      this.takeIn(each, { position: logged, isOwn: true });
    });
  }

  lookRead({ wentBack }: News): void {
    this.failures = 0;
    this.needsLook = false;
    this.lookedAtMs = this.parts.monotonicMs();
    for (const kind of wentBack) this.parts.statusWentBack(kind);
    this.audience.tellOfLook('read');
  }

  /** @returns how long to bear it; null where it is not to be borne. */
  lookFailed(error: unknown): number | null {
    this.failures += 1;
    this.audience.tellOfLook('failed');
    const { cadence, random } = this.parts;
    if (error instanceof UpstreamNotFound) return this.subject.bearsMissing() ? cadence.missingMs : null;
    const isFirst = !this.audience.isAnyTold && !this.audience.isAnyCarried;
    return patienceMs(error, { cadence, failures: this.failures, isFirst, random: random() });
  }

  /**
   * Another replica may reach the upstream where this one does not.
   *
   * @returns the lease, to be given back; null where it is kept, since few looks have failed.
   */
  giveUpLease(forMs: number): Lease | null {
    const { lease } = this;
    if (!this.isShared || lease === null || this.failures < maxFailuresOfHolder) return null;
    this.restsUntilMs = this.parts.monotonicMs() + forMs - earlyMs;
    this.loseLease();
    return lease;
  }

  /** @returns when the next turn is due; null where there is none. */
  endTurn(): PollDelay | null {
    this.isBusy = false;
    this.isParked = false;
    if (this.isFresh) this.audience.welcomeAll(this.place);
    else this.needsLook ||= this.audience.isAnyWaiting;
    const { subject } = this;
    if (subject.hasEnded) this.audience.finish();
    if (this.audience.size === 0) return null;
    if (this.isWanted || this.audience.isAnyWaiting) return soon;
    const { cadence, random } = this.parts;
    if (this.isHolder) return this.nextLook();
    const followMs = cadence.followMs * (0.8 + 0.4 * random());
    const freeInMs = this.takenUntilMs - this.parts.monotonicMs();
    const delayMs = freeInMs > 0 ? Math.min(followMs, freeInMs) : followMs;
    return { fromMs: delayMs, dueMs: delayMs };
  }

  private nextLook(): PollDelay {
    const { cadence, durations, random } = this.parts;
    const nowMs = this.parts.monotonicMs();
    const [watched] = this.subject.isOne ? this.subject.snapshot() : [];
    const isYoung = watched !== undefined && youngStatuses.has(watched.job.status);
    const hasHurry = this.hurry === 'nudged' || (this.hurry === 'begun' && isYoung);
    this.hurry = null;
    if (hasHurry) return { fromMs: cadence.youngMs, dueMs: cadence.youngMs };
    const first = this.seenFirst;
    return pauseOf(
      cadence,
      {
        quietMs: nowMs - this.quietSinceMs,
        ageMs: first === null ? 0 : nowMs - first.atMs + first.ageMs,
        typicalMs: watched === undefined ? null : durations.typicalMs(this.group, watched.kind),
      },
      random(),
    );
  }

  private get place(): TopicPlace | null {
    return this.isShared ? this.places.shared : this.places.own;
  }

  private beginLog(head: LogPosition, firstSequence: number): void {
    const position = { log: head.log, sequence: firstSequence - 1 };
    this.ofUnknown = [];
    // What a list that has begun knows of its jobs without having told it, the log may not know; nor may those who come
    // with a cursor of it.
    const isSure = this.subject.isOne || !this.subject.hasBegun;
    if (this.isShared) {
      // What the subscribers of one job were told may not be in this log.
      const told = this.subject.isOne ? this.subject.baseline(this.parts.clock()) : null;
      if (told !== null && told.type !== 'BASELINE') this.aheadOfShared.note(told);
      this.places.shared = new TopicPlace(position, this.aheadOfShared, isSure);
    } else {
      this.places.own = new TopicPlace(position, new AheadOfLog(), isSure);
    }
    const { told } = this.audience;
    if (this.subject.hasBegun) this.needsLook = true;
    else told.beginAnew();
    if (isSure) told.follow(position);
    else told.breakOff(position.log);
  }

  /** The one way in, whoever saw it. */
  private takeIn(seen: Seen, from: { readonly position: LogPosition | null; readonly isOwn: boolean }): void {
    const { subject, audience, place } = this;
    if (place === null) return;
    const hadBegun = subject.hasBegun;
    const wasTold = audience.isAnyTold;
    // Those who have heard of the others have not heard of it.
    const isMet = !subject.knows(seen);
    const { found, needsLook } = subject.takeIn(seen, wasTold);
    this.needsLook ||= needsLook;
    if (!hadBegun) this.noteAge();
    const wasAhead = from.position !== null && place.hold(seen, from.position, subject.isOne);
    if (from.position !== null && seen.type !== 'BASELINE' && (wasAhead || subject.isOne))
      audience.told.reach(seen, from.position);
    if (seen.type === 'BASELINE')
      place.baselineTakenIn(from.position !== null && (from.isOwn || subject.isAsIn(seen)));
    if (from.position === null || !this.isShared) {
      const first = subject.isOne && seen.type === 'SNAPSHOT' ? [seen] : [];
      for (const each of [...found, ...first]) this.aheadOfShared.note(each);
    }
    const logged = place.isSure ? from.position : null;
    // What was before, a list cannot tell from what it knows by its first look, or that of another replica.
    if (seen.type === 'BASELINE' && (!hadBegun || (!from.isOwn && !wasTold))) audience.told.beginAnew();
    // Behind a beginning, who knows the log knows also what was told here before and is not in it.
    const isBroken = logged === null || seen.type === 'BASELINE';
    if (from.position !== null && isBroken) audience.told.breakOff(from.position.log);
    if (logged !== null) audience.told.followTo(logged);
    const [sighting] = found;
    if (sighting === undefined) return;
    if (sighting.type !== 'PROGRESS') this.quietSinceMs = this.parts.monotonicMs();
    if (sighting.type === 'TERMINAL' && audience.isAnyTold)
      this.parts.durations.note(this.group, sighting.watched);
    const asNew = isMet && audience.isAnyTold && sighting.type !== 'CREATED';
    audience.tell(asNew ? { ...sighting, type: 'CREATED', previousStatus: null } : sighting, place, logged);
  }

  /** What a log said of these before they were known here to be new. */
  private takeInOfMade(made: readonly string[]): void {
    const { place, ofUnknown } = this;
    if (place === null || ofUnknown.length === 0) return;
    this.ofUnknown = [];
    const at = place.position;
    for (const { seen, position } of ofUnknown)
      if (seen.type !== 'BASELINE' && made.includes(jobKey(seen.watched)))
        this.takeIn(seen, { position, isOwn: false });
    place.moveTo(at);
    if (place.isSure) this.audience.told.followTo(at);
  }

  private noteAge(): void {
    const [watched] = this.subject.isOne ? this.subject.snapshot() : [];
    if (watched !== undefined)
      this.seenFirst = { atMs: this.parts.monotonicMs(), ageMs: upstreamAgeMs(watched) };
  }
}

/** A place in no log. */
const nowhere = { log: '', sequence: 0, told: {}, isAhead: false };
const soon: PollDelay = { fromMs: 0, dueMs: 0 };
/** In a row. Each may take as long as an upstream call has. */
const maxFailuresOfHolder = 2;
/** By so much a turn may come before its time. */
const earlyMs = 100;
/** Only a state younger than this is shown to one who joins. */
const staleMs = 2_000;
/** Jobs that have not begun to run may run, and end, within a second. */
const youngStatuses: ReadonlySet<string> = new Set(['NEW', 'QUEUED']);
