import { ArgsType, Field, Int } from 'type-graphql';

/** Where to begin a page and how long it may be. */
@ArgsType()
export class PageArgs {
  @Field(() => Int, { nullable: true, defaultValue: 20, description: 'How many at most: 1 to 100.' })
  readonly first?: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'The cursor after which to go on; from an earlier page of this very list.',
  })
  readonly after?: string | null;
}
