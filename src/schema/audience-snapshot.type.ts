import { Field, ObjectType } from 'type-graphql';
import { MembershipCount, NamespaceCount } from './audience-counts.type';
import type { AudienceCounts } from './audience-counts.type';
import { BigIntScalar, DateTime } from './scalars';
import type { SegmentJob } from './segment-job.type';

/** Its edges `segment` and `job` stand in resolvers/audience-snapshot.resolver.ts. */
@ObjectType({ description: "The size of a segment's audience as one job found it." })
export class AudienceSnapshot implements AudienceCounts {
  readonly segmentId: string;
  readonly segmentJob: SegmentJob;

  @Field(() => DateTime, { description: 'When the job ended.' })
  readonly at: Date;

  @Field(() => BigIntScalar, { description: 'Profiles in the audience: REALIZED and EXISTING together.' })
  readonly size: bigint;

  @Field(() => [NamespaceCount], {
    description: 'The audience by identity namespace; the counts may add up to more than its size.',
  })
  readonly byNamespace: readonly NamespaceCount[];

  @Field(() => [MembershipCount], { description: 'Who entered, stayed and left with this job.' })
  readonly byStatus: readonly MembershipCount[];
}
