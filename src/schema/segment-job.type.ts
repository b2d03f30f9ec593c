import { Field, ID, ObjectType } from 'type-graphql';
import { connectionOf } from './connection';
import type { AudienceCounts } from './audience-counts.type';
import { Job } from './job.type';
import { BigIntScalar } from './scalars';
import type { Segment } from './segment.type';
import { UserError } from './user-error.type';

/** Its edges stand in resolvers/segment-job.resolver.ts. */
@ObjectType({ implements: Job, description: 'An evaluation of segments over all profiles.' })
export class SegmentJob extends Job {
  declare readonly kind: 'SEGMENT';
  readonly scheduleId: string | null | Error;
  /** When it ended, or last changed. */
  readonly countedAt: Date;
  /** What it found, one entry a segment; empty before it succeeded. */
  readonly counts: readonly AudienceCounts[] | Error;
  /** The definitions as the job recorded them: all that is left of one that was deleted since. */
  readonly recordedSegments: readonly Segment[];

  @Field(() => [ID], {
    description: "Every segment it evaluates; empty where it runs over '*' and has not yet told which.",
  })
  readonly segmentIds: readonly string[] | Error;

  @Field(() => Boolean, { description: "True where the job runs over every segment ('*')." })
  readonly allSegments: boolean;

  @Field(() => BigIntScalar, { nullable: true, description: 'Profiles that it read.' })
  readonly totalProfiles: bigint | null;
}

export const SegmentJobConnection = connectionOf('SegmentJob', 'segment jobs', () => SegmentJob);

@ObjectType({
  description: 'What a mutation of a segment job came to. timedOut: awaitMs passed before the job ended.',
  simpleResolvers: true,
})
export class SegmentJobPayload {
  @Field(() => SegmentJob, {
    nullable: true,
    description: 'The job as far as is known; null where none was made.',
  })
  readonly segmentJob: SegmentJob | null;

  @Field(() => Boolean, { description: 'True where awaitMs passed before the job ended.' })
  readonly timedOut: boolean;

  @Field(() => [UserError], {
    description: 'What has to be mended in the request; empty where all went well.',
  })
  readonly userErrors: readonly UserError[];
}
