import { Field, ObjectType } from 'type-graphql';
import { describedEnum } from './described-enum';
import { BigIntScalar } from './scalars';

export const MembershipStatus = describedEnum(
  'MembershipStatus',
  "How a profile stands to a segment's audience.",
  {
    REALIZED: 'It entered with the last evaluation.',
    EXISTING: 'It was in before and still is.',
    EXITED: 'It left.',
  },
);
export type MembershipStatus = keyof typeof MembershipStatus;

@ObjectType({ description: 'Profiles that have an identity in one namespace.', simpleResolvers: true })
export class NamespaceCount {
  @Field(() => String, { description: 'Identity namespace code, e.g. Email.' })
  readonly namespace: string;

  @Field(() => BigIntScalar, {
    description: 'Profiles; one with several identities in the namespace counts once.',
  })
  readonly count: bigint;
}

@ObjectType({ description: 'Profiles of one membership status.', simpleResolvers: true })
export class MembershipCount {
  @Field(() => MembershipStatus, { description: 'The status.' })
  readonly status: MembershipStatus;

  @Field(() => BigIntScalar, { description: 'Profiles that have it.' })
  readonly count: bigint;
}

/** What one job counted for one segment; plain data, shown as an AudienceSnapshot. */
export interface AudienceCounts {
  readonly segmentId: string;
  readonly size: bigint;
  readonly byNamespace: readonly NamespaceCount[];
  readonly byStatus: readonly MembershipCount[];
}
