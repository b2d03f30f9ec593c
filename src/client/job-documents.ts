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

/** Answers `{ job }`, a WatchedJob or null, when the job ends or `timeoutMs` is over. */
export const awaitDocument = `
  query AwaitJob($kind: JobKind!, $id: ID!, $timeoutMs: Int!) {
    job: awaitJob(kind: $kind, id: $id, timeoutMs: $timeoutMs) {
      ...WatchedJob
    }
  }
  ${jobFields}
`;
