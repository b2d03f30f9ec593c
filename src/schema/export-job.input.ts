import { Field, ID, InputType, Int } from 'type-graphql';
import { MembershipStatus } from './audience-counts.type';
import { DateTime } from './scalars';

@InputType({ description: 'Where to export to.' })
export class ExportDestination {
  @Field(() => ID, {
    nullable: true,
    description:
      'A dataset that is based on the union schema. What earlier exports wrote there is replaced by what this one writes; to keep it, export to a new dataset.',
  })
  readonly datasetId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Makes a dataset of this name, based on the union schema.',
  })
  readonly newDatasetName?: string | null;
}

@InputType({ description: 'A segment whose members are exported.' })
export class ExportSegmentInput {
  @Field(() => ID, { description: 'The segment.' })
  readonly segmentId: string;

  @Field(() => String, { defaultValue: 'ups', description: 'Segment namespace: ups for own segments.' })
  readonly namespace: string;

  @Field(() => [MembershipStatus], {
    defaultValue: ['REALIZED', 'EXISTING'],
    description: 'Members of these statuses are exported.',
  })
  readonly statuses: readonly MembershipStatus[];
}

@InputType({ description: 'Which events to export with each profile.' })
export class ExportEventsInput {
  @Field(() => [String], { description: 'Dotted event paths, e.g. commerce.order.priceTotal.' })
  readonly fields: readonly string[];

  @Field(() => DateTime, { nullable: true, description: 'Only events that came in after this.' })
  readonly ingestedFrom?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Only events that came in before this.' })
  readonly ingestedTo?: Date | null;
}

@InputType({ description: 'An export to be made.' })
export class CreateExportJobInput {
  @Field(() => ExportDestination, { description: 'Where to.' })
  readonly destination: ExportDestination;

  @Field(() => [ExportSegmentInput], {
    nullable: true,
    description: 'Whose members. None means every profile, which must be said with allProfiles: true.',
  })
  readonly segments?: readonly ExportSegmentInput[] | null;

  @Field(() => Boolean, { defaultValue: false, description: 'true: every profile, whatever its segments.' })
  readonly allProfiles: boolean;

  @Field(() => [String], {
    nullable: true,
    description: 'Dotted attribute paths, e.g. person.name.firstName; all where left out.',
  })
  readonly fields?: readonly string[] | null;

  @Field(() => ID, {
    nullable: true,
    description: "How profiles are merged; the segment's own policy where left out.",
  })
  readonly mergePolicyId?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'Only who qualified at or after this.' })
  readonly qualifiedFrom?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Only who qualified at or before this.' })
  readonly qualifiedTo?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Only profiles that changed after this.' })
  readonly ingestedAfter?: Date | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'true: profiles that only have events are exported too.',
  })
  readonly emptyProfiles: boolean;

  @Field(() => ExportEventsInput, { nullable: true, description: 'Which events; none where left out.' })
  readonly events?: ExportEventsInput | null;

  @Field(() => Boolean, { defaultValue: false, description: 'true: each segment gets a batch of its own.' })
  readonly segmentPerBatch: boolean;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'true: the segments are evaluated first, as part of the export.',
  })
  readonly evaluateFirst: boolean;

  @Field(() => String, {
    defaultValue: '_xdm.context.profile',
    description: 'XDM schema of what is exported.',
  })
  readonly schemaName: string;

  @Field(() => Int, {
    nullable: true,
    description: 'How long to wait for its end, in milliseconds: 0 to 60000.',
  })
  readonly awaitMs?: number | null;
}
