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

/** A subscription that answers `{ event }`, a JobEvent of job-types.ts. */
const watch = (name: string, field: string, variables: Readonly<Record<string, string>>): string => {
  const all = Object.entries({ ...variables, after: 'EventCursor' });
  return `
  subscription ${name}(${all.map(([variable, type]) => `$${variable}: ${type}`).join(', ')}) {
    event: ${field}(${all.map(([variable]) => `${variable}: $${variable}`).join(', ')}) {
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
};

export const watchDocuments: Readonly<Record<JobKind, string>> = {
  SEGMENT: watch('WatchSegmentJob', 'segmentJobChanged', { id: 'ID!' }),
  EXPORT: watch('WatchExportJob', 'exportJobChanged', { id: 'ID!' }),
};

/** Of any job that fits. */
export const jobsChangedDocument = watch('WatchJobs', 'jobsChanged', {
  kinds: '[JobKind!]',
  filter: 'JobFilter',
});

/** As much of a GAP as is read by who follows the list. */
export const jobsChangedGap = { event: { type: 'GAP' } };

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
