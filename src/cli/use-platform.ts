import type { Config } from '../config';
import { CommandError } from '../errors/command-error';
import { createPlatform } from '../platform';
import { findRunningPlatform } from './data-directory';

/**
 * Does work against the platform of the configured data directory: the one that runs, else one that is started for
 * this work alone and stopped after it.
 * @throws CommandError when the gateway is configured for an upstream that is not ours.
 */
export async function usePlatform<T>(config: Config, work: (url: string) => Promise<T>): Promise<T> {
  if (config.upstreamUrl !== null) {
    throw new CommandError(
      'AEP_UPSTREAM_URL is set, but this command fills the embedded platform. Unset it, or ingest through Adobe.',
      2,
    );
  }
  const running = await findRunningPlatform(config.platform.dataDir);
  if (running !== null) return work(running.url);
  const platform = await createPlatform({
    dataDir: config.platform.dataDir,
    port: 0,
    paceMs: 0,
    memoryLimit: config.platform.memoryLimit,
  });
  try {
    return await work(platform.url);
  } finally {
    await platform.close();
  }
}
