import { AudienceError } from './errors';
import { awaitDocument } from './job-documents';
import type { JobEvent, JobTarget, WatchedJob } from './job-types';
import { onAbort, sleep } from './waits';
import type { RetryWaitMs } from './waits';

export interface WaitOptions<TJob extends WatchedJob = WatchedJob> {
  /** Told of the job as it stands at first, at each change, and at its end. */
  readonly onProgress?: ((job: TJob) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Gives up after so long, with WAIT_TIMEOUT; the job goes on. For ever unless told. */
  readonly timeoutMs?: number | undefined;
}

interface WaitParts {
  readonly watch: (signal: AbortSignal) => AsyncIterable<JobEvent>;
  readonly query: (
    document: string,
    variables: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ) => Promise<{ readonly job: WatchedJob | null }>;
  readonly retryWaitMs: RetryWaitMs;
}

/** How long the gateway holds one question; shorter than most proxies' patience. */
const longPollMs = 20_000;
const transientTries = 5;

/**
 * Resolves with the job when it has ended, however it ended: look at its `status`.
 *
 * @throws AudienceError NOT_FOUND, WAIT_TIMEOUT (`data` is the job as seen last), or whatever ends the watching; the
 * signal's reason.
 */
export async function waitForJob(
  parts: WaitParts,
  target: JobTarget,
  { onProgress, signal, timeoutMs }: WaitOptions,
): Promise<WatchedJob> {
  const ending = new AbortController();
  const forgetSignal = onAbort(signal, (reason) => ending.abort(reason));
  const seen: { job: WatchedJob | null } = { job: null };
  const alarm =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => ending.abort(timedOut(target, timeoutMs, seen.job)), timeoutMs);
  const tell = (job: WatchedJob): void => {
    seen.job = job;
    onProgress?.(job);
  };
  try {
    const ended = await watchUntilEnd(parts.watch(ending.signal), tell);
    return ended ?? (await pollUntilEnd(parts, { target, tell, signal: ending.signal }));
  } finally {
    clearTimeout(alarm);
    forgetSignal();
  }
}

/** The job at its end; null where there is no socket, or no longer, so that it must be asked for. */
async function watchUntilEnd(
  events: AsyncIterable<JobEvent>,
  tell: (job: WatchedJob) => void,
): Promise<WatchedJob | null> {
  try {
    for await (const { type, job } of events) {
      if (job === null) continue;
      tell(job);
      if (type === 'TERMINAL') return job;
    }
    return null;
  } catch (error) {
    if (error instanceof AudienceError && socketCodes.has(error.code)) return null;
    throw error;
  }
}

const socketCodes: ReadonlySet<string> = new Set(['SOCKET_UNAVAILABLE', 'SOCKET_CLOSED']);

async function pollUntilEnd(
  { query, retryWaitMs }: WaitParts,
  {
    target,
    tell,
    signal,
  }: { readonly target: JobTarget; readonly tell: (job: WatchedJob) => void; readonly signal: AbortSignal },
): Promise<WatchedJob> {
  // The first question is answered at once, so that there is something to show.
  for (let timeoutMs = 0, failures = 0; ; timeoutMs = longPollMs) {
    try {
      const { job } = await query(awaitDocument, { ...target, timeoutMs }, signal);
      if (job === null) throw notFound(target);
      tell(job);
      if (job.isTerminal) return job;
      failures = 0;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AudienceError) || !error.isTransient || ++failures >= transientTries)
        throw error;
      await sleep(error.retryAfterMs ?? retryWaitMs(failures), signal);
    }
  }
}

function notFound({ kind, id }: JobTarget): AudienceError {
  return new AudienceError({
    code: 'NOT_FOUND',
    message: `There is no ${kind.toLowerCase()} job "${id}" here.`,
  });
}

function timedOut({ kind, id }: JobTarget, timeoutMs: number, job: WatchedJob | null): AudienceError {
  const message = `The ${kind.toLowerCase()} job "${id}" has not ended within ${timeoutMs} ms.`;
  return new AudienceError({ code: 'WAIT_TIMEOUT', message, data: job });
}
