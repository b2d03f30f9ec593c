import type { UnionSchema } from '../../xdm/union-schema';
import { throwIfAborted } from './engine/abort';
import { openEngine, type Engine, type EngineLimits } from './engine/engine';
import { createEnginePool, type EngineLoan, type PooledEngine } from './engine/engine-pool';
import { createDataViews, type DataViews } from './generation/data-views';

/**
 * Engines that read a generation of people, kept open between samples: opening one costs more than most rules. Each
 * serves one sample at a time, so that one that fails, or wants all memory, takes no other down with it.
 */
export interface SampleEngines {
  /** @throws AbortError */
  borrow(wanted: WantedEngine): Promise<BorrowedEngine>;
  /** Closes those over files of which this is true: the idle ones now, the others when they are given back. */
  closeOver(isGone: (path: string) => boolean): void;
  /** Closes all; those that are borrowed when they are given back. */
  close(): void;
}

export interface WantedEngine {
  /** Of the generation. */
  readonly path: string;
  readonly schema: UnionSchema;
  readonly limits: EngineLimits;
  /** Keeps the file there for as long as the engine is open. @returns what lets it go. */
  readonly hold: () => () => void;
  readonly signal: AbortSignal;
}

export interface BorrowedEngine extends Pick<Engine, 'rows'> {
  readonly views: DataViews;
  /** As in `SampleSession`. */
  readonly codesOfSets: ReadonlyMap<number, readonly string[]>;
  /** Once. */
  giveBack(): void;
}

interface SampleEnginesOptions {
  /** So many stay open unused, over all tenants: each may hold as much memory as its limit says. */
  readonly mostIdle?: number;
  /** And so long. */
  readonly idleForMs?: number;
}

interface OpenedEngine extends ReadOnce, PooledEngine {
  readonly schema: UnionSchema;
  /** Lent to one sample after the other: to connect anew takes longer than to read the metadata. */
  readonly engine: Engine;
}

/** What all samples of an engine share. */
type ReadOnce = Pick<BorrowedEngine, 'views' | 'codesOfSets'>;

/** A pool of such engines with none in it yet. */
export function createSampleEngines(options: SampleEnginesOptions = {}): SampleEngines {
  const { mostIdle = 2, idleForMs = 30_000 } = options;
  const pool = createEnginePool<OpenedEngine>({ mostIdle, idleForMs });
  return {
    borrow: async (wanted) => {
      const { path, schema, signal } = wanted;
      const loan = await pool.borrow({
        paths: [path],
        isFit: (opened) => opened.paths.includes(path) && opened.schema === schema,
        open: () => openOver(wanted),
      });
      try {
        throwIfAborted(signal);
        return lend(loan, signal);
      } catch (error) {
        loan.giveBack();
        throw error;
      }
    },
    closeOver: (isGone) => pool.closeOver(isGone),
    close: () => pool.closeOver(() => true),
  };
}

async function openOver({ path, schema, limits, hold }: WantedEngine): Promise<OpenedEngine> {
  const letGo = hold();
  let engine: Engine | undefined;
  const close = (): void => {
    engine?.close();
    letGo();
  };
  try {
    engine = await openEngine({ limits, attach: [{ path, as: 'gen', readOnly: true }] });
    const views = await createDataViews(engine, schema);
    const codesOfSets = await readCodesOfSets(engine);
    return { paths: [path], schema, engine, views, codesOfSets, close };
  } catch (error) {
    close();
    throw error;
  }
}

async function readCodesOfSets(engine: Engine): Promise<ReadonlyMap<number, readonly string[]>> {
  const codes = new Map<number, string[]>();
  for (const row of await engine.rows('SELECT "set", code FROM namespace_set ORDER BY "set", code')) {
    const set = Number(row['set']);
    const ofSet = codes.get(set) ?? [];
    ofSet.push(String(row['code']));
    codes.set(set, ofSet);
  }
  return codes;
}

function lend(loan: EngineLoan<OpenedEngine>, signal: AbortSignal): BorrowedEngine {
  const { engine: shared, views, codesOfSets } = loan.engine;
  const engine = shared.heeding(signal);
  return {
    rows: async (sql, parameters) => {
      try {
        return await engine.rows(sql, parameters);
      } catch (error) {
        // An engine that has failed may be unusable, and one that was interrupted may still be at it.
        loan.spend();
        throw error;
      }
    },
    views,
    codesOfSets,
    giveBack: () => loan.giveBack(),
  };
}
