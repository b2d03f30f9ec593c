import { createCaller } from '../../src/datasources/caller';
import type { Caller } from '../../src/datasources/caller';
import type { CallTally } from '../../src/datasources/rest-call';
import type { Backbone } from '../../src/state/backbone/backbone';
import type { DataSources, ExportJobSource, SegmentJobSource } from '../../src/datasources';
import type { JobChange, JobWatchers } from '../../src/subscriptions/job-watchers';
import type { ExportJobWire } from '../../src/wire/export-job.wire';
import type { SegmentJobWire } from '../../src/wire/segment-job.wire';
import { FakeTime } from './fake-time';
import { ada } from './fake-upstream';
import { watchersOn } from './watchers-on';

/** What a look at a job finds: a status, a status with its progress, or an error. */
export type Finding =
  | string
  | {
      readonly status: string;
      readonly progress?: number;
      readonly updateTime?: number;
      /** The id that was asked for, unless given. */
      readonly id?: string;
    }
  | Error;

export interface ScriptedJobsOptions {
  /** Shared by replicas. */
  readonly time?: FakeTime;
  readonly now?: Map<string, Finding>;
  readonly backbone?: Backbone;
  readonly budget?: { readonly callsPerSecond: number };
  readonly replica?: string;
}

/** Watchers over jobs whose states a test sets by hand, under a clock that it moves by hand. */
export class ScriptedJobs {
  /** Kinds of the jobs of which an older status came after a newer one. */
  readonly wentBack: string[] = [];
  readonly time: FakeTime;
  /** By id; what each look finds until it is changed. */
  readonly now: Map<string, Finding>;
  /** `set 1: j1` for each look: through which set of sources, at which job. */
  readonly looks: string[] = [];
  readonly watchers: JobWatchers;
  private sets = 0;

  constructor(options: ScriptedJobsOptions = {}) {
    this.time = options.time ?? new FakeTime();
    this.now = options.now ?? new Map<string, Finding>();
    const { backbone, budget, replica = 'test' } = options;
    this.watchers = watchersOn(this.time, {
      replica,
      ...(backbone && { backbone }),
      ...(budget && { budget }),
      statusWentBack: (kind) => void this.wentBack.push(kind),
    });
  }

  watch(
    id: string,
    options: { after?: string; caller?: Caller; kind?: 'SEGMENT' | 'EXPORT' } = {},
  ): AsyncIterableIterator<JobChange> {
    const { after, caller = ada, kind = 'SEGMENT' } = options;
    return this.watchers.watch({
      caller,
      kind,
      id,
      after,
      freshSources: (tally) => this.freshSources(tally),
    });
  }

  /** Reads everything that a stream has and will have without the clock being moved. */
  listen(stream: AsyncIterableIterator<JobChange>): Heard {
    const heard: Heard = { changes: [], words: [], isDone: false, error: null, stream };
    void (async () => {
      try {
        for await (const change of stream) {
          heard.changes.push(change);
          heard.words.push(wordOf(change));
        }
      } catch (error) {
        heard.error = error;
      }
      heard.isDone = true;
    })();
    return heard;
  }

  private freshSources(tally?: CallTally): DataSources {
    this.sets += 1;
    const set = this.sets;
    let bulk = 0;
    // As the real ones do it: segment jobs of one tick come by one call.
    const count = (isBulk: boolean): void => {
      if (tally === undefined || (isBulk && (bulk += 1) > 1)) return;
      tally.upstreamCalls += 1;
    };
    const look = (id: string, isBulk: boolean): Promise<SegmentJobWire & ExportJobWire> => {
      count(isBulk);
      this.looks.push(`set ${String(set)}: ${id}`);
      const finding = this.now.get(id) ?? 'NEW';
      if (finding instanceof Error) return Promise.reject(finding);
      const fields = typeof finding === 'string' ? { status: finding } : finding;
      const job = { id, segments: [], creationTime: 1, updateTime: 1, ...fields };
      return Promise.resolve(job as unknown as SegmentJobWire & ExportJobWire);
    };
    return {
      segmentJobs: { byId: (id) => look(id, true) } as Partial<SegmentJobSource>,
      exportJobs: { byId: (id) => look(id, false) } as Partial<ExportJobSource>,
    } as DataSources;
  }
}

export interface Heard {
  readonly changes: JobChange[];
  /** `SNAPSHOT NEW`, `STATUS NEW>PROCESSING`, `TERMINAL …`, `GAP`; a replayed one ends with "again". */
  readonly words: string[];
  isDone: boolean;
  error: unknown;
  readonly stream: AsyncIterableIterator<JobChange>;
}

export const bob: Caller = createCaller({ ...ada, authorization: 'Bearer bobs-token' });

function wordOf({ type, watched, previousStatus, replayed }: JobChange): string {
  const progress = watched?.job.progress;
  const status =
    watched === null ? '' : ` ${previousStatus === null ? '' : `${previousStatus}>`}${watched.job.status}`;
  return `${type}${status}${progress === undefined ? '' : ` ${String(progress)}`}${replayed ? ' again' : ''}`;
}
