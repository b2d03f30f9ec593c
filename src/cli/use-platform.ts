import type { Config } from '../config';
import { CommandError } from '../errors/command-error';
import type * as PlatformRoom from '../platform';
import { findRunningPlatform } from './data-directory';

/** `operatorKey` is what `POST /audience/reset` asks for. */
type PlatformWork<T> = (url: string, operatorKey: string) => Promise<T>;

/**
 * Does work against the platform of the configured data directory: the one that runs, else one that is started for
 * this work alone and stopped after it.
 * @throws CommandError when the gateway is configured for an upstream that is not ours.
 */
export async function usePlatform<T>(config: Config, work: PlatformWork<T>): Promise<T> {
  if (config.upstreamUrl !== null) {
    throw new CommandError(
      'AEP_UPSTREAM_URL is set, but this command is for the embedded platform. Unset it, or ask Adobe.',
      2,
    );
  }
  const running = await findRunningPlatform(config.platform.dataDir);
  if (running !== null) return work(running.url, running.operatorKey);
  const platform = await loadPlatform().createPlatform({
    dataDir: config.platform.dataDir,
    port: 0,
    paceMs: 0,
    memoryLimit: config.platform.memoryLimit,
  });
  try {
    return await work(platform.url, platform.operatorKey);
  } finally {
    await platform.close();
  }
}

/** Loaded where none runs, and only there: that takes half a second, which is most of what a short command takes. */
function loadPlatform(): typeof PlatformRoom {
  // A dynamic import() would want the name of the compiled file, which the tests do not have.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require('../platform') as typeof PlatformRoom;
}
