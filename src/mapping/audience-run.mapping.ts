import { ownWordsIn } from '../lib/plain-prose';
import type {
  AudienceRun,
  AudienceRunStatus,
  AudienceRunStep,
  AudienceRunWait,
} from '../schema/audience-run.type';
import type { JobError } from '../schema/job.type';
import type { ExportJobWire } from '../wire/export-job.wire';
import type { SegmentJobWire } from '../wire/segment-job.wire';
import { toExportJob } from './export-job.mapping';
import { toJobErrors } from './job.mapping';
import { toSegmentJob } from './segment-job.mapping';

/** A run as the gateway keeps it, with what has been seen of its jobs; `runs/` and `state/` have it so. */
interface RunLike {
  readonly record: {
    readonly id: string;
    readonly status: AudienceRunStatus;
    readonly step: AudienceRunStep;
    readonly plan: { readonly segmentIds: readonly string[] };
    readonly segmentJob: ProductLike;
    readonly dataset: ProductLike;
    readonly exportJob: ProductLike;
    readonly error: {
      readonly step: AudienceRunStep;
      readonly code: string | null;
      readonly message: string;
      readonly hint: string | null;
    } | null;
    readonly createdAt: Date;
    readonly updatedAt: Date;
  };
  readonly waitingFor: AudienceRunWait | null;
  readonly segmentJob?: SegmentJobWire | null;
  readonly exportJob?: ExportJobWire | null;
}

interface ProductLike {
  readonly kind: string;
  readonly id?: string;
}

/** An audience run as GraphQL shows it. */
export function toAudienceRun({ record, waitingFor, segmentJob, exportJob }: RunLike): AudienceRun {
  const { id, status, step, plan, createdAt, updatedAt } = record;
  return {
    id,
    status,
    step,
    segmentIds: plan.segmentIds,
    segmentJobId: toId(record.segmentJob),
    datasetId: toId(record.dataset),
    exportJobId: toId(record.exportJob),
    seenSegmentJob: segmentJob ? toSegmentJob(segmentJob) : null,
    seenExportJob: exportJob ? toExportJob(exportJob) : null,
    waitingFor,
    error: toRunError(record),
    createdAt,
    updatedAt,
  };
}

/** What was removed when the run was cancelled or failed is not shown any more. */
function toId({ kind, id }: ProductLike): string | null {
  return kind === 'made' || kind === 'given' ? (id ?? null) : null;
}

const stepsInWords: Readonly<Record<AudienceRunStep, string>> = {
  EVALUATE: 'Evaluating the segments',
  CREATE_DATASET: 'Making the dataset',
  EXPORT: 'Exporting the members',
  DONE: 'The run',
};

/** The words are the upstream's as a rule, so they are treated as those of its jobs: shown where they are plain. */
function toRunError({ error, ...record }: RunLike['record']): JobError | null {
  if (error === null) return null;
  const [shown] = toJobErrors([{ code: error.code ?? '', msg: error.message }], () => ownWordsIn(record));
  const { code = null, message = '', hint = null } = shown ?? {};
  return { code, message: `${stepsInWords[error.step]}: ${message}`, hint: error.hint ?? hint };
}
