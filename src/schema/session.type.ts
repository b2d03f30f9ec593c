import { Field, Int, ObjectType } from 'type-graphql';
import { describedEnum } from './described-enum';
import { BigIntScalar, DateTime } from './scalars';

export const UpstreamMode = describedEnum('UpstreamMode', 'What stands behind the gateway.', {
  EMBEDDED: 'The platform that runs inside this very process.',
  ADOBE: 'Adobe Experience Platform.',
});
export type UpstreamMode = keyof typeof UpstreamMode;

export const CredentialSource = describedEnum('CredentialSource', 'Whose credential goes upstream.', {
  PASS_THROUGH: "The caller's own token.",
  SERVICE: "The gateway's OAuth server-to-server credential.",
  EMBEDDED: 'None is needed: the embedded platform trusts its own gateway.',
});
export type CredentialSource = keyof typeof CredentialSource;

@ObjectType({
  description: 'How job watching saves upstream calls, since the process started.',
  simpleResolvers: true,
})
export class WatchStats {
  @Field(() => Int, { description: 'Subscriptions that are open now.' })
  readonly subscribers: number;

  @Field(() => Int, { description: 'Jobs that are followed now.' })
  readonly watchedJobs: number;

  @Field(() => BigIntScalar, { description: 'Times that a job was read upstream to follow it.' })
  readonly upstreamPolls: bigint;

  @Field(() => BigIntScalar, {
    description: 'Reads that each subscriber would have made alone, and that sharing saved.',
  })
  readonly pollsSaved: bigint;
}

@ObjectType({
  description: 'Who is asking, through what, and how job watching fares.',
  simpleResolvers: true,
})
export class Session {
  @Field(() => String, { description: 'IMS org that the caller speaks for.' })
  readonly orgId: string;

  @Field(() => String, { description: 'Sandbox that the caller works in.' })
  readonly sandbox: string;

  @Field(() => UpstreamMode, { description: 'What stands behind the gateway.' })
  readonly upstream: UpstreamMode;

  @Field(() => CredentialSource, { description: 'Whose credential goes upstream.' })
  readonly credential: CredentialSource;

  @Field(() => DateTime, {
    nullable: true,
    description: "When the caller's token ends, as the token itself says; null where it does not.",
  })
  readonly tokenExpiresAt: Date | null;

  @Field(() => WatchStats, {
    description: 'How job watching saves upstream calls, since the process started.',
  })
  readonly watching: WatchStats;
}
