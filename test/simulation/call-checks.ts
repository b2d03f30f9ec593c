import type { Connection } from './connection';
import type { Plan } from './plan';
import type { Replica } from './replica';
import type { VirtualTime } from './virtual-time';

/** A call to the upstream, as it is made. */
export interface Call {
  readonly replica: Replica;
  readonly credential: string;
  readonly kind: 'list' | 'job';
  /** Of the jobs that it is about; none for a list. */
  readonly ids: readonly string[];
}

/** What may be asked of the upstream: only for those who listen, by one replica for all, not too often, not when told to wait. */
export class CallChecks {
  private readonly restUntilMs = new Map<string, number>();
  private readonly callTimes = new Map<Replica, number[]>();
  /** By topic: who has looked since those who listen to it last changed. */
  private readonly lookers = new Map<string, { readonly fromMs: number; readonly names: Set<string> }>();

  constructor(
    private readonly parts: { readonly plan: Plan; readonly time: VirtualTime; fail(words: string): void },
  ) {}

  /** Somebody begins to listen, or listens no more. */
  audienceChanged({ topic }: Connection): void {
    this.lookers.set(topic, { fromMs: this.parts.time.nowMs + settleMs, names: new Set() });
  }

  /** The upstream wants to be left alone by this replica for so long, as far as this credential goes. */
  toldToWait({ replica, credential }: Call, forMs: number): void {
    const key = `${replica.name} ${credential}`;
    // Answers to calls of one look come one by one; the first one counts.
    const untilMs = this.parts.time.nowMs + forMs - oneLookMs;
    this.restUntilMs.set(key, Math.max(untilMs, this.restUntilMs.get(key) ?? 0));
  }

  called(call: Call): void {
    this.checkListened(call);
    this.checkBudget(call);
    const restMs = this.restUntilMs.get(`${call.replica.name} ${call.credential}`) ?? 0;
    if (restMs > this.parts.time.nowMs) this.fail(call, 'though the upstream has told it to wait');
    const { faults, hasBackbone, healedMs } = this.parts.plan;
    const isWell = faults.length === 0 || this.parts.time.nowMs > healedMs + foundAgainMs;
    if (isWell && hasBackbone) this.checkAlone(call);
  }

  private checkListened(call: Call): void {
    const topics = new Set(
      [...call.replica.connections].filter(({ isOpen }) => isOpen).map(({ topic }) => topic),
    );
    const all = topicOf(call.credential, null);
    const isWanted =
      topics.has(all) ||
      (call.kind === 'job' && call.ids.every((id) => topics.has(topicOf(call.credential, id))));
    if (!isWanted) this.fail(call, 'for nobody');
  }

  private checkBudget(call: Call): void {
    const { callsPerSecond } = this.parts.plan;
    if (callsPerSecond === null) return;
    const { nowMs } = this.parts.time;
    const times = (this.callTimes.get(call.replica) ?? []).filter((atMs) => atMs > nowMs - windowMs);
    times.push(nowMs);
    this.callTimes.set(call.replica, times);
    // What has gathered in a second, and what the last look took more than was thought.
    if (times.length > callsPerSecond * (windowMs / 1000 + 1) + oneLookCalls)
      this.fail(call, `as the ${times.length}th within ${windowMs} ms`);
  }

  /** Where nothing fails, or nothing fails any more, one replica looks; the others once for each who comes. */
  private checkAlone(call: Call): void {
    const ids = call.kind === 'list' ? [null] : call.ids;
    for (const id of ids) {
      if (this.isShared(call.credential, id)) continue;
      const seen = this.lookers.get(topicOf(call.credential, id));
      if (seen === undefined || seen.fromMs > this.parts.time.nowMs) continue;
      seen.names.add(call.replica.name);
      if (seen.names.size > 1) this.fail(call, `as does another: ${[...seen.names].join(' ')}`);
    }
  }

  /** A call of which one cannot say for which topic it is: lists of several kinds, or a list and a job on it. */
  private isShared(credential: string, id: string | null): boolean {
    const lists = new Set(
      this.parts.plan.subscribers.flatMap(({ credential: name, watches }) =>
        name === credential && watches.kind === 'all' ? [watches.kinds.join(' ')] : [],
      ),
    );
    return lists.size > (id === null ? 1 : 0);
  }

  private fail({ replica, credential, kind, ids }: Call, words: string): void {
    this.parts.fail(`${replica.name} asks as ${credential} about ${kind} ${ids.join(' ')} ${words}`);
  }
}

/** @param job null: every job. */
export function topicOf(credential: string, job: string | null): string {
  return `${credential} ${job ?? 'all'}`;
}

const oneLookMs = 80;
/** Behind it a newcomer has had his first look. */
const settleMs = 3_000;
/** Behind it the longest pause after a look that failed is over, and each who waited for a look of his own has had it. */
const foundAgainMs = 40_000;
const windowMs = 10_000;
/** Pages of lists, and the jobs that they do not show. */
const oneLookCalls = 5;
