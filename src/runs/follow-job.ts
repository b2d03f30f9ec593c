import { UpstreamNotFound } from '../errors/upstream-error';
import { pause } from '../lib/timers';
import type { WatchedJob } from '../subscriptions/job-watchers';
import type { Turn } from './turn';

export interface FollowedJob {
  readonly kind: 'SEGMENT' | 'EXPORT';
  readonly id: string;
}

/** Before a job that was not there at the first look is looked for once more. */
const missingMs = 2_000;

/**
 * Waits for the end of a job; null where `until` fired first, or the outage has become too long. The watchers look, so
 * that a run costs nothing beside a subscriber with the same credential.
 *
 * @throws UpstreamError where the job cannot be watched; UpstreamNotFound where it is missing twice.
 */
export async function followJob(
  turn: Turn,
  job: FollowedJob,
  until: AbortSignal,
): Promise<WatchedJob | null> {
  const seen = { once: false };
  try {
    return await watchToEnd(turn, job, { until, seen });
  } catch (error) {
    // Who has seen it has looked twice already.
    if (!(error instanceof UpstreamNotFound) || seen.once) throw error;
    await pause(turn.timers, missingMs, until);
    return until.aborted ? null : watchToEnd(turn, job, { until, seen });
  }
}

async function watchToEnd(
  turn: Turn,
  job: FollowedJob,
  { until, seen }: { readonly until: AbortSignal; readonly seen: { once: boolean } },
): Promise<WatchedJob | null> {
  const stream = turn.watchers.watch({
    caller: turn.credential.caller,
    ...job,
    freshSources: (tally, signal) => turn.sources(tally, signal),
    onLook: (outcome) => {
      if (outcome === 'read') {
        seen.once = true;
        turn.answered();
      } else if (turn.failed() === 'too-long') {
        leave();
      }
    },
  });
  const leave = (): void => void stream.return?.();
  until.addEventListener('abort', leave, { once: true });
  try {
    if (until.aborted) return null;
    for await (const { type, watched } of stream) if (type === 'TERMINAL') return watched;
    // A stream that ends by itself before its job does belongs to watchers that are closing.
    await pause(turn.timers, missingMs, until);
    return null;
  } finally {
    until.removeEventListener('abort', leave);
  }
}
