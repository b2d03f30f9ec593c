import { plainProse } from '../lib/plain-prose';
import { UpstreamError } from '../errors/upstream-error';
import type { AudienceRunError, AudienceRunRecord } from '../state/audience-run';
import type { WatchedJob } from '../subscriptions/job-watchers';

export type Failure = Omit<AudienceRunError, 'step'>;

/** The change that ends a run as failed in the step that it is in. */
export function failed(failure: Failure): (record: AudienceRunRecord) => AudienceRunRecord {
  return (record) => ({ ...record, status: 'FAILED', error: { step: record.step, ...failure } });
}

/** The upstream did not answer for so long that nobody waits any more. */
export function outageError(error: unknown): Failure {
  return {
    code: error instanceof UpstreamError ? error.code : 'UPSTREAM_UNAVAILABLE',
    message: `The upstream has not answered for half an hour.${error instanceof Error ? ` ${error.message}.` : ''}`,
    hint: 'Start the run again when the upstream answers; look first what it had made.',
  };
}

/** The upstream's refusal in its own words; null for what is no refusal. */
export function refusalError(error: unknown): Failure | null {
  if (!(error instanceof UpstreamError)) return null;
  const words = error.problems.flatMap(({ message }) => message ?? []).join(' ');
  return {
    code: error.errorCode ?? error.code,
    message: words === '' ? error.message : words,
    hint: error.code === 'NOT_FOUND' ? 'What the run had made has been deleted; start it again.' : null,
  };
}

/** "Error in Export Job": the reason follows as an error of its own, if there is one. */
const anyExportCode = '0100000003';

/** What a job that did not succeed says of it. */
export function jobError({ kind, job }: WatchedJob): Failure {
  const noun = kind === 'SEGMENT' ? 'segment job' : 'export job';
  const errors = job.errors ?? [];
  const reasons = errors.filter((error) => error.code !== anyExportCode);
  const told = reasons.length > 0 ? reasons : errors;
  const code = told[0]?.code ?? '';
  const words = told.flatMap(({ msg }) => plainProse(msg ?? '') ?? []).join(' ');
  return {
    code: code === '' ? `${kind}_JOB_${job.status}` : code,
    message:
      job.status === 'CANCELLED'
        ? `The ${noun} ${String(job.id)} was cancelled by somebody else.`
        : `The ${noun} ${String(job.id)} failed: ${words.trim() === '' ? 'the upstream gives no reason that can be shown' : words}`,
    hint: null,
  };
}
