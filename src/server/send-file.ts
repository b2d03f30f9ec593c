import type { Readable, Writable } from 'node:stream';
import { pipeline as pump } from 'node:stream/promises';

/**
 * Passes a body on as fast as it is read, and no longer than its reader reads: where nothing has moved for `idleMs`,
 * both ends are destroyed, so that nobody holds a connection to the upstream by standing still.
 *
 * @throws whatever broke either end; an AbortError where nothing moved.
 */
export async function sendFile(
  body: Readable,
  target: Writable,
  { idleMs, onBytes }: { readonly idleMs: number; readonly onBytes?: (sizeBytes: number) => void },
): Promise<void> {
  const idle = new AbortController();
  const timer = setTimeout(() => idle.abort(), idleMs);
  // A chunk comes only when there is room for it: a reader that stands still stops them.
  body.on('data', (chunk: Buffer) => {
    timer.refresh();
    onBytes?.(chunk.length);
  });
  try {
    await pump(body, target, { signal: idle.signal });
  } finally {
    clearTimeout(timer);
  }
}
