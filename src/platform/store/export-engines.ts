import { mkdirSync } from 'node:fs';
import type { UnionSchema } from '../../xdm/union-schema';
import { openEngineHost, type Engine, type EngineHost, type EngineLimits } from './engine/engine';
import { createEnginePool, type EngineLoan, type PooledEngine } from './engine/engine-pool';
import { remove } from './files/tenant-files';
import { createDataViews, type PresentPaths } from './generation/data-views';
import { createMembershipView, type MembershipSource } from './membership/membership-file';

/**
 * The engine of the last export, kept open for the next one of the same data, as the segments of one evaluation are
 * exported one after the other: to open one and to read people's columns into it again takes as long as a third of the
 * rows of 200,000 people. Each serves one export at a time.
 */
export interface ExportEngines {
  /** @throws AbortError */
  borrow(wanted: WantedExportEngine): Promise<BorrowedExportEngine>;
  /** Closes those over files of which this is true: the idle one now, the others when they are given back. */
  closeOver(isGone: (path: string) => boolean): void;
  /** Closes all; those that are borrowed when they are given back. */
  close(): void;
}

export interface WantedExportEngine {
  /** Equal for equal data. */
  readonly version: string;
  readonly schema: UnionSchema;
  /** Path of the generation. */
  readonly generation: string;
  readonly memberships: readonly MembershipSource[];
  /** True: some of the files go with the export, so that the engine does too. */
  readonly isOnce: boolean;
  readonly limits: EngineLimits;
  /** The one folder that statements may write, made for the engine. */
  readonly work: string;
  /** Keeps files there for as long as the engine is open. @returns what lets them go. */
  readonly hold: (paths: readonly string[]) => () => void;
  readonly signal: AbortSignal;
}

export interface BorrowedExportEngine extends Pick<Engine, 'run' | 'rows'> {
  readonly presentPaths: PresentPaths;
  /** Its folder; what an export leaves there, the next one finds. */
  readonly work: string;
  /** Once. */
  giveBack(): Promise<void>;
}

interface ExportEnginesOptions {
  readonly idleForMs?: number;
  /** One that holds more is not kept. */
  readonly mostIdleBytes?: number;
}

interface OpenedEngine extends PooledEngine {
  readonly version: string;
  readonly schema: UnionSchema;
  readonly host: EngineHost;
  readonly presentPaths: PresentPaths;
  readonly work: string;
}

/** Such engines for all tenants, with none open yet; one stays open at most. */
export function createExportEngines(options: ExportEnginesOptions = {}): ExportEngines {
  const { idleForMs = 30_000, mostIdleBytes = 512 * 2 ** 20 } = options;
  const pool = createEnginePool<OpenedEngine>({ mostIdle: 1, idleForMs });
  return {
    borrow: async (wanted) => {
      const isFit = ({ version, schema }: OpenedEngine): boolean =>
        version === wanted.version && schema === wanted.schema && !wanted.isOnce;
      // It would only hold memory while another works.
      pool.closeIdle((engine) => !isFit(engine));
      const loan = await pool.borrow({ paths: pathsOf(wanted), isFit, open: () => openOver(wanted) });
      if (wanted.isOnce) loan.spend();
      try {
        return await lend(loan, { signal: wanted.signal, mostIdleBytes });
      } catch (error) {
        loan.giveBack();
        throw error;
      }
    },
    closeOver: (isGone) => pool.closeOver(isGone),
    close: () => pool.closeOver(() => true),
  };
}

function pathsOf({ generation, memberships }: WantedExportEngine): readonly string[] {
  return [generation, ...memberships.map(({ file }) => file.path)];
}

async function openOver(wanted: WantedExportEngine): Promise<OpenedEngine> {
  const { generation, memberships, limits, work, version, schema } = wanted;
  const paths = pathsOf(wanted);
  const letGo = wanted.hold(paths);
  let host: EngineHost | undefined;
  const close = (): void => {
    host?.close();
    remove(work);
    letGo();
  };
  try {
    mkdirSync(work);
    const attach = [{ path: generation, as: 'gen', readOnly: true }, ...memberships.map(({ file }) => file)];
    host = await openEngineHost({ limits, attach, folders: [work] });
    return { paths, version, schema, host, work, close, presentPaths: await createViews(host, wanted) };
  } catch (error) {
    close();
    throw error;
  }
}

async function createViews(
  host: EngineHost,
  { memberships, schema, signal }: WantedExportEngine,
): Promise<PresentPaths> {
  const engine = await host.connect(signal);
  try {
    await createMembershipView(engine, memberships);
    const { present } = await createDataViews(engine, schema);
    return present;
  } finally {
    engine.close();
  }
}

interface Terms {
  readonly signal: AbortSignal;
  readonly mostIdleBytes: number;
}

async function lend(
  loan: EngineLoan<OpenedEngine>,
  { signal, mostIdleBytes }: Terms,
): Promise<BorrowedExportEngine> {
  const { host, presentPaths, work } = loan.engine;
  const engine = await host.connect(signal);
  const orSpent = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (error) {
      // An engine that has failed may be unusable, and one that was interrupted may still be at it.
      loan.spend();
      throw error;
    }
  };
  return {
    run: (sql, parameters) => orSpent(engine.run(sql, parameters)),
    rows: (sql, parameters) => orSpent(engine.rows(sql, parameters)),
    presentPaths,
    work,
    giveBack: async () => {
      try {
        if ((await bytesHeld(engine)) > mostIdleBytes) loan.spend();
      } catch {
        loan.spend();
      }
      // Tables of the export go with its connection.
      engine.close();
      loan.giveBack();
    },
  };
}

async function bytesHeld(engine: Engine): Promise<number> {
  const [row] = await engine.rows('SELECT sum(memory_usage_bytes)::BIGINT AS bytes FROM duckdb_memory()');
  return Number(row?.['bytes']);
}
