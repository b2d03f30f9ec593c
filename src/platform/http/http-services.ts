import type { IngestRunner } from '../jobs/ingest-runner';
import type { JobWork } from '../jobs/job-handle';
import type { JobRunner } from '../jobs/job-runner';
import type { ScheduleBook } from '../jobs/schedule-book';
import type { Scheduler } from '../jobs/scheduler';
import type { Surroundings } from '../jobs/surroundings';
import type { Trials } from '../jobs/trials';
import type { PreviewBook } from '../previews/preview-book';
import type { Queue } from '../store/files/one-at-a-time';
import type { PlatformStore } from '../store/platform-store';
import type { MembershipDialect } from './profile-entity-body';
import type { SandboxGate } from './sandbox-gate';
import type { IssuedTokens } from './issued-tokens';

/** What the routes lean on. */
export interface HttpServices {
  readonly store: PlatformStore;
  readonly work: JobWork;
  readonly runner: JobRunner;
  readonly scheduler: Scheduler;
  readonly scheduleBook: ScheduleBook;
  readonly ingests: IngestRunner;
  readonly previews: PreviewBook;
  readonly surroundings: Surroundings;
  readonly tokens: IssuedTokens;
  /** One write of a definition after the other. */
  readonly definitionTurns: Queue;
  readonly membershipDialect: MembershipDialect;
  readonly trials: Trials;
  readonly gate: SandboxGate;
  /** Whoever sends it may empty the platform. */
  readonly operatorKey: string;
  /** True where people may set `trials` by HTTP. */
  readonly isAdminOpen: boolean;
  /** Adobe allows one per org and sandbox. */
  readonly maxSchedules: number;
  readonly isReady: () => boolean;
  /** Origin of this server, e.g. `http://127.0.0.1:4001`; known once it listens. Never taken from a request. */
  readonly origin: () => string;
}
