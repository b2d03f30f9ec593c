import { Field, InputType, Int } from 'type-graphql';
import { SegmentSelection } from './segment-selection.input';

@InputType({
  description: 'Waits in the mutation for up to awaitMs for the job to end, then answers with what is known.',
})
export class CreateSegmentJobInput {
  @Field(() => SegmentSelection, { description: 'What to evaluate.' })
  readonly segments: SegmentSelection;

  @Field(() => Int, {
    nullable: true,
    description: 'How long to wait for its end, in milliseconds: 0 to 60000.',
  })
  readonly awaitMs?: number | null;
}
