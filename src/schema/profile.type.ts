import { Field, ID, ObjectType } from 'type-graphql';
import { MembershipStatus } from './audience-counts.type';
import { DateTime } from './scalars';

@ObjectType({ description: 'Who somebody is in one namespace.', simpleResolvers: true })
export class Identity {
  @Field(() => String, { description: 'Identity namespace code, e.g. Email.' })
  readonly namespace: string;

  @Field(() => String, { description: 'The id in that namespace.' })
  readonly id: string;
}

/** Its edge `segment` stands in resolvers/profile.resolver.ts. */
@ObjectType({ description: 'How a profile stands to one segment.' })
export class Membership {
  @Field(() => ID, { description: 'The segment.' })
  readonly segmentId: string;

  @Field(() => String, { description: 'Segment namespace: ups for own segments.' })
  readonly namespace: string;

  @Field(() => MembershipStatus, { description: 'How the profile stands to it.' })
  readonly status: MembershipStatus;

  @Field(() => DateTime, { nullable: true, description: 'When the profile entered or left.' })
  readonly lastQualifiedAt: Date | null;
}

/** Its fields with arguments stand in resolvers/profile.resolver.ts. */
@ObjectType({ description: 'One merged profile.' })
export class Profile {
  /** Nested XDM, without identities and memberships. */
  readonly entity: Readonly<Record<string, unknown>>;
  readonly allMemberships: readonly Membership[] | Error;

  @Field(() => [Identity], { description: 'Everything the profile is known as.' })
  readonly identities: readonly Identity[];
}
