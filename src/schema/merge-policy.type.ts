import { Field, ID, Int, ObjectType } from 'type-graphql';
import { connectionOf } from './connection';

@ObjectType({ description: 'How the fragments of a profile become one.', simpleResolvers: true })
export class MergePolicy {
  @Field(() => ID, { description: "The upstream's id." })
  readonly id: string;

  @Field(() => String, { nullable: true, description: 'Its name, where it has one.' })
  readonly name: string | null;

  @Field(() => Int, { nullable: true, description: 'One more at each change.' })
  readonly version: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'True for the policy that is used where none is named.',
  })
  readonly isDefault: boolean | null;

  @Field(() => String, {
    nullable: true,
    description: 'How identities are joined: none, or pdg for the private device graph.',
  })
  readonly identityGraph: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Who wins a conflict: timestampOrdered or dataSetPrecedence.',
  })
  readonly attributeMerge: string | null;
}

export const MergePolicyConnection = connectionOf('MergePolicy', 'merge policies', () => MergePolicy);
