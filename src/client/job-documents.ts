import type { JobKind } from './job-types';

const jobFields = `
  fragment WatchedJob on Job {
    __typename
    id
    kind
    status
    rawStatus
    isTerminal
    createdAt
    updatedAt
    progress {
      fraction
      basis
      elapsedMs
      estimatedEndAt
    }
    phases {
      name
      startedAt
      endedAt
      durationMs
    }
    errors {
      code
      message
      hint
    }
    requestId
    ... on SegmentJob {
      segmentIds
      totalProfiles
    }
    ... on ExportJob {
      datasetId
      exportedProfiles
    }
  }
`;

const watch = (name: string, field: string): string => `
  subscription ${name}($id: ID!, $after: EventCursor) {
    event: ${field}(id: $id, after: $after) {
      cursor
      type
      at
      replayed
      previousStatus
      job {
        ...WatchedJob
      }
    }
  }
  ${jobFields}
`;

/** Each answers `{ event }`, a JobEvent of job-types.ts. */
export const watchDocuments: Readonly<Record<JobKind, string>> = {
  SEGMENT: watch('WatchSegmentJob', 'segmentJobChanged'),
  EXPORT: watch('WatchExportJob', 'exportJobChanged'),
};

/** Answers `{ event }`, a JobEvent of any job that fits. */
export const jobsChangedDocument = `
  subscription WatchJobs($kinds: [JobKind!], $filter: JobFilter, $after: EventCursor) {
    event: jobsChanged(kinds: $kinds, filter: $filter, after: $after) {
      cursor
      type
      at
      replayed
      previousStatus
      job {
        ...WatchedJob
      }
    }
  }
  ${jobFields}
`;

/** Answers `{ jobs }`, the newest. */
export const jobsDocument = `
  query Jobs($kinds: [JobKind!], $filter: JobFilter, $first: Int!) {
    jobs(kinds: $kinds, filter: $filter, first: $first) {
      nodes {
        ...WatchedJob
      }
      pageInfo {
        hasNextPage
      }
    }
  }
  ${jobFields}
`;

/** Answers `{ job }`, a WatchedJob or null, when the job ends or `timeoutMs` is over. */
export const awaitDocument = `
  query AwaitJob($kind: JobKind!, $id: ID!, $timeoutMs: Int!) {
    job: awaitJob(kind: $kind, id: $id, timeoutMs: $timeoutMs) {
      ...WatchedJob
    }
  }
  ${jobFields}
`;
