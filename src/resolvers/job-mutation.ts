import type { GatewayContext } from './context';
import { longestWaitMs, toJob, watchUntilEnd } from './job-waiting';
import { invalidInput, notThere } from './user-errors';
import { UpstreamError } from '../errors/upstream-error';
import type { ExportJob } from '../schema/export-job.type';
import type { SegmentJob } from '../schema/segment-job.type';
import type { UserError } from '../schema/user-error.type';

/** `awaitMs` of a mutation's input: null and left out mean not to wait. */
export function findWaitErrors(awaitMs: number | null | undefined): UserError[] {
  if (awaitMs === null || awaitMs === undefined || (awaitMs >= 0 && awaitMs <= longestWaitMs)) return [];
  return [invalidInput(['input', 'awaitMs'], `"awaitMs" must be 0 to ${longestWaitMs}, not ${awaitMs}.`)];
}

/**
 * What a mutation answers of the job that it made or changed: the job at once, or as it stands when it ends or `awaitMs`
 * has passed. Who watches it hears of it at once.
 *
 * The job has been made, whatever becomes of the waiting: where it cannot be watched any further, the answer is what is
 * known, as if the time had passed.
 */
export async function followJob<J extends SegmentJob | ExportJob>(
  context: GatewayContext,
  job: J,
  awaitMs: number | null | undefined,
): Promise<{ readonly job: J; readonly timedOut: boolean }> {
  context.watchers.nudge(context.caller, job.kind, job.id);
  if (awaitMs === null || awaitMs === undefined || job.isTerminal) return { job, timedOut: false };
  const watched = await watchUntilEnd(context, { kind: job.kind, id: job.id }, awaitMs).catch(
    (error: unknown) => {
      if (!(error instanceof UpstreamError)) throw error;
      context.log.warn(
        { err: error, kind: job.kind, id: job.id },
        'A job that was made could not be waited for',
      );
      return null;
    },
  );
  const latest = watched === null ? job : toJob(watched);
  // The watcher was asked for this very job, so what it saw is of its kind.
  return { job: latest as J, timedOut: !latest.isTerminal };
}

/** The answer to who wants to cancel a job that has ended. */
export function notCancelable(job: SegmentJob | ExportJob): UserError {
  return {
    code: 'JOB_NOT_CANCELABLE',
    message: `Job ${job.id} has ended: it is ${job.rawStatus}.`,
    field: ['id'],
    hint: 'Only a job that is NEW, QUEUED or PROCESSING can be cancelled.',
  };
}

/** The user error for a job that is not there, or not in the sandbox of the caller. */
export function noSuchJob(id: string): UserError {
  return notThere(['id'], 'job', id);
}
