/** What the SQL of one level leans on beside its own row: the statement joins these. */
export interface Reads {
  /** The profile's own row: of an event, the profile that it belongs to. */
  profile: boolean;
  /** Stages of the scan of events, by number. */
  readonly scans: Set<number>;
  /** Layers of segments, by number. */
  readonly layers: Set<number>;
}

/** Nothing read yet. */
export function noReads(): Reads {
  return { profile: false, scans: new Set(), layers: new Set() };
}

/** Adds what another piece of the same level reads. */
export function addReads(to: Reads, from: Reads): void {
  to.profile ||= from.profile;
  for (const scan of from.scans) to.scans.add(scan);
  for (const layer of from.layers) to.layers.add(layer);
}
