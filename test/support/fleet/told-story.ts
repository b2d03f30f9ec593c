/** An event as a subscriber asks for it. */
export interface Told {
  readonly type: string;
  readonly cursor: string;
  readonly replayed: boolean;
  readonly previousStatus: string | null;
  readonly job: { readonly id: string; readonly status: string } | null;
}

/** A promise to subscribers that was broken. */
export class Broken extends Error {}

/** Written once more, apart from the product: the order in which a job passes through its statuses. */
const order = ['NEW', 'QUEUED', 'PROCESSING', 'CANCELLING', 'SUCCEEDED', 'FAILED', 'CANCELLED'];
export const ends: readonly string[] = ['SUCCEEDED', 'FAILED', 'CANCELLED'];
const placeOf = (status: string): number => order.indexOf(status);

/** What one subscriber was told of one job, over all its streams. */
export class ToldStory {
  /** In the order told, each once. */
  readonly statuses: string[] = [];
  /** Statuses behind which a GAP was told: what came next may be missed. */
  readonly gapsBehind = new Set<string>();
  isEnded = false;

  get status(): string | undefined {
    return this.statuses.at(-1);
  }

  /** The history is gone; the next event is a SNAPSHOT. */
  gap(): void {
    if (this.status !== undefined) this.gapsBehind.add(this.status);
  }

  /** @param isSnapshotDue where nothing was told yet, or a GAP. @throws Broken */
  take(told: Told, isSnapshotDue: boolean): void {
    const { type, replayed } = told;
    const status = told.job?.status ?? 'nothing';
    const last = this.status;
    require((type === 'SNAPSHOT' || type === 'CREATED') === isSnapshotDue, `${type} ${status} after ${last}`);
    const isRepeated = status === last && replayed;
    require(type !== 'PROGRESS' || status === last, `PROGRESS of ${status}, but it was ${last}`);
    if (last !== undefined && status !== last) {
      require(!this.isEnded, `${type} ${status} after its end`);
      require(placeOf(status) > placeOf(last) && !ends.includes(last), `back from ${last} to ${status}`);
    }
    if (type === 'STATUS') require(status !== last || isRepeated, `STATUS ${status} twice`);
    if (type === 'STATUS' || type === 'TERMINAL') this.checkBefore(told, last);
    if (type === 'TERMINAL') require(ends.includes(status), `TERMINAL ${status}`);
    if (type === 'TERMINAL') require(!this.isEnded || replayed, `TERMINAL ${status} twice`);
    require(type !== 'STATUS' || !ends.includes(status), `STATUS ${status}, which is an end`);
    this.isEnded ||= type === 'TERMINAL';
    if (status !== last) this.statuses.push(status);
  }

  /** Of statuses told: nobody hears of a change from one that he does not know of. */
  private checkBefore({ previousStatus, type, job }: Told, last: string | undefined): void {
    if (previousStatus === null || last === undefined) return;
    const words = `${type} ${previousStatus} > ${job?.status}, but ${last} was told`;
    require(placeOf(previousStatus) <= placeOf(last), words);
  }

  /** True where this status lies between two that were told, and no GAP between them. */
  hasSkipped(status: string): boolean {
    const before = this.statuses.filter((each) => placeOf(each) < placeOf(status)).at(-1);
    const isPast = this.statuses.some((each) => placeOf(each) > placeOf(status));
    if (this.statuses.includes(status) || before === undefined || !isPast) return false;
    return !this.gapsBehind.has(before);
  }
}

export function require(isTrue: boolean, words: string): void {
  if (!isTrue) throw new Broken(words);
}
