import { Field, Float, Int, ObjectType } from 'type-graphql';
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

export const CircuitState = describedEnum('CircuitState', 'Whether calls to a service go through.', {
  CLOSED: 'They do.',
  HALF_OPEN: 'One call is let through to see whether the service has recovered.',
  OPEN: 'The service fails too often: calls fail at once, without being sent.',
});
export type CircuitState = keyof typeof CircuitState;

@ObjectType({
  description: "How one of the upstream's services fares for the caller's org.",
  simpleResolvers: true,
})
export class ServiceHealth {
  @Field(() => String, { description: 'segmentation, catalog, data-access or destination-authoring.' })
  readonly name: string;

  @Field(() => CircuitState, { description: 'Whether calls to it go through.' })
  readonly circuit: CircuitState;

  @Field(() => Float, {
    nullable: true,
    description:
      '95 of 100 of its last calls took no longer than this, in milliseconds; null before the first.',
  })
  readonly p95Ms: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'What its last failure said; null where it has not failed.',
  })
  readonly lastError: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When an open circuit lets the next call try; null unless it is open.',
  })
  readonly retryAt: Date | null;
}

@ObjectType({
  description: 'Who is asking, through what, and how the upstream fares.',
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
    description:
      "When the caller's token ends, as the token itself says; for callers with an API key, when the gateway's own ends, which it renews. Null where nobody says.",
  })
  readonly tokenExpiresAt: Date | null;

  @Field(() => [ServiceHealth], {
    description: 'One per upstream API: segmentation, catalog, data access, destination authoring.',
  })
  readonly services: readonly ServiceHealth[];

  @Field(() => WatchStats, {
    description: 'How job watching saves upstream calls, since the process started.',
  })
  readonly watching: WatchStats;
}
