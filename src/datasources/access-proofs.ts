import type { Caller, CallerKey } from './caller';
import type { DataSources } from './index';

/** Who has been let into his org and sandbox by the upstream, with his own credential, a short while ago. */
export interface AccessProofs {
  /**
   * Proves that the upstream answers this caller for this org and sandbox: for what the gateway itself keeps of a tenant.
   * One cheap GET, remembered for a minute.
   *
   * @throws UpstreamError as the upstream refuses.
   */
  prove(caller: Caller, sources: DataSources): Promise<void>;
}

/** As long as a permission that was withdrawn may still be used for what the gateway keeps. */
const rememberedMs = 60_000;
const maxRemembered = 10_000;

/** @param clock monotonic, ms. */
export function createAccessProofs(clock: () => number): AccessProofs {
  const provenAtMs = new Map<CallerKey, number>();
  return {
    async prove(caller, sources) {
      const provenMs = provenAtMs.get(caller.key);
      if (provenMs !== undefined && clock() - provenMs < rememberedMs) return;
      provenAtMs.delete(caller.key);
      await sources.segmentDefinitions.page({ first: 1 });
      provenAtMs.set(caller.key, clock());
      const [oldest] = provenAtMs.keys();
      if (provenAtMs.size > maxRemembered && oldest !== undefined) provenAtMs.delete(oldest);
    },
  };
}
