import { toPageRequest } from './page-request';
import { BadUserInput } from '../errors/bad-user-input';
import type { JobPageRequest } from '../datasources';
import type { JobFilter } from '../schema/job.input';
import type { JobKind } from '../schema/job.type';
import type { JobsArgs, KindOfJobsArgs } from '../schema/jobs.args';
import type { WatchFilter } from '../subscriptions/job-watchers';

/**
 * A jobs list's arguments as a data source takes them.
 *
 * @throws BadUserInput where `first` is not 1 to 100, or a status is UNKNOWN, which no upstream knows.
 */
export function toJobPageRequest(args: KindOfJobsArgs): JobPageRequest {
  return { ...toPageRequest(args), ...toJobFilter(args.filter) };
}

/**
 * What a filter asks for; null members mean the same as left out.
 *
 * @throws BadUserInput where a status is UNKNOWN.
 */
export function toJobFilter(filter: JobFilter | null | undefined): WatchFilter {
  const { statuses, segmentId, datasetId, createdAfter, createdBefore } = filter ?? {};
  if (statuses?.includes('UNKNOWN')) {
    throw new BadUserInput(
      'Jobs cannot be filtered by UNKNOWN, which stands for statuses that are not known.',
    );
  }
  return {
    ...(statuses && { statuses }),
    ...(typeof segmentId === 'string' && { segmentId }),
    ...(typeof datasetId === 'string' && { datasetId }),
    ...(createdAfter && { createdAfter }),
    ...(createdBefore && { createdBefore }),
  };
}

const bothKinds: readonly JobKind[] = ['SEGMENT', 'EXPORT'];

/** The kinds that can fit, in one order: a segment job has no dataset, so a filter by one leaves only exports. */
export function toJobKinds({ kinds, filter }: Pick<JobsArgs, 'kinds' | 'filter'>): readonly JobKind[] {
  const wanted = kinds ?? bothKinds;
  return bothKinds.filter((kind) => wanted.includes(kind) && (kind === 'EXPORT' || !filter?.datasetId));
}
