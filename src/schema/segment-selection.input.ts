import { Field, ID, InputType } from 'type-graphql';

@InputType({ description: 'Which segments a job or a schedule runs over.' })
export class SegmentSelection {
  @Field(() => [ID], { nullable: true, description: 'These.' })
  readonly ids?: readonly string[] | null;

  @Field(() => Boolean, { nullable: true, description: 'true: every segment.' })
  readonly all?: boolean | null;
}
