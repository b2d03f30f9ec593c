import { Field, Float, ID, InterfaceType, ObjectType } from 'type-graphql';
import { connectionOf } from './connection';
import { describedEnum } from './described-enum';
import { BigIntScalar, DateTime } from './scalars';

export const JobKind = describedEnum('JobKind', 'Which of the two kinds of job.', {
  SEGMENT: 'Evaluates segments.',
  EXPORT: 'Writes audiences to a dataset.',
});
export type JobKind = keyof typeof JobKind;

export const JobStatus = describedEnum('JobStatus', 'How far a job is. It only ever moves forward.', {
  NEW: 'Accepted, not begun.',
  QUEUED: 'Waits for its turn.',
  PROCESSING: 'At work.',
  CANCELLING: 'Asked to stop, not yet stopped.',
  CANCELLED: 'Stopped before its end.',
  SUCCEEDED: 'Done.',
  FAILED: 'Ended without its result; see errors.',
  UNKNOWN: 'A status that the upstream added later; see rawStatus.',
});
export type JobStatus = keyof typeof JobStatus;

export const ProgressBasis = describedEnum('ProgressBasis', 'What a fraction is made from.', {
  MEASURED: 'From counters.',
  FORECAST: 'From like jobs that ended before.',
  UNKNOWN: 'Neither: nothing is known.',
});
export type ProgressBasis = keyof typeof ProgressBasis;

@ObjectType({
  description:
    'How far a job is. fraction is 0 to 1 and never falls; null where nothing is known (draw an indeterminate bar).',
  simpleResolvers: true,
})
export class JobProgress {
  @Field(() => Float, { nullable: true, description: '0 to 1; never falls; null where nothing is known.' })
  readonly fraction: number | null;

  @Field(() => ProgressBasis, { description: 'What the fraction is made from.' })
  readonly basis: ProgressBasis;

  @Field(() => BigIntScalar, {
    description:
      "Milliseconds from its creation to its end, or to its last change, by the upstream's clock; never falls.",
  })
  readonly elapsedMs: bigint;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When it will end if it goes on at this pace; null where nothing is known.',
  })
  readonly estimatedEndAt: Date | null;
}

@ObjectType({ description: 'One stretch of the work of a job.', simpleResolvers: true })
export class JobPhase {
  @Field(() => String, { description: 'What was done, e.g. segmentation, profileExport, datasetWrite.' })
  readonly name: string;

  @Field(() => DateTime, { nullable: true, description: 'When it began.' })
  readonly startedAt: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When it ended; null while it runs.' })
  readonly endedAt: Date | null;

  @Field(() => BigIntScalar, {
    nullable: true,
    description: 'How long it took, in milliseconds; null while it runs.',
  })
  readonly durationMs: bigint | null;
}

@ObjectType({
  description: 'Why a job failed. Stack traces and storage paths of the upstream stay in the log.',
  simpleResolvers: true,
})
export class JobError {
  @Field(() => String, { nullable: true, description: "The upstream's code, leading zeros and all." })
  readonly code: string | null;

  @Field(() => String, { description: "The upstream's words, without addresses and paths." })
  readonly message: string;

  @Field(() => String, { nullable: true, description: 'What to do about it, where the code is known.' })
  readonly hint: string | null;
}

@InterfaceType({
  description: 'What segment jobs and export jobs have in common.',
  resolveType: (job: Job) => (job.kind === 'SEGMENT' ? 'SegmentJob' : 'ExportJob'),
})
export abstract class Job {
  @Field(() => ID, {
    description: "The upstream's id, as a string: a segment job's UUID, an export job's number.",
  })
  readonly id: string;

  @Field(() => JobKind, { description: 'Which of the two kinds.' })
  readonly kind: JobKind;

  @Field(() => JobStatus, { description: 'How far it is.' })
  readonly status: JobStatus;

  @Field(() => String, { description: "The upstream's own word for the status." })
  readonly rawStatus: string;

  @Field(() => Boolean, { description: 'SUCCEEDED, FAILED or CANCELLED: it will not change again.' })
  readonly isTerminal: boolean;

  @Field(() => DateTime, { description: 'When it was made.' })
  readonly createdAt: Date;

  @Field(() => DateTime, { description: 'When it last changed.' })
  readonly updatedAt: Date;

  @Field(() => JobProgress, { description: 'How far it is, as a fraction where that is known.' })
  readonly progress: JobProgress;

  @Field(() => [JobPhase], { description: 'Its stretches of work, in the order of their start.' })
  readonly phases: readonly JobPhase[];

  @Field(() => [JobError], { description: 'Why it failed; may hold warnings of a job that succeeded.' })
  readonly errors: readonly JobError[];

  @Field(() => String, {
    nullable: true,
    description: "The upstream's id of the request that made it, for its support.",
  })
  readonly requestId: string | null;
}

export const JobConnection = connectionOf('Job', 'jobs of both kinds', () => Job);
