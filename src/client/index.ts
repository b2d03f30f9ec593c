/** The door of the client package; see README.md. */
export { createAudienceClient } from './client';
export type { AudienceClient, AudienceClientOptions, CallOptions, Execution } from './client';
export type { DocumentTypes, OperationDocument, Variables, VariablesAnd } from './document';
export type { HeadersSource } from './endpoint';
export { AudienceError, AudienceUserErrors } from './errors';
export type {
  AudienceErrorCode,
  ClientErrorCode,
  GatewayErrorCode,
  GraphqlErrorEntry,
  UpstreamFailure,
} from './errors';
export type { JobListOptions } from './follow-jobs';
export type { Fetch } from './http';
export { withJobEvent, withLatest } from './job-list';
export type { JobList, JobListEvent, JobListFilter, ListedJob } from './job-list';
export type {
  JobEvent,
  JobKind,
  JobOf,
  JobStatus,
  JobTarget,
  WatchedExportJob,
  WatchedJob,
  WatchedSegmentJob,
} from './job-types';
export type { Connection } from './pages';
export { createAudienceSocket } from './socket';
export type { AudienceSocket, AudienceSocketOptions } from './socket';
export type { StreamOptions } from './stream';
export type { PqlDiagnostic, UserError } from './user-error';
export type { WaitOptions } from './wait-for-job';
export type { RetryWaitMs } from './waits';
