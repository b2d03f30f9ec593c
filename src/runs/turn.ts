import type { Logger } from 'pino';
import type { DataSources } from '../datasources';
import type { Caller } from '../datasources/caller';
import type { CallTally } from '../datasources/rest-call';
import type { Timers } from '../lib/timers';
import type { AudienceRunRepository } from '../state/audience-runs';
import type { JobWatchers } from '../subscriptions/job-watchers';
import type { LiveRun } from './live-run';
import type { Credential } from './run-credentials';

/** What every run of a process is driven with. */
export interface DriveParts {
  readonly repository: AudienceRunRepository;
  readonly watchers: JobWatchers;
  sourcesOf(caller: Caller, signal: AbortSignal, tally?: CallTally): DataSources;
  readonly timers: Timers;
  /** Monotonic, ms. */
  readonly monotonicMs: () => number;
  /** 0 up to 1. */
  readonly random: () => number;
  readonly log: Logger;
  /** True where a run that rests is not driven meanwhile, so that another replica may find a credential for it. */
  readonly restsUndriven: boolean;
  /** Fires when the process stops, or another replica may drive the run. */
  readonly signal: AbortSignal;
}

/** One try to bring a run further, with one credential. */
export interface Turn extends DriveParts {
  readonly run: LiveRun;
  readonly credential: Credential;
  /** A set that has cached nothing. */
  sources(tally?: CallTally, signal?: AbortSignal): DataSources;
  /** The upstream answers. */
  answered(): void;
  /** The upstream does not answer; `too-long`: it is not to be waited for any more. */
  failed(): 'bearable' | 'too-long';
}
