import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** Says where the platform that works in a data directory listens, so that the command line finds it. */
const runningPlatform = z.object({ url: z.url(), pid: z.number().int(), operatorKey: z.string() });
export type RunningPlatform = z.infer<typeof runningPlatform>;

const fileOf = (dataDir: string): string => join(dataDir, 'platform.json');

/**
 * Writes down where the platform of this data directory listens, over what stood there before. Only the owner may read it:
 * it holds the key that empties the platform.
 */
export async function announcePlatform(dataDir: string, platform: RunningPlatform): Promise<void> {
  await withdrawPlatform(dataDir);
  await writeFile(fileOf(dataDir), `${JSON.stringify(platform)}\n`, { mode: 0o600 });
}

/** Takes the announcement back; nothing happens where there is none. */
export async function withdrawPlatform(dataDir: string): Promise<void> {
  await rm(fileOf(dataDir), { force: true });
}

/** The platform announced in the directory, if it is really there (a killed one leaves its file behind). */
export async function findRunningPlatform(dataDir: string): Promise<RunningPlatform | null> {
  const text = await readFile(fileOf(dataDir), 'utf8').catch(() => null);
  if (text === null) return null;
  const announced = runningPlatform.safeParse(parseJson(text));
  if (!announced.success) return null;
  const alive = await fetch(`${announced.data.url}/healthz`, { signal: AbortSignal.timeout(2_000) })
    .then(({ ok }) => ok)
    .catch(() => false);
  return alive ? announced.data : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
