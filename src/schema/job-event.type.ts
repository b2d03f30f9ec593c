import { Field, ObjectType } from 'type-graphql';
import { describedEnum } from './described-enum';
import { Job, JobStatus } from './job.type';
import { DateTime, EventCursor } from './scalars';

export const JobEventType = describedEnum(
  'JobEventType',
  'GAP: the history that `after` asked for is gone; a SNAPSHOT follows. AUTH_EXPIRING: send a fresh token or be closed.',
  {
    SNAPSHOT: 'How the job stands as the watch begins.',
    CREATED: 'A job that was not there before.',
    STATUS: 'Its status has changed.',
    PROGRESS: 'Its progress or its counters have changed.',
    TERMINAL: 'It has ended; nothing follows.',
    GAP: 'The history that after asked for is gone; a SNAPSHOT follows.',
    AUTH_EXPIRING: 'Send a fresh token or be closed.',
  },
);
export type JobEventType = keyof typeof JobEventType;

@ObjectType({ description: 'One thing that happened to a job.', simpleResolvers: true })
export class JobEvent {
  @Field(() => EventCursor, { description: 'Hand it back as after to resume behind this event.' })
  readonly cursor: string;

  @Field(() => JobEventType, { description: 'What happened.' })
  readonly type: JobEventType;

  @Field(() => DateTime, { description: 'When the gateway saw it.' })
  readonly at: Date;

  @Field(() => Boolean, { description: 'Sent again after a resume.' })
  readonly replayed: boolean;

  @Field(() => Job, {
    nullable: true,
    description: 'The job as it then was. Null on GAP and AUTH_EXPIRING only.',
  })
  readonly job: Job | null;

  @Field(() => JobStatus, { nullable: true, description: 'The status before; null where none is known.' })
  readonly previousStatus: JobStatus | null;
}
