import type { AudienceRunRecord, AudienceRunStep } from '../state/audience-run';
import type { WatchedJob } from '../subscriptions/job-watchers';
import { failed, jobError } from './run-failure';

/** The two jobs of a run, and their kinds for the watchers. */
export const jobKinds = { segmentJob: 'SEGMENT', exportJob: 'EXPORT' } as const;
export type JobProduct = keyof typeof jobKinds;

/**
 * The change that the end of a job makes: the next step, or the end of the run. A cancellation that came first decides
 * what becomes of the run, but for one whose export ended well: its files are there.
 */
export function afterJob(
  product: JobProduct,
  watched: WatchedJob,
): (record: AudienceRunRecord) => AudienceRunRecord {
  const hasSucceeded = watched.job.status === 'SUCCEEDED';
  return (before) => {
    const record = withEndedJob(before, product, String(watched.job.id));
    if (product === 'exportJob' && hasSucceeded) return { ...record, step: 'DONE', status: 'SUCCEEDED' };
    if (before.status !== 'RUNNING') return record;
    return hasSucceeded
      ? { ...record, step: stepAfterEvaluation(record) }
      : failed(jobError(watched))(record);
  };
}

/** The run with the job as one that will not change again. */
export function withEndedJob(record: AudienceRunRecord, product: JobProduct, id: string): AudienceRunRecord {
  return { ...record, [product]: { kind: 'made', id, hasEnded: true } };
}

function stepAfterEvaluation({ dataset }: AudienceRunRecord): AudienceRunStep {
  return dataset.kind === 'given' ? 'EXPORT' : 'CREATE_DATASET';
}
