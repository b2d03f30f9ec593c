import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { CommandError } from '../../errors/command-error';
import { systemCodeOf } from '../../lib/system-code';

/** What is to be fetched, and where it goes. */
export interface Download {
  readonly link: string;
  /** As the upstream names the file; only its last part is used. */
  readonly name: string;
  readonly folder: string;
  readonly signal: AbortSignal;
}

/**
 * Saves what a link leads to, whatever its size; a file of that name is replaced once the new one is whole.
 *
 * @returns the path of the file.
 * @throws CommandError where the link is not answered, or the file cannot be written.
 */
export async function saveDownload({ link, name, folder, signal }: Download): Promise<string> {
  const path = join(folder, basename(name.replaceAll('\\', '/')) || 'file');
  const response = await fetch(link, { signal }).catch((cause: unknown) => {
    throw new CommandError(`${name} cannot be fetched: the gateway cannot be reached.`, 6, { cause });
  });
  if (!response.ok || response.body === null)
    throw new CommandError(`${name} cannot be fetched: the gateway answered ${response.status}.`, 6);
  const part = `${path}.part`;
  try {
    await mkdir(folder, { recursive: true });
    await pipeline(Readable.fromWeb(response.body as ReadableStream<Uint8Array>), createWriteStream(part), {
      signal,
    });
    await rename(part, path);
    return path;
  } catch (cause) {
    await rm(part, { force: true });
    if (signal.aborted) throw cause;
    const reason = systemCodeOf(cause) || 'it broke off';
    throw new CommandError(`${path} could not be written (${reason}).`, 6, { cause });
  }
}
