import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { toTypedError } from '../engine/engine';

/**
 * Gives a finished file its own name so that a crash leaves either the whole file or none: its bytes reach the disk,
 * then the name, then the folder that holds the name.
 * @throws DiskFull
 */
export async function publish(from: string, to: string): Promise<void> {
  try {
    await syncPath(from);
    await rename(from, to);
    await syncPath(dirname(to));
  } catch (error) {
    throw toTypedError(error);
  }
}

/** Waits until what was written to a file, or the names in a folder, are on disk. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
