import { Field, ID, ObjectType } from 'type-graphql';
import { MembershipStatus, NamespaceCount } from './audience-counts.type';
import { connectionOf } from './connection';
import { Job } from './job.type';
import { BigIntScalar, DateTime } from './scalars';
import { UserError } from './user-error.type';

/** Its edge `segment` stands in resolvers/export-job.resolver.ts. */
@ObjectType({ description: 'A segment whose members are exported.' })
export class ExportSegment {
  @Field(() => ID, { description: 'The segment.' })
  readonly segmentId: string;

  @Field(() => String, { description: 'Segment namespace: ups for own segments.' })
  readonly namespace: string;

  @Field(() => [MembershipStatus], { description: 'Members of these statuses are exported.' })
  readonly statuses: readonly MembershipStatus[];
}

@ObjectType({ description: 'Which profiles are exported.', simpleResolvers: true })
export class ExportFilter {
  @Field(() => [ExportSegment], { description: 'Members of any of these; empty means every profile.' })
  readonly segments: readonly ExportSegment[];

  @Field(() => DateTime, { nullable: true, description: 'Only who qualified at or after this.' })
  readonly qualifiedFrom: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Only who qualified at or before this.' })
  readonly qualifiedTo: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Only profiles that changed after this.' })
  readonly ingestedAfter: Date | null;

  @Field(() => Boolean, { description: 'True where profiles that only have events are exported too.' })
  readonly emptyProfiles: boolean;
}

@ObjectType({ description: 'Which events are exported with each profile.', simpleResolvers: true })
export class ExportEvents {
  @Field(() => [String], { description: 'Dotted event paths.' })
  readonly fields: readonly string[];

  @Field(() => DateTime, { nullable: true, description: 'Only events that came in after this.' })
  readonly ingestedFrom: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Only events that came in before this.' })
  readonly ingestedTo: Date | null;
}

/** Its edge `batch` stands in resolvers/export-job.resolver.ts. */
@ObjectType({ description: 'A batch that the export wrote.' })
export class ExportBatch {
  @Field(() => ID, { description: "Catalog's id of the batch." })
  readonly batchId: string;

  @Field(() => ExportSegment, {
    nullable: true,
    description: 'Whose members it holds; null where one batch holds all.',
  })
  readonly segment: ExportSegment | null;
}

/** Its edges stand in resolvers/export-job.resolver.ts. */
@ObjectType({ implements: Job, description: 'An export of profiles to a dataset.' })
export class ExportJob extends Job {
  declare readonly kind: 'EXPORT';
  readonly mergePolicyId: string | null | Error;
  /** As the record names it, where it tells; without the policy itself being read. */
  readonly mergePolicyVersion?: number | null;

  @Field(() => [String], { description: 'Dotted attribute paths; empty means all.' })
  readonly fields: readonly string[];

  @Field(() => String, { description: 'XDM schema of what is exported, e.g. _xdm.context.profile.' })
  readonly schemaName: string;

  @Field(() => ExportFilter, { nullable: true, description: 'Which profiles; null means every profile.' })
  readonly filter: ExportFilter | null;

  @Field(() => ExportEvents, { nullable: true, description: 'Which events; null means none.' })
  readonly events: ExportEvents | null;

  @Field(() => ID, { description: 'Where they are written to.' })
  readonly datasetId: string;

  @Field(() => Boolean, { description: 'True where each segment gets a batch of its own.' })
  readonly segmentPerBatch: boolean;

  @Field(() => [ExportBatch], { description: 'What was written; empty before the job succeeded.' })
  readonly batches: readonly ExportBatch[];

  @Field(() => BigIntScalar, {
    nullable: true,
    description: 'Profiles that were written; null before the job succeeded.',
  })
  readonly exportedProfiles: bigint | null;

  @Field(() => [NamespaceCount], { description: 'The same by identity namespace.' })
  readonly byNamespace: readonly NamespaceCount[];
}

export const ExportJobConnection = connectionOf('ExportJob', 'export jobs', () => ExportJob);

@ObjectType({
  description: 'What a mutation of an export job came to. timedOut: awaitMs passed before the job ended.',
  simpleResolvers: true,
})
export class ExportJobPayload {
  @Field(() => ExportJob, {
    nullable: true,
    description: 'The job as far as is known; null where none was made.',
  })
  readonly exportJob: ExportJob | null;

  @Field(() => Boolean, { description: 'True where awaitMs passed before the job ended.' })
  readonly timedOut: boolean;

  @Field(() => [UserError], {
    description: 'What has to be mended in the request; empty where all went well.',
  })
  readonly userErrors: readonly UserError[];
}
