import type { DataSources } from '../datasources';
import type { JobWatch } from './job-watch';
import type { WatchedJob } from './job-watchers';

/** Adobe's limit of ids in one bulk-get. */
const idsPerBulkGet = 100;

/**
 * Looks at jobs of one caller through one set of sources, so that segment jobs come by one bulk-get. Tells each watch
 * what was read, or that it failed.
 *
 * @returns how many upstream calls that takes.
 */
export function pollJobs(watches: readonly JobWatch[]): number {
  const owner = watches[0];
  const request = owner?.anyRequest;
  if (owner === undefined || request === undefined) return 0;
  const sources = request.freshSources();
  for (const watch of watches) {
    watch.pollStarted();
    read(sources, watch).then(
      (watched) => {
        watch.pollRead(watched);
      },
      (error: unknown) => {
        // With the subscriber whose sources these are goes its signal, and with that the poll.
        watch.pollFailed(error, !owner.has(request));
      },
    );
  }
  const segmentJobCount = watches.filter(({ target }) => target.kind === 'SEGMENT').length;
  return Math.ceil(segmentJobCount / idsPerBulkGet) + (watches.length - segmentJobCount);
}

async function read(sources: DataSources, { target }: JobWatch): Promise<WatchedJob> {
  return target.kind === 'SEGMENT'
    ? { kind: 'SEGMENT', job: await sources.segmentJobs.byId(target.id) }
    : { kind: 'EXPORT', job: await sources.exportJobs.byId(target.id) };
}
