import { ArgsType, Field } from 'type-graphql';
import { PageArgs } from './page.args';
import { SegmentFilter, SegmentOrder } from './segment.input';

@ArgsType()
export class SegmentsArgs extends PageArgs {
  @Field(() => SegmentFilter, { nullable: true, description: 'Which ones; all where left out.' })
  readonly filter?: SegmentFilter | null;

  @Field(() => SegmentOrder, { nullable: true, description: 'In which order; newest first where left out.' })
  readonly orderBy?: SegmentOrder | null;
}
