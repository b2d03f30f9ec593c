import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openGatewayState } from '../../src/state/open-gateway-state';
import type { GatewayState } from '../../src/state/open-gateway-state';

/** A real state in a folder of its own, which goes when it is closed. */
export async function openTemporaryState(): Promise<GatewayState> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-state-'));
  const state = await openGatewayState({ folder });
  return {
    ...state,
    close: async () => {
      await state.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
