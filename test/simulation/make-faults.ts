import type { Chance } from './chance';
import type { BackboneFault, FaultPlan, Plan, UpstreamFault } from './plan';

type Place = Pick<Plan, 'replicas' | 'healedMs' | 'hasBackbone'>;

/** Draws what goes wrong. Most histories see a few kinds of trouble only: all at once hide each other. */
export function makeFaults(place: Place, chance: Chance): readonly FaultPlan[] {
  const makers = [upstreamFaults, replicaFaults, ...(place.hasBackbone ? [networkFaults, serverFaults] : [])];
  const faults = makers.flatMap((make) => (chance.happens(0.5) ? make(place, chance) : []));
  return chance.happens(0.1) ? [...faults, ...wayFaults(place, chance)] : faults;
}

function upstreamFaults(place: Place, chance: Chance): readonly UpstreamFault[] {
  return several(2, chance, () => {
    const how = chance.oneOf<UpstreamFault['how']>([
      ...(['unavailable', 'broken', 'time-out', 'limited', 'slow', 'lagging', 'lagging'] as const),
    ]);
    return {
      kind: 'upstream',
      how,
      ...timeSpan(place, chance),
      share: chance.oneOf([0.1, 0.3, 0.6, 1]),
      byMs: byMs(how, chance),
    };
  });
}

/** The longest that an upstream replica is behind. */
export const maxLagMs = 10_000;
/** The longest that a caller is told to wait. */
export const maxRetryAfterMs = 20_000;

function byMs(how: UpstreamFault['how'], chance: Chance): number {
  switch (how) {
    case 'unavailable':
    case 'broken':
      return 0;
    case 'time-out':
      return 10_000;
    case 'limited':
      return chance.oneOf([0, 1_000, 5_000, maxRetryAfterMs]);
    case 'slow':
      return chance.between(500, 8_000);
    case 'lagging':
      return chance.between(200, maxLagMs);
  }
}

const replicaTroubles = ['crash', 'crash', 'close', 'stall', 'stall', 'clock jump'] as const;

function replicaFaults(place: Place, chance: Chance): readonly FaultPlan[] {
  return several(4, chance, (): FaultPlan => {
    const replica = chance.anyOf(place.replicas)?.name ?? 'r1';
    const atMs = chance.between(500, place.healedMs - 500);
    const awayMs = Math.min(chance.between(200, 25_000), place.healedMs - atMs);
    const kind = chance.oneOf(replicaTroubles);
    switch (kind) {
      case 'crash':
      case 'close':
        return { kind, replica, atMs, awayMs };
      case 'stall':
        return { kind, replica, atMs, forMs: Math.min(chance.between(2_000, 20_000), place.healedMs - atMs) };
      case 'clock jump':
        return { kind, replica, atMs, byMs: chance.between(-3_600_000, 3_600_000) };
    }
  });
}

function wayFaults(place: Place, chance: Chance): readonly FaultPlan[] {
  const replica = chance.anyOf(place.replicas)?.name ?? 'r1';
  return [{ kind: 'unreachable', replica, ...timeSpan(place, chance) }];
}

function networkFaults(place: Place, chance: Chance): readonly BackboneFault[] {
  return several(3, chance, () => ({
    kind: 'network',
    how: chance.oneOf(['lossy', 'slow', 'cut', 'cut', 'hints lost', 'hints doubled']),
    replica: chance.happens(0.6) ? (chance.anyOf(place.replicas)?.name ?? null) : null,
    ...timeSpan(place, chance),
  }));
}

function serverFaults(place: Place, chance: Chance): readonly BackboneFault[] {
  return several(2, chance, (): BackboneFault => {
    if (chance.happens(0.4)) return { kind: 'outage', ...timeSpan(place, chance) };
    const losesMs = chance.oneOf([0, 100, 1_000, 5_000]);
    return { kind: 'failover', atMs: chance.between(1_000, place.healedMs), losesMs };
  });
}

function timeSpan({ healedMs }: Place, chance: Chance): { readonly fromMs: number; readonly toMs: number } {
  const fromMs = chance.between(0, healedMs - 1_000);
  return { fromMs, toMs: Math.min(healedMs, fromMs + chance.between(300, 25_000)) };
}

function several<T>(most: number, chance: Chance, make: () => T): readonly T[] {
  return Array.from({ length: chance.between(1, most) }, make);
}
