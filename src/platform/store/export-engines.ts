import { linkSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { UnionSchema } from '../../xdm/union-schema';
import { throwIfAborted } from './engine/abort';
import { openEngineHost, type Engine, type EngineHost, type EngineLimits } from './engine/engine';
import { createEnginePool, type EngineLoan, type PooledEngine } from './engine/engine-pool';
import { quoteText } from './engine/sql-text';
import { remove } from './files/tenant-files';
import { createDataViews, type PresentPaths } from './generation/data-views';
import { createMembershipView, type MembershipSource } from './membership/membership-file';

/**
 * The engine of the last export, kept open for the next one of the same people, as the segments of one evaluation are
 * exported one after the other, or each after its own: to open one and to read people's columns into it again takes as
 * long as a third of the rows of 200,000 people. Memberships that are new take the place of the former ones. Each serves
 * one export at a time.
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
  /** Equal for equal people and memberships. */
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
  readonly schema: UnionSchema;
  readonly host: EngineHost;
  readonly presentPaths: PresentPaths;
  readonly work: string;
  /** What its view of memberships reads; changed before it is lent. */
  attached: AttachedMemberships;
}

interface AttachedMemberships {
  readonly version: string;
  readonly sources: readonly MembershipSource[];
  /** Lets their files go. */
  readonly letGo: () => void;
}

/** Such engines for all tenants, with none open yet; one stays open at most. */
export function createExportEngines(options: ExportEnginesOptions = {}): ExportEngines {
  const { idleForMs = 30_000, mostIdleBytes = 512 * 2 ** 20 } = options;
  const pool = createEnginePool<OpenedEngine>({ mostIdle: 1, idleForMs });
  const borrow = (
    wanted: WantedExportEngine,
    isFit: (engine: OpenedEngine) => boolean,
  ): Promise<EngineLoan<OpenedEngine>> =>
    pool.borrow({ paths: [wanted.generation], isFit, open: () => openOver(wanted) });
  const borrowUpToDate = async (wanted: WantedExportEngine): Promise<EngineLoan<OpenedEngine>> => {
    const isFit = ({ paths, schema }: OpenedEngine): boolean =>
      paths.includes(wanted.generation) && schema === wanted.schema && !wanted.isOnce;
    // It would only hold memory while another works.
    pool.closeIdle((engine) => !isFit(engine));
    const loan = await borrow(wanted, isFit);
    try {
      await replaceMemberships(loan.engine, wanted);
      return loan;
    } catch {
      loan.spend();
      loan.giveBack();
      throwIfAborted(wanted.signal);
      // As where the file system knows no links.
      return borrow(wanted, () => false);
    }
  };
  return {
    borrow: async (wanted) => {
      const loan = await borrowUpToDate(wanted);
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

async function openOver(wanted: WantedExportEngine): Promise<OpenedEngine> {
  const { generation, memberships: sources, limits, work, version, schema } = wanted;
  const letPeopleGo = wanted.hold([generation]);
  const attached = { version, sources, letGo: wanted.hold(sources.map(({ file }) => file.path)) };
  let host: EngineHost | undefined;
  const close = ({ letGo }: AttachedMemberships): void => {
    host?.close();
    remove(work);
    letGo();
    letPeopleGo();
  };
  try {
    mkdirSync(work);
    const attach = [{ path: generation, as: 'gen', readOnly: true }, ...sources.map(({ file }) => file)];
    host = await openEngineHost({ limits, attach, folders: [work] });
    const presentPaths = await createViews(host, wanted);
    const opened: OpenedEngine = {
      paths: [generation],
      schema,
      host,
      presentPaths,
      work,
      attached,
      close: () => close(opened.attached),
    };
    return opened;
  } catch (error) {
    close(attached);
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

/** The engine is of no use when this fails. */
async function replaceMemberships(opened: OpenedEngine, wanted: WantedExportEngine): Promise<void> {
  const { version, memberships: sources, hold, signal } = wanted;
  const former = opened.attached;
  if (former.version === version) return;
  const attached = { version, sources, letGo: hold(sources.map(({ file }) => file.path)) };
  try {
    const engine = await opened.host.connect(signal);
    try {
      for (const { file } of former.sources) await engine.run(`DETACH ${file.as}`);
      for (const { file } of sources) await attachLate(engine, { ...file, work: opened.work });
      await createMembershipView(engine, sources);
    } finally {
      engine.close();
    }
  } catch (error) {
    attached.letGo();
    throw error;
  }
  opened.attached = attached;
  former.letGo();
}

/** It is shut in, so that it reaches the file by a second name in its own folder, for the moment of opening it. */
async function attachLate(
  engine: Engine,
  { path, as, work }: { readonly path: string; readonly as: string; readonly work: string },
): Promise<void> {
  const link = join(work, basename(path));
  linkSync(path, link);
  try {
    await engine.run(`ATTACH ${quoteText(link)} AS ${as} (READ_ONLY)`);
  } finally {
    remove(link);
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
