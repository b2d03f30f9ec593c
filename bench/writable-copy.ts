import { copyFileSync, linkSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { DataSet } from './data-set';

/** Files that the store never changes once they have their name. */
const immutable: ReadonlySet<string> = new Set(['.duckdb', '.parquet']);

/** Runs work on a data set that it may write into, and leaves the one that is kept as it was. */
export async function withWritableCopy<T>(dataSet: DataSet, work: (copy: DataSet) => Promise<T>): Promise<T> {
  const copy = makeWritableCopy(dataSet);
  try {
    return await work(copy);
  } finally {
    removeCopy(copy);
  }
}

/** The same for who removes it himself. */
export function makeWritableCopy(dataSet: DataSet): DataSet {
  const folder = `${dataSet.folder}.written-${process.pid}-${(copies += 1)}`;
  copyFolder(dataSet.folder, folder);
  return { ...dataSet, folder };
}

let copies = 0;

export function removeCopy({ folder }: DataSet): void {
  rmSync(folder, { recursive: true, force: true });
}

function copyFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyFolder(source, target);
    else if (immutable.has(extname(entry.name))) linkSync(source, target);
    else copyFileSync(source, target);
  }
}
