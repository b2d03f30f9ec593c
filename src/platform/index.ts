import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { PortInUse } from '../errors/port-in-use';
import { systemCodeOf } from '../lib/system-code';
import type { Demo } from './demo/demo';
import { createDemo } from './demo/demo';
import { SandboxGate } from './http/sandbox-gate';
import { createHttpServer } from './http/http-server';
import type { HttpServices } from './http/http-services';
import type { KnownClient } from './http/issued-tokens';
import { createIssuedTokens } from './http/issued-tokens';
import { abandonUploads, defaultUploadAgeMs } from './jobs/abandon-uploads';
import type { MembershipDialect } from './http/profile-entity-body';
import { runExportJob } from './jobs/export-job';
import { IngestRunner } from './jobs/ingest-runner';
import type { JobWork } from './jobs/job-handle';
import { JobRunner } from './jobs/job-runner';
import { resumeIngests } from './jobs/resume-ingests';
import { ScheduleBook } from './jobs/schedule-book';
import { Scheduler } from './jobs/scheduler';
import { runSegmentJob } from './jobs/segment-job';
import type { PlatformLog, Surroundings, Timers } from './jobs/surroundings';
import { silentLog } from './jobs/surroundings';
import { randomIds, systemTimers } from './jobs/system-surroundings';
import { Trials } from './jobs/trials';
import { PreviewBook } from './previews/preview-book';
import { createQueue } from './store/files/one-at-a-time';
import { openStore } from './store/open-store';
import type { PlatformStore } from './store/platform-store';

export interface PlatformOptions {
  /** Everything is kept here; made where it is missing. One process at a time. */
  readonly dataDir: string;
  /** 0: any free one. */
  readonly port: number;
  /** Loopback unless told. */
  readonly host?: string;
  /** Rest between two steps of a job, in ms, so that people can watch and cancel jobs over small data. 0, the default: none. */
  readonly paceMs?: number;
  /** Epoch milliseconds. */
  readonly clock?: () => number;
  /** Milliseconds since some moment, for waits. */
  readonly monotonic?: () => number;
  readonly timers?: Timers;
  readonly log?: PlatformLog;
  /** Of the evaluation engine. */
  readonly threads?: number;
  /** Of the evaluation engine, e.g. `2GB`. */
  readonly memoryLimit?: string;
  /** Schedules in one sandbox; Adobe allows one. */
  readonly maxSchedules?: number;
  /** True: people may move the clock, plan failures and the like by HTTP, below `/audience/admin`. */
  readonly admin?: boolean;
  /** Who may have tokens; where any are named, only tokens issued to them are taken. Empty, the default: everybody. */
  readonly clients?: readonly KnownClient[];
  /** A batch that waits for a file longer than this is abandoned at the start; 24 hours unless told. */
  readonly uploadAgeMs?: number;
  /** Statuses of membership that answers know: `realized`, `existing` and `exited` (the default), or two without `existing`. */
  readonly membershipDialect?: MembershipDialect;
  /** Jobs that run side by side, over all tenants; one tenant has at most one. */
  readonly maxRunningJobs?: number;
}

/** Our own implementation of Adobe's segmentation REST APIs, with its store, its job runner and its scheduler. */
export interface Platform {
  /** Origin, e.g. `http://127.0.0.1:4001`. */
  readonly url: string;
  readonly demo: Demo;
  /** Whoever has it may empty the platform by `POST /audience/reset`. */
  readonly operatorKey: string;
  /** The platform's time, epoch ms, which people may have moved. */
  now(): number;
  isReady(): boolean;
  /** Answers what is under way, stops jobs (they go on at the next start), closes the store. May be called twice. */
  close(): Promise<void>;
}

const defaultHost = '127.0.0.1';
const drainMs = 3_000;

/**
 * Opens the store, listens, and goes on with the jobs that an earlier process left.
 * @throws StoreUnavailable when the folder cannot be used.
 * @throws PortInUse when another process has the port.
 */
export async function createPlatform(options: PlatformOptions): Promise<Platform> {
  const monotonic = options.monotonic ?? (() => performance.now());
  const { clock = Date.now, paceMs = 0 } = options;
  const trials = new Trials({ clock, monotonic, paceMs });
  const surroundings: Surroundings = {
    clock: () => trials.now(),
    monotonic,
    ids: randomIds,
    timers: options.timers ?? systemTimers,
    log: options.log ?? silentLog,
  };
  const { threads, memoryLimit } = options;
  const store = await openStore({
    dataDir: options.dataDir,
    now: surroundings.clock,
    ...(threads === undefined ? {} : { threads }),
    ...(memoryLimit === undefined ? {} : { memoryLimit }),
  });
  try {
    return await startPlatform(options, { store, surroundings, trials });
  } catch (error) {
    await store.close();
    throw error;
  }
}

interface Ground {
  readonly store: PlatformStore;
  readonly surroundings: Surroundings;
  readonly trials: Trials;
}

async function startPlatform(options: PlatformOptions, ground: Ground): Promise<Platform> {
  const { store, surroundings } = ground;
  const rooms = buildRooms(options, ground);
  const { host = defaultHost, port } = options;
  const state = { url: '', phase: 'starting' as 'starting' | 'ready' | 'closing' };
  const services: HttpServices = {
    ...rooms,
    ...ground,
    gate: new SandboxGate(surroundings.timers),
    operatorKey: surroundings.ids.uuid(),
    tokens: createIssuedTokens({
      key: await store.secret('tokens'),
      clock: surroundings.clock,
      newId: () => surroundings.ids.uuid(),
      clients: options.clients ?? [],
    }),
    definitionTurns: createQueue(),
    membershipDialect: options.membershipDialect ?? 'three',
    isAdminOpen: options.admin ?? false,
    maxSchedules: options.maxSchedules ?? 1,
    isReady: () => state.phase === 'ready',
    origin: () => state.url,
  };
  const app = createHttpServer(services);
  await abandonUploads(store, { ageMs: options.uploadAgeMs ?? defaultUploadAgeMs, surroundings });
  state.url = await listen(app, { host, port });
  await resumeIngests(store, rooms.ingests);
  rooms.runner.wake();
  rooms.scheduler.wake();
  state.phase = 'ready';
  let closing: Promise<void> | undefined;
  return {
    url: state.url,
    demo: createDemo({ store, now: surroundings.clock }),
    operatorKey: services.operatorKey,
    now: surroundings.clock,
    isReady: () => state.phase === 'ready',
    close: () => {
      state.phase = 'closing';
      closing ??= closeInOrder({ app, store, rooms });
      return closing;
    },
  };
}

interface Rooms {
  readonly work: JobWork;
  readonly runner: JobRunner;
  readonly ingests: IngestRunner;
  readonly scheduleBook: ScheduleBook;
  readonly scheduler: Scheduler;
  readonly previews: PreviewBook;
}

function buildRooms(options: PlatformOptions, { store, surroundings, trials }: Ground): Rooms {
  const work: JobWork = {
    segment: async (tenant, job, run) => {
      trials.failIfPlanned(tenant, 'segment');
      await runSegmentJob(store, { tenant, job, run });
    },
    export: async (tenant, job, run) => {
      trials.failIfPlanned(tenant, 'export');
      await runExportJob({ store, surroundings, tenant, job, run });
    },
  };
  const runner = new JobRunner({
    store,
    work,
    surroundings,
    paceMs: () => trials.paceMs,
    maxRunning: options.maxRunningJobs ?? 2,
  });
  const scheduleBook = new ScheduleBook(store);
  const scheduler = new Scheduler({ store, book: scheduleBook, surroundings, onJob: () => runner.wake() });
  return {
    work,
    runner,
    scheduleBook,
    scheduler,
    ingests: new IngestRunner({ store, surroundings }),
    previews: new PreviewBook({ store, surroundings }),
  };
}

async function listen(
  app: FastifyInstance,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    await app.close();
    throw systemCodeOf(cause) === 'EADDRINUSE' ? new PortInUse(port, host, { cause }) : cause;
  }
  const { port: actual } = app.server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${actual}`;
}

/** No new requests; no new jobs; what runs is stopped; then the store, on which all of it stands. */
async function closeInOrder({
  app,
  store,
  rooms,
}: {
  readonly app: FastifyInstance;
  readonly store: PlatformStore;
  readonly rooms: Rooms;
}): Promise<void> {
  const force = setTimeout(() => app.server.closeAllConnections(), drainMs);
  try {
    await rooms.scheduler.close();
    await app.close();
    await Promise.all([rooms.runner.close(), rooms.ingests.close(), rooms.previews.close()]);
  } finally {
    clearTimeout(force);
    await store.close();
  }
}
