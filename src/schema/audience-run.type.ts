import { Field, ID, ObjectType } from 'type-graphql';
import { connectionOf } from './connection';
import { describedEnum } from './described-enum';
import type { ExportJob } from './export-job.type';
import { JobError } from './job.type';
import { DateTime } from './scalars';
import type { SegmentJob } from './segment-job.type';
import { UserError } from './user-error.type';

export const AudienceRunStatus = describedEnum('AudienceRunStatus', 'How far an audience run is.', {
  RUNNING: 'It goes on, or rests: waitingFor says for what.',
  CANCELLING: 'Somebody has cancelled it, and the upstream has not yet ended what it had begun.',
  SUCCEEDED: 'The members are exported.',
  FAILED: 'A step failed; error says which and why.',
  CANCELLED: 'It was cancelled, and what could be undone is undone.',
});
export type AudienceRunStatus = keyof typeof AudienceRunStatus;

export const AudienceRunStep = describedEnum(
  'AudienceRunStep',
  'What an audience run does, in this order; one that failed or was cancelled keeps the step that it was in.',
  {
    EVALUATE: 'A segment job evaluates the segments.',
    CREATE_DATASET: 'The dataset is made; left out where one was named.',
    EXPORT: 'An export job writes the members to the dataset.',
    DONE: 'Nothing is left to do.',
  },
);
export type AudienceRunStep = keyof typeof AudienceRunStep;

export const AudienceRunWait = describedEnum('AudienceRunWait', 'What an audience run rests for.', {
  CREDENTIAL:
    'A credential: the gateway keeps no token, so after a restart, or when the token has ended, the run goes on as soon as somebody with access to its org and sandbox asks for runs.',
  UPSTREAM: 'An upstream that does not answer; after half an hour of that the run fails.',
});
export type AudienceRunWait = keyof typeof AudienceRunWait;

/** Its edges stand in resolvers/audience-run.resolver.ts. */
@ObjectType({
  description:
    'Evaluate, wait, make the dataset, export, wait: the whole road from a rule to files, as one thing that survives a restart.',
})
export class AudienceRun {
  readonly segmentJobId: string | null;
  readonly datasetId: string | null;
  readonly exportJobId: string | null;
  /** As the one who subscribed has seen them last; null where they are to be read. */
  readonly seenSegmentJob: SegmentJob | null;
  readonly seenExportJob: ExportJob | null;

  @Field(() => ID, { description: "The gateway's own id." })
  readonly id: string;

  @Field(() => AudienceRunStatus, { description: 'How far it is.' })
  readonly status: AudienceRunStatus;

  @Field(() => AudienceRunStep, { description: 'What it does, or did last.' })
  readonly step: AudienceRunStep;

  @Field(() => [ID], { description: 'Every segment of the run, also those that have been deleted since.' })
  readonly segmentIds: readonly string[];

  @Field(() => AudienceRunWait, {
    nullable: true,
    description: 'What it rests for; null where it goes on or has ended.',
  })
  readonly waitingFor: AudienceRunWait | null;

  @Field(() => JobError, {
    nullable: true,
    description: 'Why it failed, and in which step; of a cancelled one: what could not be undone.',
  })
  readonly error: JobError | null;

  @Field(() => DateTime, { description: 'When it was started.' })
  readonly createdAt: Date;

  @Field(() => DateTime, { description: 'When its step, its status or what belongs to it last changed.' })
  readonly updatedAt: Date;
}

export const AudienceRunConnection = connectionOf('AudienceRun', 'audience runs', () => AudienceRun);

@ObjectType({ description: 'What a mutation of an audience run came to.', simpleResolvers: true })
export class AudienceRunPayload {
  @Field(() => AudienceRun, { nullable: true, description: 'The run; null where there is none.' })
  readonly audienceRun: AudienceRun | null;

  @Field(() => [UserError], {
    description: 'What has to be mended in the request; empty where all went well.',
  })
  readonly userErrors: readonly UserError[];
}
