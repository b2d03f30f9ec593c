import { remove } from './tenant-files';

/** Knows who still reads which file, so that one that nothing names any more goes when its last reader has gone. */
export interface FileLeases {
  /** @returns what gives the files back; once. */
  hold(paths: readonly string[]): () => void;
  /** Removes the file now or after its last reader. */
  retire(path: string): void;
}

/** Leases that live in memory: at a start nobody reads anything. */
export function createFileLeases(): FileLeases {
  const readers = new Map<string, number>();
  const retired = new Set<string>();
  const giveBack = (path: string): void => {
    const left = (readers.get(path) ?? 1) - 1;
    if (left > 0) {
      readers.set(path, left);
      return;
    }
    readers.delete(path);
    if (retired.delete(path)) remove(path);
  };
  return {
    hold: (paths) => {
      for (const path of paths) readers.set(path, (readers.get(path) ?? 0) + 1);
      let held = true;
      return () => {
        if (held) paths.forEach(giveBack);
        held = false;
      };
    },
    retire: (path) => {
      if (readers.has(path)) retired.add(path);
      else remove(path);
    },
  };
}
