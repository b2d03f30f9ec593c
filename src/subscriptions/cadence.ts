/** How often a job, or a list of jobs, is looked at. */
export interface Cadence {
  /** Between the first two looks, and after each change of status. */
  readonly firstMs: number;
  /** By which the pause grows from look to look, so that it stays a like part of the job's age. */
  readonly growth: number;
  readonly maxMs: number;
  /** After a failed look; doubles with each further one, up to `maxMs`. */
  readonly retryMs: number;
  /** Before a job that has vanished is looked for once more. */
  readonly missingMs: number;
}

export const defaultCadence: Cadence = {
  firstMs: 250,
  growth: 1.5,
  maxMs: 30_000,
  retryMs: 500,
  missingMs: 2_000,
};

/**
 * The pause before the next look.
 *
 * @param looks since the watch began, the status last changed, or somebody nudged.
 * @param random 0 up to 1; spreads the pause by a tenth to either side.
 */
export function pauseMs(cadence: Cadence, looks: number, random: number): number {
  // Beyond this the power only overflows.
  const growth = cadence.growth ** Math.min(looks, 100);
  return Math.min(cadence.maxMs, cadence.firstMs * growth) * spread(random);
}

/** The pause after a number of failed looks in a row, 1 or more. */
export function retryPauseMs(cadence: Cadence, failures: number, random: number): number {
  return Math.min(cadence.maxMs, cadence.retryMs * 2 ** Math.min(failures - 1, 30)) * spread(random);
}

function spread(random: number): number {
  return 0.9 + 0.2 * random;
}
