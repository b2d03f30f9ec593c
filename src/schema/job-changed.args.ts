import { ArgsType, Field, ID } from 'type-graphql';
import { JobFilter } from './job.input';
import { JobKind } from './job.type';
import { EventCursor } from './scalars';

@ArgsType()
export class JobChangedArgs {
  @Field(() => ID, { description: 'The job.' })
  readonly id: string;

  @Field(() => EventCursor, {
    nullable: true,
    description: 'Cursor of the last event that was seen, to go on behind it.',
  })
  readonly after?: string | null;
}

@ArgsType()
export class JobsChangedArgs {
  @Field(() => [JobKind], { nullable: true, description: 'Which kinds; both where left out.' })
  readonly kinds?: readonly JobKind[] | null;

  @Field(() => JobFilter, { nullable: true, description: 'Which ones; all where left out.' })
  readonly filter?: JobFilter | null;

  @Field(() => EventCursor, {
    nullable: true,
    description: 'Cursor of the last event that was seen, to go on behind it.',
  })
  readonly after?: string | null;
}
