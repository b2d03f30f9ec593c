import { pino } from 'pino';
import type { Caller } from '../../src/datasources/caller';
import type { AudienceRuns, RunUpdate, StartOutcome, StartRequest } from '../../src/runs/audience-runs';
import { createAudienceRuns } from '../../src/runs/create-audience-runs';
import type { AudienceRunRecord } from '../../src/state/audience-run';
import type { AudienceRunRepository } from '../../src/state/audience-runs';
import type { RunDrivers } from '../../src/state/run-drivers';
import { createTextSeal } from '../../src/lib/text-seal';
import { createJobWatchers } from '../../src/subscriptions/create-job-watchers';
import { FakeTime } from './fake-time';
import { ada } from './fake-upstream';
import { ScriptedUpstream } from './scripted-upstream';

/** Audience runs over an upstream in memory, under a clock that a test moves by hand. */
export class ScriptedRuns {
  readonly runs: AudienceRuns;
  private ids = 0;

  constructor(
    repository: AudienceRunRepository,
    readonly upstream = new ScriptedUpstream(),
    readonly time = new FakeTime(),
    options: {
      readonly ownCaller?: Caller;
      readonly idPrefix?: string;
      readonly drivers?: RunDrivers;
    } = {},
  ) {
    const { clock, timers } = this.time;
    const log = pino({ level: 'silent' });
    this.runs = createAudienceRuns({
      repository,
      drivers: options.drivers ?? null,
      watchers: createJobWatchers({
        clock,
        monotonicMs: this.time.monotonicMs,
        timers,
        random: () => 0.5,
        seal: createTextSeal('a secret of the tests, long enough', 'cursors'),
        log,
      }),
      sourcesOf: this.upstream.sourcesOf,
      ownCaller: () => options.ownCaller ?? null,
      clock,
      monotonicMs: () => clock().getTime(),
      timers,
      random: () => 0.5,
      newId: () => `${options.idPrefix ?? 'run'}-${String((this.ids += 1))}`,
      log,
    });
  }

  start(parts: Partial<StartRequest> = {}): Promise<StartOutcome> {
    return this.runs.start({
      caller: ada,
      idempotencyKey: null,
      inputDigest: 'digest',
      plan: {
        segmentIds: ['s1', 's2'],
        datasetBody: { name: 'Members' },
        exportBody: {
          filter: { segments: [{ segmentId: 's1' }, { segmentId: 's2' }] },
          destination: { segmentPerBatch: false },
          schema: { name: '_xdm.context.profile' },
        },
      },
      datasetId: null,
      ...parts,
    });
  }

  /** The id of a run that was started just now. */
  async startedId(parts: Partial<StartRequest> = {}): Promise<string> {
    const outcome = await this.start(parts);
    if (outcome.kind === 'key-taken') throw new Error('The key is taken');
    return outcome.run.record.id;
  }

  async record(id: string, caller = ada): Promise<AudienceRunRecord> {
    const found = await this.runs.find(caller, id);
    if (found === null) throw new Error(`There is no run ${id}`);
    return found.record;
  }

  /** `RUNNING EVALUATE`, and what it rests for. */
  async word(id: string): Promise<string> {
    const found = await this.runs.find(ada, id);
    return found === null ? 'none' : wordOf(found);
  }

  /** Hears a run without being asked anything. */
  async listen(id: string, caller = ada): Promise<HeardRun> {
    const heard: HeardRun = { words: [], updates: [], isDone: false, error: null, leave: () => undefined };
    const freshSources = () => this.upstream.sourcesOf(caller);
    const stream = await this.runs.watch({ caller, id, freshSources });
    if (stream === null) throw new Error(`There is no run ${id}`);
    heard.leave = () => void stream.return?.();
    void (async () => {
      try {
        for await (const update of stream) {
          heard.updates.push(update);
          heard.words.push(wordOf(update));
        }
      } catch (error) {
        heard.error = error;
      }
      heard.isDone = true;
    })();
    return heard;
  }
}

export interface HeardRun {
  readonly words: string[];
  readonly updates: RunUpdate[];
  isDone: boolean;
  error: unknown;
  leave: () => void;
}

function wordOf({ record, waitingFor }: Pick<RunUpdate, 'record' | 'waitingFor'>): string {
  return `${record.status} ${record.step}${waitingFor === null ? '' : ` (${waitingFor})`}`;
}
