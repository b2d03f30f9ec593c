import { Field, ID, InputType } from 'type-graphql';
import { QuartzCron } from './scalars';
import { ScheduleState, ScheduleType } from './schedule.type';
import { SegmentSelection } from './segment-selection.input';

@InputType({ description: 'A schedule to be made.' })
export class CreateScheduleInput {
  @Field(() => String, { description: 'Its name.' })
  readonly name: string;

  @Field(() => ScheduleType, { defaultValue: 'BATCH_SEGMENTATION', description: 'What it starts.' })
  readonly type: ScheduleType;

  @Field(() => QuartzCron, { description: 'When it fires, UTC; at most once in 24 hours.' })
  readonly cron: string;

  @Field(() => SegmentSelection, {
    nullable: true,
    description: 'What it runs over; every segment where left out.',
  })
  readonly segments?: SegmentSelection | null;

  @Field(() => ScheduleState, { defaultValue: 'INACTIVE', description: 'Whether it fires from now on.' })
  readonly state: ScheduleState;
}

@InputType({ description: 'What to change of a schedule; null or left out: unchanged.' })
export class UpdateScheduleInput {
  @Field(() => ID, { description: 'The schedule.' })
  readonly id: string;

  @Field(() => ScheduleState, { nullable: true, description: 'Whether it fires from now on.' })
  readonly state?: ScheduleState | null;

  @Field(() => QuartzCron, { nullable: true, description: 'When it fires from now on, UTC.' })
  readonly cron?: string | null;
}
