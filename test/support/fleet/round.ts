import type { Fleet, ReplicaProcess } from './fleet';
import { Follower, wait } from './follower';
import type { Hearing } from './follower';
import { AllJobsHearing, OneJobHearing } from './hearings';
import type { MovingJob } from './moving-jobs';
import { systemTimers } from '../../../src/lib/timers';
import { within } from '../../../src/state/backbone/within';
import { seededRandom } from '../seeded-random';
import { ends } from './told-story';
import { pick, planTroubles, suffer } from './troubles';
import type { Troubled } from './troubles';

/** A status that can be read for so long is told to everyone. */
const longShownMs = 7_000;
/** What a trouble of the upstream leaves behind: circuits that are open, calls that hang, pauses. */
const upstreamAfterMs = 6_000;
/** Until a way to the backbone is sought again. */
const backboneAfterMs = 6_000;
const longestEndMs = 25_000;

interface Listener {
  readonly follower: Follower;
  readonly hearing: OneJobHearing;
  readonly job: MovingJob;
}

/** What was measured. */
export interface RoundFigures {
  events: number;
  terminals: number;
  gaps: number;
  reconnects: number;
  looks: number;
  looksAllowed: number;
  /** From a change to its being told, in ms, where the upstream was well. */
  readonly delaysMs: number[];
}

/** A fleet under trouble, and what those hear who follow jobs of it. */
export class Round {
  readonly broken: string[] = [];
  readonly troubles: Troubled[] = [];
  readonly figures: RoundFigures = {
    events: 0,
    terminals: 0,
    gaps: 0,
    reconnects: 0,
    looks: 0,
    looksAllowed: 0,
    delaysMs: [],
  };
  /** Apart from what is planned, so that the plan of a seed is the same each time. */
  private readonly chance: () => number;
  private readonly made: MovingJob[] = [];
  private readonly watchers: {
    readonly follower: Follower;
    readonly hearing: AllJobsHearing;
    readonly org: string;
  }[] = [];

  constructor(
    private readonly fleet: Fleet,
    private readonly random: () => number,
    private readonly size: { readonly followersOfJob: number; readonly watchersOfOrg: number },
  ) {
    this.chance = seededRandom(Math.floor(random() * 2 ** 31));
    for (const org of orgs)
      for (let count = 0; count < size.watchersOfOrg; count += 1) {
        const hearing = new AllJobsHearing((id) => this.made.find((job) => job.id === id && job.org === org));
        const follower = this.follow({ name: `watcher ${count} of ${org}`, org, job: null, hearing });
        this.watchers.push({ follower, hearing, org });
      }
  }

  async play(): Promise<void> {
    try {
      await this.live();
    } finally {
      await Promise.all(this.watchers.map(({ follower }) => follower.leave()));
    }
    this.broken.push(...this.fleet.faults.splice(0));
  }

  private async live(): Promise<void> {
    const { fleet, random } = this;
    const firstLook = fleet.jobs.looks.length;
    const troubles = planTroubles({ size: fleet.replicas.length }, random);
    const jobs = jobsOfRound.map(([org, kind]) => this.make(org, kind));
    const listeners = jobs.flatMap((job) => this.listenTo(job));
    await Promise.all([
      ...jobs.map((job) => this.moveAlong(job, planMoves(job, random))),
      ...troubles.map((trouble) => suffer(fleet, trouble, (troubled) => void this.troubles.push(troubled))),
      this.loseSome(listeners),
    ]);
    await this.awaitEnds(listeners);
    await this.ringBell();
    for (const listener of listeners) this.checkSkipped(listener);
    for (const job of jobs) this.checkLooks(job, listeners, firstLook);
  }

  private make(org: string, kind: MovingJob['kind']): MovingJob {
    const job = this.fleet.jobs.make(org, kind);
    this.made.push(job);
    return job;
  }

  private follow(about: {
    readonly name: string;
    readonly org: string;
    readonly job: MovingJob | null;
    readonly hearing: Hearing;
  }): Follower {
    return new Follower({
      ...about,
      random: this.chance,
      urls: () => this.fleet.replicas.flatMap(({ url }) => url ?? []),
      isUpstreamTroubled: () =>
        this.troubles.some(
          ({ trouble, toMs }) => trouble.isUpstream && toMs + 2 * upstreamAfterMs > performance.now(),
        ),
      broken: (words) => void this.broken.push(words),
    });
  }

  private listenTo(job: MovingJob): readonly Listener[] {
    return Array.from({ length: this.size.followersOfJob }, (_, number) => {
      const hearing = new OneJobHearing(job);
      const name = `follower ${number} of ${job.kind} ${job.id}`;
      return { hearing, job, follower: this.follow({ name, org: job.org, job, hearing }) };
    });
  }

  private async moveAlong(job: MovingJob, moves: readonly Move[]): Promise<void> {
    for (const { afterMs, status } of moves) {
      await wait(afterMs);
      this.fleet.jobs.move(job, status);
    }
  }

  /** Some lose their connection by themselves. */
  private async loseSome(listeners: readonly Listener[]): Promise<void> {
    for (let times = 0; times < 10; times += 1) {
      await wait(800);
      for (const { follower } of [...listeners, ...this.watchers])
        if (this.chance() < 0.02) follower.loseConnection();
    }
  }

  private async awaitEnds(listeners: readonly Listener[]): Promise<void> {
    const all = Promise.all(listeners.map(({ follower }) => follower.ended));
    await within({ timers: systemTimers, ms: longestEndMs, work: all }).catch(() => undefined);
    for (const { follower, job } of listeners) {
      if (follower.isOver) continue;
      follower.tell(`has not heard the end of ${job.id}: ${job.steps.at(-1)?.status}`);
      await follower.leave();
    }
  }

  /** When all is well again, who follows all jobs hears of each of them, and of one more. */
  private async ringBell(): Promise<void> {
    const bells = orgs.map((org) => this.make(org, 'SEGMENT'));
    await wait(1_500);
    for (const bell of bells) this.fleet.jobs.move(bell, 'SUCCEEDED');
    const untilMs = performance.now() + longestEndMs;
    const lacking = () =>
      this.watchers.flatMap(({ follower, hearing, org }) =>
        this.made
          .filter((job) => job.org === org && isDue(job, hearing, bells))
          .map((job) => ({ follower, job })),
      );
    while (lacking().length > 0 && performance.now() < untilMs) await wait(50);
    for (const { follower, job } of lacking())
      follower.tell(`has not heard the end of ${job.kind} ${job.id}`);
  }

  /** A status that could be read for long was told to each who was told of one before and one after. */
  private checkSkipped({ follower, hearing, job }: Listener): void {
    const { figures } = this;
    figures.terminals += hearing.story.isEnded ? 1 : 0;
    figures.events += hearing.story.statuses.length;
    figures.gaps += hearing.story.gapsBehind.size;
    figures.reconnects += follower.openings.length - 1;
    for (const [place, { status, atMs }] of job.steps.entries()) {
      const untilMs = job.steps[place + 1]?.atMs ?? Infinity;
      const told = hearing.toldMs.get(status);
      const isWell = this.wellFor(atMs, Math.min(untilMs, atMs + 2 * longShownMs)) >= longShownMs;
      if (told !== undefined && isWell && place > 0 && (follower.openings[0]?.atMs ?? Infinity) < atMs)
        figures.delaysMs.push(told - atMs);
      if (isWell && hearing.story.hasSkipped(status)) follower.tell(`has missed ${status}`);
    }
  }

  /** The longest time between these two in which the upstream could be read. */
  private wellFor(fromMs: number, toMs: number): number {
    const spoilt = this.troubles
      .filter(({ trouble }) => trouble.isUpstream)
      .map((troubled) => [troubled.fromMs, troubled.toMs + upstreamAfterMs] as const)
      .filter(([from, to]) => from < toMs && to > fromMs)
      .toSorted(([a], [b]) => a - b);
    let longest = 0;
    let sinceMs = fromMs;
    for (const [from, to] of spoilt) {
      longest = Math.max(longest, from - sinceMs);
      sinceMs = Math.max(sinceMs, to);
    }
    return Math.max(longest, toMs - sinceMs);
  }

  /** Once a second by each part of the fleet that is by itself, and once for those who come to a replica. */
  private checkLooks(job: MovingJob, listeners: readonly Listener[], firstLook: number): void {
    const looks = this.fleet.jobs.looks.slice(firstLook).filter(({ jobs }) => jobs.includes(job.id));
    const [first, last] = [looks[0]?.atMs ?? 0, looks.at(-1)?.atMs ?? 0];
    const arrivals = new Set(
      listeners
        .filter((listener) => listener.job === job)
        .flatMap(({ follower }) => follower.openings)
        .map(({ atMs, url }) => `${url} ${Math.floor(atMs / 1_000)}`),
    );
    let allowed = arrivals.size + 3;
    for (let second = first; second <= last; second += 1_000) allowed += this.sidesAt(second);
    this.figures.looks += looks.length;
    this.figures.looksAllowed += allowed;
    if (looks.length <= allowed) return;
    const told = looks.map(({ atMs, replica }) => `${(atMs - first).toFixed(0)} by ${replica}`);
    this.broken.push(`job ${job.id} was looked at ${looks.length} times, not ${allowed}: ${told.join(', ')}`);
  }

  private sidesAt(ms: number): number {
    const there = this.troubles.filter(
      ({ fromMs, toMs }) => fromMs - 1_000 < ms && ms < toMs + backboneAfterMs,
    );
    // On a busy machine an answer takes too long, now and then, without a trouble of ours.
    const isAway = ({ lostMs }: ReplicaProcess): boolean =>
      lostMs.some((lost) => lost - 1_000 < ms && ms < lost + backboneAfterMs);
    const { replicas } = this.fleet;
    const away = Math.min(replicas.length, 1 + replicas.filter(isAway).length);
    return Math.max(away, ...there.map(({ trouble }) => trouble.sides));
  }
}

const orgs = ['ADA@AdobeOrg', 'BOB@AdobeOrg'] as const;
const jobsOfRound = [
  ['ADA@AdobeOrg', 'SEGMENT'],
  ['ADA@AdobeOrg', 'SEGMENT'],
  ['ADA@AdobeOrg', 'SEGMENT'],
  ['ADA@AdobeOrg', 'SEGMENT'],
  ['ADA@AdobeOrg', 'EXPORT'],
  ['ADA@AdobeOrg', 'EXPORT'],
  ['BOB@AdobeOrg', 'SEGMENT'],
  ['BOB@AdobeOrg', 'EXPORT'],
] as const;

/** A watcher ought to have heard its end, and has not. */
function isDue(job: MovingJob, hearing: AllJobsHearing, bells: readonly MovingJob[]): boolean {
  if (hearing.stories.get(job.id)?.isEnded === true) return false;
  const end = job.steps.at(-1);
  if (end === undefined || !ends.includes(end.status) || hearing.stories.has(job.id)) return true;
  // Who has heard nothing at all must have heard of the last ones.
  const sinceMs = bells.includes(job) ? hearing.gapMs : hearing.wholeSinceMs;
  return end.atMs > sinceMs;
}

interface Move {
  readonly afterMs: number;
  readonly status: string;
}

/** Through its statuses, one of which lasts, to an end. */
function planMoves({ kind }: MovingJob, random: () => number): readonly Move[] {
  const end = pick([['SUCCEEDED'], ['SUCCEEDED'], ['FAILED'], ['CANCELLING', 'CANCELLED']], random);
  const between = kind === 'SEGMENT' ? ['QUEUED', 'PROCESSING'] : ['PROCESSING'];
  const path = [...(random() < 0.2 ? [] : between), ...end];
  const lasting = Math.floor(random() * path.length);
  return path.map((status, place) => ({
    status,
    afterMs: place === lasting ? 1.1 * longShownMs : 200 + random() * 1_500,
  }));
}
