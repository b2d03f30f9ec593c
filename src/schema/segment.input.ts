import { Field, ID, InputType } from 'type-graphql';
import { SortDirection } from './connection';
import { describedEnum } from './described-enum';
import { ExpressionInput } from './expression.input';
import { EvaluationMethod } from './segment.type';

export const SegmentOrderField = describedEnum('SegmentOrderField', 'What segments can be ordered by.', {
  CREATED_AT: 'When they were made.',
  UPDATED_AT: 'When they were last changed.',
  NAME: 'Their name.',
});
export type SegmentOrderField = keyof typeof SegmentOrderField;

@InputType({ description: 'Which segments.' })
export class SegmentFilter {
  @Field(() => String, {
    nullable: true,
    description: 'Only those with this in their name; case does not matter.',
  })
  readonly nameContains?: string | null;

  @Field(() => EvaluationMethod, {
    nullable: true,
    description: 'Only those that are evaluated in this way.',
  })
  readonly evaluation?: EvaluationMethod | null;
}

@InputType({ description: 'In which order.' })
export class SegmentOrder {
  @Field(() => SegmentOrderField, { description: 'What to order by.' })
  readonly field: SegmentOrderField;

  @Field(() => SortDirection, { defaultValue: 'DESC', description: 'Which end comes first.' })
  readonly direction: SortDirection;
}

@InputType({ description: 'A segment to be made.' })
export class CreateSegmentInput {
  @Field(() => String, { description: 'Its name, unique in the org.' })
  readonly name: string;

  @Field(() => String, { nullable: true, description: 'What it is for.' })
  readonly description?: string | null;

  @Field(() => String, {
    defaultValue: '_xdm.context.profile',
    description: 'XDM schema of what is evaluated.',
  })
  readonly schemaName: string;

  @Field(() => ExpressionInput, { description: 'The rule.' })
  readonly expression: ExpressionInput;

  @Field(() => ID, {
    nullable: true,
    description: 'How profiles are merged for it; the default policy where left out.',
  })
  readonly mergePolicyId?: string | null;

  @Field(() => [EvaluationMethod], {
    nullable: true,
    description: 'When it is evaluated; BATCH where left out.',
  })
  readonly evaluation?: readonly EvaluationMethod[] | null;
}

@InputType({ description: 'What to change of a segment; null or left out: unchanged.' })
export class UpdateSegmentInput {
  @Field(() => ID, { description: 'The segment.' })
  readonly id: string;

  @Field(() => String, { nullable: true, description: 'Its new name.' })
  readonly name?: string | null;

  @Field(() => String, { nullable: true, description: 'What it is for; "" takes the old text away.' })
  readonly description?: string | null;

  @Field(() => ExpressionInput, { nullable: true, description: 'Its new rule.' })
  readonly expression?: ExpressionInput | null;

  @Field(() => ID, { nullable: true, description: 'How profiles are merged for it.' })
  readonly mergePolicyId?: string | null;

  @Field(() => [EvaluationMethod], { nullable: true, description: 'When it is evaluated.' })
  readonly evaluation?: readonly EvaluationMethod[] | null;
}
