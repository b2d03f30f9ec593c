import { Field, ID, Int, ObjectType } from 'type-graphql';
import { connectionOf } from './connection';
import { describedEnum } from './described-enum';
import { Expression } from './expression.type';
import { DateTime } from './scalars';
import { UserError } from './user-error.type';

export const EvaluationMethod = describedEnum('EvaluationMethod', 'When a segment is evaluated.', {
  BATCH: 'By jobs, over all profiles.',
  STREAMING: 'As data come in (continuous).',
  EDGE: 'At the edge, at once (synchronous).',
});
export type EvaluationMethod = keyof typeof EvaluationMethod;

/** Its edges stand in resolvers/segment.resolver.ts. */
@ObjectType({ description: 'A segment definition: the rule that says who belongs.' })
export class Segment {
  readonly mergePolicyId: string | null | Error;
  /** As the record names it, where it tells; without the policy itself being read. */
  readonly mergePolicyVersion?: number | null;

  @Field(() => ID, { description: "The upstream's id." })
  readonly id: string;

  @Field(() => String, { description: 'Its name, unique in the org.' })
  readonly name: string;

  @Field(() => String, { nullable: true, description: 'What it is for.' })
  readonly description: string | null;

  @Field(() => String, { description: 'XDM schema of what is evaluated, e.g. _xdm.context.profile.' })
  readonly schemaName: string;

  @Field(() => Int, {
    nullable: true,
    description: 'One more at each change of the rule; null where the upstream does not tell.',
  })
  readonly version: number | null;

  @Field(() => Expression, { description: 'The rule.' })
  readonly expression: Expression;

  @Field(() => [EvaluationMethod], { description: 'When it is evaluated.' })
  readonly evaluation: readonly EvaluationMethod[];

  @Field(() => DateTime, { nullable: true, description: 'When it was made.' })
  readonly createdAt: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was last changed.' })
  readonly updatedAt: Date | null;
}

export const SegmentConnection = connectionOf('Segment', 'segments', () => Segment);

@ObjectType({ description: 'What a mutation of a segment came to.', simpleResolvers: true })
export class SegmentPayload {
  @Field(() => Segment, {
    nullable: true,
    description: 'The segment as it is now; null where nothing was done.',
  })
  readonly segment: Segment | null;

  @Field(() => [UserError], {
    description: 'What has to be mended in the request; empty where all went well.',
  })
  readonly userErrors: readonly UserError[];
}
