import { setMaxListeners } from 'node:events';
import type { Logger } from 'pino';
import type { DataSources } from '../datasources';
import type { Caller } from '../datasources/caller';
import type { CallTally } from '../datasources/rest-call';
import type { Timers } from '../lib/timers';
import type { AudienceRunRecord, Tenant } from '../state/audience-run';
import type { AudienceRunRepository } from '../state/audience-runs';
import type { JobWatchers } from '../subscriptions/job-watchers';
import type {
  AudienceRuns,
  RunUpdate,
  RunView,
  StartOutcome,
  StartRequest,
  WatchRunRequest,
} from './audience-runs';
import { drive } from './drive';
import { LiveRun } from './live-run';
import { RunCredentials } from './run-credentials';
import { streamRun } from './run-stream';

export interface AudienceRunsOptions {
  readonly repository: AudienceRunRepository;
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

class DrivenAudienceRuns implements AudienceRuns {
  /** Runs that have not ended, by id. */
  private readonly live = new Map<string, LiveRun>();
  private readonly driving = new Set<Promise<void>>();
  private readonly stopping = new AbortController();

  constructor(private readonly options: AudienceRunsOptions) {
    // Every run that is driven listens.
    setMaxListeners(0, this.stopping.signal);
  }

  async start(request: StartRequest): Promise<StartOutcome> {
    const { caller, idempotencyKey, inputDigest } = request;
    this.visit(caller);
    const record = newRecord(request, { id: this.options.newId(), now: this.options.clock() });
    if ((await this.options.repository.insert(record)) === 'inserted')
      return { kind: 'started', run: this.claim(record, caller).view };
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
    if (run === undefined) return { kind: 'ended', run: found };
    await run.update((record) =>
      record.status === 'RUNNING' ? { ...record, status: 'CANCELLING' } : record,
    );
    return { kind: run.record.status === 'CANCELLING' ? 'cancelling' : 'ended', run: run.view };
  }

  async watch(request: WatchRunRequest): Promise<AsyncIterableIterator<RunUpdate> | null> {
    const found = await this.find(request.caller, request.id);
    if (found === null) return null;
    const run = this.live.get(request.id);
    return run === undefined ? once(found) : streamRun(run, request, this.options.watchers);
  }

  async resume(): Promise<void> {
    for (const record of await this.options.repository.unfinished()) this.claim(record, null);
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.driving);
  }

  /**
   * The one place where this process takes a run as its own to drive. Today the lock on the state's folder says that
   * nobody else can; where several processes share a state, a lease is to be taken here, and given back in `release`.
   */
  private claim(record: AudienceRunRecord, starter: Caller | null): LiveRun {
    const { options } = this;
    const credentials = new RunCredentials(options.ownCaller(record), starter);
    const run = new LiveRun({ repository: options.repository, clock: options.clock }, record, credentials);
    this.live.set(record.id, run);
    const done = drive({ ...options, signal: this.stopping.signal }, run)
      .catch((error: unknown) =>
        options.log.error({ runId: record.id, err: error }, 'a run is not driven any more'),
      )
      .finally(() => {
        this.driving.delete(done);
        this.release(run);
      });
    this.driving.add(done);
    return run;
  }

  private release(run: LiveRun): void {
    this.live.delete(run.record.id);
  }

  /** Somebody who has proven access: runs of that org and sandbox that rest go on with the credential. */
  private visit(caller: Caller): void {
    for (const { record, credentials } of this.live.values()) {
      if (record.orgId === caller.orgId && record.sandbox === caller.sandbox) credentials.offer(caller);
    }
  }

  private viewOf(record: AudienceRunRecord): RunView;
  private viewOf(record: AudienceRunRecord | null): RunView | null;
  private viewOf(record: AudienceRunRecord | null): RunView | null {
    if (record === null) return null;
    return this.live.get(record.id)?.view ?? { record, waitingFor: null };
  }
}

function newRecord(
  { caller, idempotencyKey, inputDigest, plan, datasetId }: StartRequest,
  { id, now }: { readonly id: string; readonly now: Date },
): AudienceRunRecord {
  return {
    id,
    orgId: caller.orgId,
    sandbox: caller.sandbox,
    idempotencyKey,
    inputDigest,
    plan,
    status: 'RUNNING',
    step: 'EVALUATE',
    segmentJob: { kind: 'none' },
    dataset: datasetId === null ? { kind: 'none' } : { kind: 'given', id: datasetId },
    exportJob: { kind: 'none' },
    error: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}

/** A run that has ended: its state, and the end. */
async function* once(run: RunView): AsyncGenerator<RunUpdate, void, undefined> {
  yield await Promise.resolve({ ...run, segmentJob: null, exportJob: null });
}
