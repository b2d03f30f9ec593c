import { Ctx, Query, Resolver } from 'type-graphql';
import type { GatewayContext } from './context';
import { endOfCaller } from './token-end';
import { Session } from '../schema/session.type';

@Resolver()
export class SessionResolver {
  @Query(() => Session, { description: 'Who is asking, through what, and how the upstream fares.' })
  session(@Ctx() context: GatewayContext): Session {
    const { subscribers, watchedJobs, upstreamPolls, pollsSaved } = context.watchers.stats();
    return {
      orgId: context.caller.orgId,
      sandbox: context.caller.sandbox,
      upstream: context.upstream.mode,
      credential: context.upstream.credential,
      tokenExpiresAt: endOfCaller(context.caller) ?? context.upstream.tokenEndsAt(),
      services: context.upstream.health(),
      watching: {
        subscribers,
        watchedJobs,
        upstreamPolls: BigInt(upstreamPolls),
        pollsSaved: BigInt(pollsSaved),
      },
    };
  }
}
