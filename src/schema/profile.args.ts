import { ArgsType, Field } from 'type-graphql';
import { MembershipStatus } from './audience-counts.type';

@ArgsType()
export class ProfileAttributesArgs {
  @Field(() => [String], { nullable: true, description: 'Only these dotted paths; all where left out.' })
  readonly paths?: readonly string[] | null;
}

@ArgsType()
export class ProfileMembershipsArgs {
  @Field(() => [MembershipStatus], {
    nullable: true,
    description: 'Only of these statuses; all where left out.',
  })
  readonly status?: readonly MembershipStatus[] | null;
}
