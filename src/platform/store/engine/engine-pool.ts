/** What is kept of an engine: where its data stand, so that it goes when they go. */
export interface PooledEngine {
  /** Of the files that it reads. */
  readonly paths: readonly string[];
  close(): void;
}

/** Engines that are kept open between callers, each of whom has one to himself. */
export interface EnginePool<T extends PooledEngine> {
  borrow(wanted: WantedEngine<T>): Promise<EngineLoan<T>>;
  /** Closes the idle ones of which this is true. */
  closeIdle(isUnwanted: (engine: T) => boolean): void;
  /** Closes those over files of which this is true: the idle ones now, the others when they are given back. */
  closeOver(isGone: (path: string) => boolean): void;
}

export interface WantedEngine<T extends PooledEngine> {
  /** Of the engine that `open` opens. */
  readonly paths: readonly string[];
  /** True of an idle one that will do. */
  readonly isFit: (engine: T) => boolean;
  readonly open: () => Promise<T>;
}

export interface EngineLoan<T> {
  readonly engine: T;
  /** It is closed when it is given back, and never lent again. */
  spend(): void;
  /** Once. */
  giveBack(): void;
}

export interface EnginePoolOptions {
  /** So many stay open unused: each may hold as much memory as its limit says. */
  readonly mostIdle: number;
  /** And so long. */
  readonly idleForMs: number;
}

interface Slot {
  readonly paths: readonly string[];
  isSpent: boolean;
}

/** A pool with none in it yet. */
export function createEnginePool<T extends PooledEngine>({
  mostIdle,
  idleForMs,
}: EnginePoolOptions): EnginePool<T> {
  const borrowed = new Set<Slot>();
  // In the order in which they were given back.
  const idle = new Map<T, NodeJS.Timeout>();
  const takeOut = (engine: T): void => {
    clearTimeout(idle.get(engine));
    idle.delete(engine);
  };
  const closeIdle: EnginePool<T>['closeIdle'] = (isUnwanted) => {
    for (const engine of [...idle.keys()].filter(isUnwanted)) {
      takeOut(engine);
      engine.close();
    }
  };
  const keep = (engine: T): void => {
    idle.set(engine, setTimeout(() => closeIdle((other) => other === engine), idleForMs).unref());
    const [oldest] = idle.keys();
    if (idle.size > mostIdle) closeIdle((other) => other === oldest);
  };
  const takeIdle = (isFit: (engine: T) => boolean): T | undefined => {
    const found = [...idle.keys()].find(isFit);
    if (found !== undefined) takeOut(found);
    return found;
  };
  const loanOf = (slot: Slot, engine: T): EngineLoan<T> => ({
    engine,
    spend: () => {
      slot.isSpent = true;
    },
    giveBack: () => {
      borrowed.delete(slot);
      if (slot.isSpent) engine.close();
      else keep(engine);
    },
  });
  return {
    borrow: async ({ paths, isFit, open }) => {
      const slot = { paths, isSpent: false };
      borrowed.add(slot);
      try {
        return loanOf(slot, takeIdle(isFit) ?? (await open()));
      } catch (error) {
        borrowed.delete(slot);
        throw error;
      }
    },
    closeIdle,
    closeOver: (isGone) => {
      for (const slot of borrowed) slot.isSpent ||= slot.paths.some(isGone);
      closeIdle(({ paths }) => paths.some(isGone));
    },
  };
}
