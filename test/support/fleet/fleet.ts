import { startFaultProxy } from '../fault-proxy';
import type { FaultProxy } from '../fault-proxy';
import { startProcess } from '../gateway-process';
import type { RunningProcess } from '../gateway-process';
import { startPostgres } from '../postgres-server';
import type { PostgresServer } from '../postgres-server';
import { startMovingJobs } from './moving-jobs';
import type { MovingJobs } from './moving-jobs';

/** A gateway as users start it, with a way of its own to PostgreSQL. */
export interface ReplicaProcess {
  readonly number: number;
  /** Between it and PostgreSQL. */
  readonly line: FaultProxy;
  /** Of its door; null while it takes nobody in. */
  readonly url: string | null;
  start(): Promise<void>;
  /** Dies without a word. */
  kill(): Promise<void>;
  /** As a roll-out stops it. @returns the exit code */
  stop(): Promise<number | null>;
  /** Stands still, with all its connections, until it is thawed. */
  freeze(): void;
  /** When it said that the backbone is away, by `performance.now()`. */
  readonly lostMs: readonly number[];
  thaw(): void;
}

/** Several gateways that share a PostgreSQL, before one upstream. */
export interface Fleet {
  readonly replicas: readonly ReplicaProcess[];
  readonly postgres: PostgresServer;
  readonly jobs: MovingJobs;
  /** What replicas did that none may: ended by themselves, or logged an error. */
  readonly faults: string[];
  close(): Promise<void>;
}

export interface FleetOptions {
  readonly size: number;
  readonly env?: Readonly<Record<string, string>>;
}

export async function startFleet({ size, env = {} }: FleetOptions): Promise<Fleet> {
  const postgres = await startPostgres();
  const jobs = await startMovingJobs(size);
  const faults: string[] = [];
  const replicas = await Promise.all(
    jobs.urls.map(async (upstreamUrl, number) => {
      const line = await startFaultProxy(postgres.port);
      const settings = {
        AEP_UPSTREAM_URL: upstreamUrl,
        BACKBONE_URL: postgres.url(line.port),
        GATEWAY_SECRET: 'a secret that all replicas have in common',
        PORT: '0',
        LOG_LEVEL: 'warn',
        ...env,
      };
      return createReplica({ number, line, env: settings, faults });
    }),
  );
  // One after the other: two at once would take each other's time.
  for (const replica of replicas) await replica.start();
  return {
    replicas,
    postgres,
    jobs,
    faults,
    close: async () => {
      // First, whatever comes after: processes that nobody ends would stay.
      await Promise.all(replicas.map((replica) => replica.kill()));
      for (const replica of replicas) {
        await replica.line.close();
      }
      await jobs.close();
      await postgres.close();
    },
  };
}

function createReplica(parts: {
  readonly number: number;
  readonly line: FaultProxy;
  readonly env: Readonly<Record<string, string>>;
  readonly faults: string[];
}): ReplicaProcess {
  const { number, line, env, faults } = parts;
  let running: RunningProcess | null = null;
  let url: string | null = null;
  const lostOfBefore: number[] = [];
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    const ending = running;
    running = null;
    ending?.signal(signal);
    if (signal === 'SIGKILL') url = null;
    // Nobody tells clients of a replica that stops: they find out.
    const code = (await ending?.exit) ?? null;
    url = null;
    lostOfBefore.push(...lossesIn(ending));
    if (ending?.errorOutput().includes('"level":50') === true)
      faults.push(`replica ${number}: ${ending.errorOutput()}`);
    return code;
  };
  return {
    number,
    line,
    get url() {
      return url;
    },
    start: async () => {
      const started = startProcess({ script: 'dist/main.js', env });
      running = started;
      void started.exit.then((code) => {
        if (running === started)
          faults.push(`replica ${number} ended by itself (${code}): ${started.errorOutput()}`);
      });
      const [, found = ''] = await started.printed(/GraphQL +(\S+)\/graphql/);
      await started.printed(/Ready/);
      url = found;
    },
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
    get lostMs() {
      return [...lostOfBefore, ...lossesIn(running)];
    },
    freeze: () => running?.signal('SIGSTOP'),
    thaw: () => running?.signal('SIGCONT'),
  };
}

/** The time of our clock at which `performance.now()` was 0. */
const originMs = Date.now() - performance.now();

function lossesIn(running: RunningProcess | null): readonly number[] {
  const said = running?.errorOutput().matchAll(/"time":(\d+)[^\n]*"msg":"the backbone is away/g) ?? [];
  return [...said].map(([, time]) => Number(time) - originMs);
}
