import { Field, ID, InputType } from 'type-graphql';
import { MembershipStatus } from './audience-counts.type';
import { ExportDestination } from './export-job.input';

@InputType({ description: 'An audience run to be started.' })
export class StartAudienceRunInput {
  @Field(() => [ID], { description: 'The segments to evaluate and to export, one at least.' })
  readonly segmentIds: readonly string[];

  @Field(() => ExportDestination, {
    description: 'Where to export to. What earlier exports wrote to an existing dataset is replaced.',
  })
  readonly destination: ExportDestination;

  @Field(() => [String], {
    nullable: true,
    description: 'Dotted attribute paths, e.g. person.name.firstName; all where left out.',
  })
  readonly fields?: readonly string[] | null;

  @Field(() => [MembershipStatus], {
    defaultValue: ['REALIZED', 'EXISTING'],
    description: 'Members of these statuses are exported.',
  })
  readonly statuses: readonly MembershipStatus[];

  @Field(() => Boolean, { defaultValue: false, description: 'true: each segment gets a batch of its own.' })
  readonly segmentPerBatch: boolean;

  @Field(() => String, {
    nullable: true,
    description:
      'A repeated key finds the run that it started in this org and sandbox; 1 to 255 characters. With another input it is refused.',
  })
  readonly idempotencyKey?: string | null;
}
