import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import type { GatewayContext } from './context';
import { loadSegment } from './edges';
import { orThrow } from '../lib/or-throw';
import { pickPaths, toProfile } from '../mapping/profile.mapping';
import { ProfileAttributesArgs, ProfileMembershipsArgs } from '../schema/profile.args';
import { IdentityInput } from '../schema/profile.input';
import { Membership, Profile } from '../schema/profile.type';
import { JsonObject } from '../schema/scalars';
import { Segment } from '../schema/segment.type';

@Resolver(() => Profile)
export class ProfileResolver {
  @Query(() => Profile, { nullable: true, description: 'Who has this identity; null where nobody has.' })
  async profile(
    @Arg('identity', () => IdentityInput, { description: 'Whom to look up.' })
    { namespace, id }: IdentityInput,
    @Ctx() context: GatewayContext,
  ): Promise<Profile | null> {
    const entity = await context.sources.profiles.byIdentity({ namespace, id });
    return entity && toProfile(entity);
  }

  @FieldResolver(() => JsonObject, {
    description: 'What is known, as nested XDM, without identities and memberships.',
  })
  attributes(
    @Root() profile: Profile,
    @Args() { paths }: ProfileAttributesArgs,
  ): Readonly<Record<string, unknown>> {
    return paths ? pickPaths(profile.entity, paths) : profile.entity;
  }

  @FieldResolver(() => [Membership], { description: 'The segments it is in, or has left.' })
  memberships(@Root() profile: Profile, @Args() { status }: ProfileMembershipsArgs): readonly Membership[] {
    const memberships = orThrow(profile.allMemberships);
    return status
      ? memberships.filter((each) => each instanceof Error || status.includes(each.status))
      : memberships;
  }
}

@Resolver(() => Membership)
export class MembershipResolver {
  @FieldResolver(() => Segment, {
    nullable: true,
    description: 'The segment; null where it has been deleted since or is of another namespace than ups.',
  })
  async segment(
    @Root() { namespace, segmentId }: Membership,
    @Ctx() context: GatewayContext,
  ): Promise<Segment | null> {
    // Quirk N25: UPS and ups are one.
    return namespace.toLowerCase() === 'ups' ? loadSegment(context, segmentId) : null;
  }
}
