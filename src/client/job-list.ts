import type { JobEvent, JobStatus } from './job-types';

/** What a list of jobs must know of each to keep them in order; select it in both documents, with whatever you show. */
export interface ListedJob {
  readonly id: string;
  readonly status: JobStatus;
  /** Lists of jobs are newest first. */
  readonly createdAt: string;
  /** Where it is selected, an event that is older than what the list has changes nothing. */
  readonly updatedAt?: string;
}

/** The connection `jobs` of an answer, as far as it is read here; without `pageInfo` the list counts as whole. */
export interface JobList<TJob extends ListedJob> {
  readonly nodes: readonly TJob[];
  readonly pageInfo?: { readonly hasNextPage: boolean };
  readonly totalCount?: number | null;
}

/** An event of `jobsChanged`, as far as it is read here. */
export interface JobListEvent<TJob extends ListedJob> {
  readonly type: JobEvent['type'];
  readonly job?: TJob | null;
}

/** The variable `$filter` of both documents: which jobs the list holds. */
export interface JobListFilter {
  readonly createdAfter?: string | null;
  readonly createdBefore?: string | null;
  readonly datasetId?: string | null;
  readonly segmentId?: string | null;
  readonly statuses?: JobStatus | readonly JobStatus[] | null;
}

/**
 * The list after an event of `jobsChanged` with the same variables: a new job stands where it belongs, a known one as it
 * is now, one that left `filter.statuses` is gone. A job that belongs to a page which has not been loaded is left to that
 * page. The list itself where nothing changes.
 */
export function withJobEvent<TList extends JobList<TJob>, TJob extends ListedJob>(
  list: TList,
  { job }: JobListEvent<TJob>,
  filter?: JobListFilter | null,
): TList {
  if (job === null || job === undefined) return list;
  const known = list.nodes.find(({ id }) => id === job.id);
  if (known !== undefined && isNewer(known, job)) return list;
  const nodes = isHeld(job.status, filter)
    ? withJob(list, known, job)
    : list.nodes.filter((other) => other !== known);
  const change = nodes.length - list.nodes.length;
  if (change === 0 && nodes.every((node, index) => node === list.nodes[index])) return list;
  const { totalCount } = list;
  return { ...list, nodes, ...(typeof totalCount === 'number' && { totalCount: totalCount + change }) };
}

function isHeld(status: JobStatus, filter: JobListFilter | null | undefined): boolean {
  const statuses = filter?.statuses;
  return statuses === null || statuses === undefined || [statuses].flat().includes(status);
}

function withJob<TJob extends ListedJob>(
  { nodes, pageInfo }: JobList<TJob>,
  known: TJob | undefined,
  job: TJob,
): readonly TJob[] {
  if (known !== undefined) {
    const isSame = JSON.stringify(known) === JSON.stringify(job);
    return isSame ? nodes : nodes.map((other) => (other === known ? { ...known, ...job } : other));
  }
  const at = nodes.findIndex((other) => Date.parse(other.createdAt) <= Date.parse(job.createdAt));
  if (at >= 0) return [...nodes.slice(0, at), job, ...nodes.slice(at)];
  return pageInfo?.hasNextPage === true ? nodes : [...nodes, job];
}

function isNewer(known: ListedJob, job: ListedJob): boolean {
  return (
    known.updatedAt !== undefined &&
    job.updatedAt !== undefined &&
    Date.parse(known.updatedAt) > Date.parse(job.updatedAt)
  );
}

/**
 * The last event of each job, for a list that is drawn out of a page and what happened since. A GAP says that events were
 * missed: it stands alone, and the page has to be asked for again.
 */
export function withLatest<TEvent extends JobListEvent<ListedJob>>(
  events: readonly TEvent[],
  event: TEvent,
): readonly TEvent[] {
  if (event.type === 'GAP') return [event];
  const id = event.job?.id;
  return id === undefined ? events : [...events.filter(({ job }) => job?.id !== id), event];
}
