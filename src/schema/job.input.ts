import { Field, ID, InputType } from 'type-graphql';
import { JobStatus } from './job.type';
import { DateTime } from './scalars';

@InputType({ description: 'Which jobs; what is left out does not matter.' })
export class JobFilter {
  @Field(() => [JobStatus], { nullable: true, description: 'Only those that stand at one of these.' })
  readonly statuses?: readonly JobStatus[] | null;

  @Field(() => ID, { nullable: true, description: 'Only those that evaluate or export this segment.' })
  readonly segmentId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only exports to this dataset.' })
  readonly datasetId?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'Only those that were made after this.' })
  readonly createdAfter?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Only those that were made before this.' })
  readonly createdBefore?: Date | null;
}
