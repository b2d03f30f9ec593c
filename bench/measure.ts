import { readFileSync } from 'node:fs';

/** Something to be timed; what stands in the same case is timed in turn. */
export interface Contender {
  readonly name: string;
  run(): Promise<unknown>;
  /** What a run left to be done, not timed: else the next contender would pay for it. */
  settle?(): Promise<unknown>;
}

/** Medians over the rounds. */
export interface Measured {
  readonly name: string;
  /** Wall time. */
  readonly ms: number;
  /** Processor time of this process, all threads. */
  readonly cpuMs: number;
}

/**
 * Runs the contenders in turn, so that whatever else the machine does meets all of them alike; a first round warms up
 * and is not counted.
 */
export async function measure(
  contenders: readonly Contender[],
  { rounds, warmUp = true }: { readonly rounds: number; readonly warmUp?: boolean },
): Promise<readonly Measured[]> {
  const samples = contenders.map((): { ms: number; cpuMs: number }[] => []);
  for (let round = warmUp ? -1 : 0; round < rounds; round += 1) {
    for (const [index, contender] of contenders.entries()) {
      const sample = await timed(() => contender.run());
      await contender.settle?.();
      if (round >= 0) samples[index]?.push(sample);
    }
  }
  return contenders.map(({ name }, index) => ({
    name,
    ms: median((samples[index] ?? []).map(({ ms }) => ms)),
    cpuMs: median((samples[index] ?? []).map(({ cpuMs }) => cpuMs)),
  }));
}

export async function timed(work: () => Promise<unknown>): Promise<{ ms: number; cpuMs: number }> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  await work();
  const ms = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  return { ms, cpuMs: (user + system) / 1000 };
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which such a share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** The most memory that this process has had so far, in MB; undefined where the system does not say. */
export function peakMemoryMb(): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/mu.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1024);
  } catch {
    return undefined;
  }
}
