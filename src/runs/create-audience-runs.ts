import { setMaxListeners } from 'node:events';
import type { Logger } from 'pino';
import type { DataSources } from '../datasources';
import type { Caller } from '../datasources/caller';
import type { CallTally } from '../datasources/rest-call';
import type { Timers } from '../lib/timers';
import { hasEnded } from '../state/audience-run';
import type { AudienceRunRecord, Tenant } from '../state/audience-run';
import type { AudienceRunRepository } from '../state/audience-runs';
import type { DrivenRun, RunDrivers } from '../state/run-drivers';
import { within } from '../state/backbone/within';
import type { JobWatchers } from '../subscriptions/job-watchers';
import type {
  AudienceRuns,
  RunUpdate,
  RunView,
  RunWait,
  StartOutcome,
  StartRequest,
  WatchRunRequest,
} from './audience-runs';
import { cancelElsewhere, toCancelling } from './cancel-run';
import { drive } from './drive';
import { FollowedRuns } from './followed-run';
import { LiveRun, RunLost } from './live-run';
import { newRecord } from './new-record';
import { RunCredentials } from './run-credentials';
import { defaultRunLease, RunFleet } from './run-fleet';
import type { RunLease } from './run-fleet';
import { once, streamRun } from './run-stream';
import { UndrivenCredentials } from './undriven-credentials';

export interface AudienceRunsOptions {
  readonly repository: AudienceRunRepository;
  /** Who drives which run, where replicas share the repository; null where this process drives all. */
  readonly drivers?: RunDrivers | null;
  /** Unless given, the usual times. */
  readonly lease?: Partial<RunLease>;
  readonly watchers: JobWatchers;
  sourcesOf(caller: Caller, signal: AbortSignal, tally?: CallTally): DataSources;
  /** The gateway's own credential for an org and sandbox; null where it has none and lends itself that of callers. */
  ownCaller(tenant: Tenant): Caller | null;
  readonly clock: () => Date;
  /** ms */
  readonly monotonicMs: () => number;
  readonly timers: Timers;
  /** 0 up to 1. */
  readonly random: () => number;
  readonly newId: () => string;
  readonly log: Logger;
}

/** Makes the audience runs of a process; see AudienceRuns. */
export function createAudienceRuns(options: AudienceRunsOptions): AudienceRuns {
  return new DrivenAudienceRuns(options);
}

/** Longer than this no closing waits for a run to be let go of. */
const releaseMs = 1_000;

class DrivenAudienceRuns implements AudienceRuns {
  /** Runs that this process drives, by id. */
  private readonly live = new Map<string, LiveRun>();
  private readonly driving = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private readonly fleet: RunFleet | null;
  private readonly followed = new FollowedRuns();
  /** Runs that are just being started, taken or let go of: what a look says of them is old. */
  private readonly moving = new Set<string>();
  private readonly undriven = new UndrivenCredentials();

  constructor(private readonly options: AudienceRunsOptions) {
    // Every run that is driven listens.
    setMaxListeners(0, this.stopping.signal);
    const { drivers = null, lease, newId, timers, monotonicMs } = options;
    this.fleet =
      drivers &&
      new RunFleet({
        ...{ ...defaultRunLease, ...lease },
        ...{ drivers, timers, monotonicMs },
        name: newId(),
        onLook: () => this.afterLook(),
        onLost: (id) => this.live.get(id)?.lose(),
      });
  }

  async start(request: StartRequest): Promise<StartOutcome> {
    const { caller, idempotencyKey, inputDigest } = request;
    const { repository, newId, clock, monotonicMs } = this.options;
    this.visit(caller);
    const record = newRecord(request, { id: newId(), now: clock() });
    const sinceMs = monotonicMs();
    const run = await this.move(record.id, async () => {
      if ((await repository.insert(record, this.fleet?.name)) !== 'inserted') return null;
      return this.claim(record, new RunCredentials(this.options.ownCaller(record), caller), sinceMs);
    });
    if (run !== null) return { kind: 'started', run: run.view };
    const earlier = idempotencyKey === null ? null : await this.findByKey(caller, idempotencyKey);
    return earlier?.record.inputDigest === inputDigest
      ? { kind: 'found', run: earlier }
      : { kind: 'key-taken' };
  }

  async findByKey(caller: Caller, idempotencyKey: string): Promise<RunView | null> {
    this.visit(caller);
    return this.viewOf(await this.options.repository.findByKey(caller, idempotencyKey));
  }

  async find(caller: Caller, id: string): Promise<RunView | null> {
    this.visit(caller);
    return this.viewOf(await this.options.repository.find(caller, id));
  }

  async list(caller: Caller, request: Parameters<AudienceRuns['list']>[1]): ReturnType<AudienceRuns['list']> {
    this.visit(caller);
    const { repository } = this.options;
    const [records, totalCount] = await Promise.all([
      repository.list(caller, request),
      repository.count(caller),
    ]);
    return { runs: records.map((record) => this.viewOf(record)), totalCount };
  }

  async cancel(caller: Caller, id: string): ReturnType<AudienceRuns['cancel']> {
    const found = await this.find(caller, id);
    if (found === null) return null;
    const run = this.live.get(id);
    if (run === undefined) return this.cancelElsewhere(caller, found);
    try {
      await run.update(toCancelling);
    } catch (error) {
      if (!(error instanceof RunLost)) throw error;
      return this.cancelElsewhere(caller, found);
    }
    return { kind: run.record.status === 'CANCELLING' ? 'cancelling' : 'ended', run: run.view };
  }

  async watch(request: WatchRunRequest): Promise<AsyncIterableIterator<RunUpdate> | null> {
    const found = await this.find(request.caller, request.id);
    if (found === null) return null;
    const { watchers } = this.options;
    if (this.fleet !== null && !hasEnded(found.record))
      return streamRun(this.followed.follow(found, request.caller), request, watchers);
    const run = this.live.get(request.id);
    return run === undefined ? once(found) : streamRun(run, request, watchers);
  }

  async resume(): Promise<void> {
    if (this.fleet !== null) return this.fleet.begin();
    for (const record of await this.options.repository.unfinished())
      this.claim(record, new RunCredentials(this.options.ownCaller(record), null), 0);
  }

  async close(): Promise<void> {
    this.stopping.abort();
    this.fleet?.end();
    await Promise.all(this.driving);
  }

  /**
   * The one place where this process takes a run as its own to drive. Where it has the state alone, the lock on the
   * state's folder says that nobody else can; where it does not, the row has this replica as the driver.
   *
   * @param sinceMs from before that was written.
   */
  private claim(record: AudienceRunRecord, credentials: RunCredentials, sinceMs: number): LiveRun {
    const { options, fleet } = this;
    const { repository, clock, drivers = null } = options;
    fleet?.hold(record.id, sinceMs);
    const lease = drivers &&
      fleet && {
        mayDrive: () => fleet.mayDrive(record.id),
        readOwn: () => drivers.own(record.id, fleet.name),
      };
    const run = new LiveRun({ repository, clock, lease }, record, credentials);
    run.listen(() => this.followed.see(run.view));
    this.live.set(record.id, run);
    this.followed.see(run.view);
    const signal = AbortSignal.any([this.stopping.signal, run.lost]);
    const done = drive({ ...options, signal, restsUndriven: fleet !== null }, run)
      .catch((error: unknown) =>
        options.log.error({ runId: record.id, err: error }, 'a run is not driven any more'),
      )
      .then(() => this.release(run))
      .finally(() => this.driving.delete(done));
    this.driving.add(done);
    return run;
  }

  private async release(run: LiveRun): Promise<void> {
    const { id } = run.record;
    this.live.delete(id);
    const { fleet, options } = this;
    if (fleet === null) return;
    fleet.letGo(id);
    if (hasEnded(run.record)) return;
    this.undriven.leave(id, run.credentials);
    if (run.lost.aborted) return;
    const wait = this.stopping.signal.aborted ? null : run.view.waitingFor;
    await this.move(id, async () => {
      const work = options.drivers?.release(id, fleet.name, wait) ?? Promise.resolve();
      // Where it cannot be written, the sign of life runs out.
      await within({ timers: options.timers, ms: releaseMs, work }).catch(() => undefined);
    });
    // Somebody may have come by meanwhile.
    this.undriven.leave(id, run.credentials);
  }

  /** Takes a run over that nobody drives, where nobody was quicker. */
  private async take(run: DrivenRun, credentials: RunCredentials): Promise<void> {
    const { fleet, options } = this;
    const { drivers = null, monotonicMs, log } = options;
    if (fleet === null || drivers === null || this.stopping.signal.aborted) return;
    if (this.live.has(run.id) || this.moving.has(run.id)) return;
    const sinceMs = monotonicMs();
    await this.move(run.id, async () => {
      const record = await drivers.claim(run, fleet.name);
      if (record === null || this.stopping.signal.aborted) return;
      log.info({ runId: run.id }, 'a run is taken up');
      this.claim(record, credentials, sinceMs);
    }).catch(() => undefined);
  }

  private async move<T>(id: string, work: () => Promise<T>): Promise<T> {
    this.moving.add(id);
    try {
      return await work();
    } finally {
      this.moving.delete(id);
    }
  }

  /** Takes up what nobody drives and there is a credential for, and tells what other replicas have done. */
  private afterLook(): void {
    const { fleet, options } = this;
    if (fleet === null) return;
    this.undriven.forgetUnless((id) => fleet.isFreeRun(id) || this.moving.has(id));
    for (const run of fleet.free()) {
      const present = this.followed.callersOf(run.id);
      const credentials = this.undriven.of(run.id, options.ownCaller(run), present);
      if (credentials.current !== null) void this.take(run, credentials);
    }
    for (const run of this.live.values()) this.compare(run, fleet);
    for (const id of this.followed.ids) void this.tellFollowers(id, fleet).catch(() => undefined);
  }

  /** What the state says of a run that is driven here, next to what is known of it here. */
  private compare(live: LiveRun, fleet: RunFleet): void {
    const { record, waitingFor } = live.view;
    const seen = fleet.find(record.id);
    if (seen === undefined || this.moving.has(record.id)) return;
    if (seen.version > record.version) void live.refresh().catch(() => undefined);
    if (seen.wait !== waitingFor)
      void this.options.drivers?.tellWait(record.id, fleet.name, waitingFor).catch(() => undefined);
  }

  private async tellFollowers(id: string, fleet: RunFleet): Promise<void> {
    if (this.live.has(id)) return;
    const seen = fleet.find(id);
    const news = { version: seen?.version ?? Infinity, waitingFor: seen ? this.waitOf(seen, fleet) : null };
    const [tenant] = this.followed.callersOf(id);
    if (tenant === undefined || !this.followed.lacks(id, news)) return;
    const record = await this.options.repository.find(tenant, id);
    if (record !== null && !this.live.has(id)) this.followed.see(this.viewOf(record));
  }

  /** Somebody who has proven access: runs of that org and sandbox that rest go on with the credential. */
  private visit(caller: Caller): void {
    for (const { record, credentials } of this.live.values())
      if (isOf(record, caller)) credentials.offer(caller);
    for (const run of this.fleet?.free() ?? []) {
      if (!isOf(run, caller)) continue;
      const credentials = new RunCredentials(this.options.ownCaller(run), null);
      credentials.offer(caller);
      void this.take(run, credentials);
    }
  }

  private async cancelElsewhere(
    caller: Caller,
    { record }: RunView,
  ): Promise<{ readonly kind: 'cancelling' | 'ended'; readonly run: RunView }> {
    const told = this.fleet === null ? record : await cancelElsewhere(this.options, caller, record);
    return { kind: told.status === 'CANCELLING' ? 'cancelling' : 'ended', run: this.viewOf(told) };
  }

  private viewOf(record: AudienceRunRecord): RunView;
  private viewOf(record: AudienceRunRecord | null): RunView | null;
  private viewOf(record: AudienceRunRecord | null): RunView | null {
    if (record === null) return null;
    const live = this.live.get(record.id);
    if (live !== undefined && live.record.version >= record.version) return live.view;
    const seen = hasEnded(record) ? undefined : this.fleet?.find(record.id);
    return { record, waitingFor: seen && this.fleet ? this.waitOf(seen, this.fleet) : null };
  }

  private waitOf(run: DrivenRun, fleet: RunFleet): RunWait | null {
    if (!fleet.isFreeRun(run.id)) return run.wait;
    return this.options.ownCaller(run) === null ? 'CREDENTIAL' : null;
  }
}

function isOf({ orgId, sandbox }: Tenant, caller: Tenant): boolean {
  return orgId === caller.orgId && sandbox === caller.sandbox;
}
