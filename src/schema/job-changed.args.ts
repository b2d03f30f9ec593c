import { ArgsType, Field, ID } from 'type-graphql';
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
