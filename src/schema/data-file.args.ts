import { ArgsType, Field, Int } from 'type-graphql';

@ArgsType()
export class DataFileRowsArgs {
  @Field(() => Int, { nullable: true, defaultValue: 20, description: 'How many rows at most: 1 to 100.' })
  readonly first?: number | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Only these columns, as dotted paths such as `person.name.firstName`; all where left out. One that the file does not have is refused.',
  })
  readonly columns?: readonly string[] | null;
}
