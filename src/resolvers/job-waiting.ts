import type { ExportJob } from '../schema/export-job.type';
import type { JobKind } from '../schema/job.type';
import type { SegmentJob } from '../schema/segment-job.type';
import { toExportJob } from '../mapping/export-job.mapping';
import { toSegmentJob } from '../mapping/segment-job.mapping';
import type { WatchedJob } from '../subscriptions/job-watchers';
import type { GatewayContext } from './context';

export const longestWaitMs = 60_000;

/** A watched job as GraphQL shows it. */
export function toJob(watched: WatchedJob): SegmentJob | ExportJob {
  return watched.kind === 'SEGMENT' ? toSegmentJob(watched.job) : toExportJob(watched.job);
}

/**
 * Follows a job until it ends, the time is up or the client leaves; then tells what was seen last, null where nothing
 * was. One watcher serves all who wait for the same job.
 *
 * @throws UpstreamError when the job cannot be read.
 */
export async function watchUntilEnd(
  context: GatewayContext,
  job: { readonly kind: JobKind; readonly id: string },
  waitMs: number,
): Promise<WatchedJob | null> {
  const stream = context.watchers.watch({
    caller: context.caller,
    ...job,
    freshSources: (tally, signal) => context.freshSources(tally, context.caller, signal),
  });
  const alarm = createAlarm(waitMs, context.signal);
  let latest: WatchedJob | null = null;
  try {
    for (;;) {
      const step = await Promise.race([stream.next(), alarm.rings]);
      if (step === 'time-up' || step.done === true) return latest;
      latest = step.value.watched ?? latest;
      if (step.value.type === 'TERMINAL') return latest;
    }
  } finally {
    alarm.stop();
    // Not awaited: a stream that is still waiting for its next event may end only with that event.
    stream
      .return?.()
      .catch((error: unknown) => context.log.warn({ err: error }, 'A job stream did not end well'));
  }
}

interface Alarm {
  readonly rings: Promise<'time-up'>;
  stop(): void;
}

function createAlarm(waitMs: number, signal: AbortSignal): Alarm {
  let stop = (): void => undefined;
  const rings = new Promise<'time-up'>((resolve) => {
    const ring = (): void => resolve('time-up');
    const timer = setTimeout(ring, waitMs);
    signal.addEventListener('abort', ring, { once: true });
    if (signal.aborted) ring();
    stop = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', ring);
    };
  });
  return { rings, stop: () => stop() };
}
