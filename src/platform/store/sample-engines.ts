import type { UnionSchema } from '../../xdm/union-schema';
import { openEngineHost, type Engine, type EngineHost, type EngineLimits } from './engine/engine';
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
  /** Once. */
  giveBack(): void;
}

interface SampleEnginesOptions {
  /** So many stay open unused, over all tenants: each may hold as much memory as its limit says. */
  readonly mostIdle?: number;
  /** And so long. */
  readonly idleForMs?: number;
}

interface Slot {
  readonly path: string;
  readonly schema: UnionSchema;
  /** Of the engine that was opened for it; undefined before. */
  opened?: OpenedEngine;
  /** True once it may not be used again. */
  isSpent: boolean;
}

interface OpenedEngine {
  readonly host: EngineHost;
  readonly views: DataViews;
  close(): void;
}

/** A pool of such engines with none in it yet. */
export function createSampleEngines(options: SampleEnginesOptions = {}): SampleEngines {
  const { mostIdle = 2, idleForMs = 30_000 } = options;
  const borrowed = new Set<Slot>();
  // In the order in which they were given back.
  const idle = new Map<Slot, NodeJS.Timeout>();
  const takeOut = (slot: Slot): void => {
    clearTimeout(idle.get(slot));
    idle.delete(slot);
  };
  const closeIdle = (slot: Slot): void => {
    takeOut(slot);
    slot.opened?.close();
  };
  const takeIdle = ({ path, schema }: WantedEngine): Slot | undefined => {
    const found = [...idle.keys()].find((slot) => slot.path === path && slot.schema === schema);
    if (found !== undefined) takeOut(found);
    return found;
  };
  const giveBack = (slot: Slot): void => {
    borrowed.delete(slot);
    if (slot.isSpent || slot.opened === undefined) {
      slot.opened?.close();
      return;
    }
    idle.set(slot, setTimeout(() => closeIdle(slot), idleForMs).unref());
    const [oldest] = idle.keys();
    if (idle.size > mostIdle && oldest !== undefined) closeIdle(oldest);
  };
  const closeOver: SampleEngines['closeOver'] = (isGone) => {
    for (const slot of borrowed) slot.isSpent ||= isGone(slot.path);
    for (const slot of [...idle.keys()]) if (isGone(slot.path)) closeIdle(slot);
  };
  return {
    borrow: async (wanted) => {
      const { path, schema, signal } = wanted;
      const slot = takeIdle(wanted) ?? { path, schema, isSpent: false };
      borrowed.add(slot);
      try {
        slot.opened ??= await openOver(wanted);
        return await lend(slot, slot.opened, { signal, giveBack: () => giveBack(slot) });
      } catch (error) {
        giveBack(slot);
        throw error;
      }
    },
    closeOver,
    close: () => closeOver(() => true),
  };
}

async function openOver({ path, schema, limits, hold }: WantedEngine): Promise<OpenedEngine> {
  const letGo = hold();
  let host: EngineHost | undefined;
  const close = (): void => {
    host?.close();
    letGo();
  };
  try {
    host = await openEngineHost({ limits, attach: [{ path, as: 'gen', readOnly: true }] });
    return { host, views: await createViews(host, schema), close };
  } catch (error) {
    close();
    throw error;
  }
}

async function createViews(host: EngineHost, schema: UnionSchema): Promise<DataViews> {
  const engine = await host.connect();
  try {
    return await createDataViews(engine, schema);
  } finally {
    engine.close();
  }
}

interface Loan {
  readonly signal: AbortSignal;
  readonly giveBack: () => void;
}

async function lend(
  slot: Slot,
  { host, views }: OpenedEngine,
  { signal, giveBack }: Loan,
): Promise<BorrowedEngine> {
  const engine = await host.connect(signal);
  return {
    rows: async (sql, parameters) => {
      try {
        return await engine.rows(sql, parameters);
      } catch (error) {
        // An engine that has failed may be unusable, and one that was interrupted may still be at it.
        slot.isSpent = true;
        throw error;
      }
    },
    views,
    giveBack: () => {
      engine.close();
      giveBack();
    },
  };
}
