import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../src/platform/store/open-store';
import type { PlatformStore } from '../../src/platform/store/platform-store';

/** A real store in a folder of its own, which goes when it is closed. */
export async function openTemporaryStore(options: { readonly now: () => number }): Promise<PlatformStore> {
  const dataDir = await mkdtemp(join(tmpdir(), 'audience-store-'));
  const store = await openStore({ dataDir, now: options.now });
  return {
    ...store,
    close: async () => {
      await store.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
