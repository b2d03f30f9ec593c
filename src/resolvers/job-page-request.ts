import { toPageRequest } from './page-request';
import { BadUserInput } from '../errors/bad-user-input';
import type { JobPageRequest } from '../datasources';
import type { KindOfJobsArgs } from '../schema/jobs.args';

/**
 * A jobs list's arguments as a data source takes them.
 *
 * @throws BadUserInput where `first` is not 1 to 100, or a status is UNKNOWN, which no upstream knows.
 */
export function toJobPageRequest(args: KindOfJobsArgs): JobPageRequest {
  const { statuses, segmentId, datasetId, createdAfter, createdBefore } = args.filter ?? {};
  if (statuses?.includes('UNKNOWN')) {
    throw new BadUserInput(
      'Jobs cannot be filtered by UNKNOWN, which stands for statuses that are not known.',
    );
  }
  return {
    ...toPageRequest(args),
    ...(statuses && { statuses }),
    ...(typeof segmentId === 'string' && { segmentId }),
    ...(typeof datasetId === 'string' && { datasetId }),
    ...(createdAfter && { createdAfter }),
    ...(createdBefore && { createdBefore }),
  };
}
