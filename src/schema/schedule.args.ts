import { ArgsType, Field, Int } from 'type-graphql';

@ArgsType()
export class NextRunsArgs {
  @Field(() => Int, { nullable: true, defaultValue: 5, description: 'How many: 1 to 100.' })
  readonly first?: number | null;
}

@ArgsType()
export class ExplainCronArgs extends NextRunsArgs {
  @Field(() => String, { description: 'Quartz cron, right or wrong.' })
  readonly cron: string;
}
