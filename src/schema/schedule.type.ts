import { Field, ID, ObjectType } from 'type-graphql';
import { connectionOf } from './connection';
import { describedEnum } from './described-enum';
import { DateTime, QuartzCron } from './scalars';
import { UserError } from './user-error.type';

export const ScheduleType = describedEnum('ScheduleType', 'What a schedule starts.', {
  BATCH_SEGMENTATION: 'A segment job.',
  EXPORT: 'An export job.',
  UNKNOWN: 'Something that the upstream added later. Only told, never given.',
});
export type ScheduleType = keyof typeof ScheduleType;

export const ScheduleState = describedEnum('ScheduleState', 'Whether a schedule fires.', {
  ACTIVE: 'It fires.',
  INACTIVE: 'It is kept, but does not fire.',
  UNKNOWN: 'A state that the upstream added later; see rawState. Only told, never given.',
});
export type ScheduleState = keyof typeof ScheduleState;

/** Its edges stand in resolvers/schedule.resolver.ts. */
@ObjectType({ description: 'When jobs start by themselves.' })
export class Schedule {
  /** Without `*`. */
  readonly segmentIds: readonly string[] | Error;

  @Field(() => ID, { description: "The upstream's id." })
  readonly id: string;

  @Field(() => String, { description: 'Its name.' })
  readonly name: string;

  @Field(() => ScheduleType, { description: 'What it starts.' })
  readonly type: ScheduleType;

  @Field(() => ScheduleState, { description: 'Whether it fires.' })
  readonly state: ScheduleState;

  @Field(() => String, { description: "The upstream's own word for the state." })
  readonly rawState: string;

  @Field(() => QuartzCron, { description: 'When it fires, UTC.' })
  readonly cron: string;

  @Field(() => Boolean, { description: "True where it runs over every segment ('*')." })
  readonly allSegments: boolean;

  @Field(() => DateTime, { description: 'When it was made.' })
  readonly createdAt: Date;

  @Field(() => DateTime, { description: 'When it was last changed.' })
  readonly updatedAt: Date;
}

export const ScheduleConnection = connectionOf('Schedule', 'schedules', () => Schedule);

@ObjectType({ description: 'What a mutation of a schedule came to.', simpleResolvers: true })
export class SchedulePayload {
  @Field(() => Schedule, {
    nullable: true,
    description: 'The schedule as it is now; null where nothing was done.',
  })
  readonly schedule: Schedule | null;

  @Field(() => [UserError], {
    description: 'What has to be mended in the request; empty where all went well.',
  })
  readonly userErrors: readonly UserError[];
}

@ObjectType({ description: 'What a cron means.', simpleResolvers: true })
export class CronExplanation {
  @Field(() => Boolean, { description: 'True where it is Quartz cron of 6 or 7 fields.' })
  readonly valid: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'The cron in plain words; null where it is not valid.',
  })
  readonly description: string | null;

  @Field(() => [DateTime], {
    description: 'When it fires next, UTC; fewer than asked for where it ends before.',
  })
  readonly nextRuns: readonly Date[];

  @Field(() => Boolean, {
    description: 'True where it never fires twice within 24 hours, as a schedule must not.',
  })
  readonly atMostDaily: boolean;

  @Field(() => [String], { description: 'What is wrong with it; empty where it is valid.' })
  readonly problems: readonly string[];
}
