import { ArgsType, Field, ID, Int } from 'type-graphql';
import { JobFilter } from './job.input';
import { JobKind } from './job.type';
import { PageArgs } from './page.args';

@ArgsType()
export class KindOfJobsArgs extends PageArgs {
  @Field(() => JobFilter, { nullable: true, description: 'Which ones; all where left out.' })
  readonly filter?: JobFilter | null;
}

@ArgsType()
export class JobsArgs extends KindOfJobsArgs {
  @Field(() => [JobKind], { nullable: true, description: 'Which kinds; both where left out.' })
  readonly kinds?: readonly JobKind[] | null;
}

@ArgsType()
export class AwaitJobArgs {
  @Field(() => JobKind, { description: 'Which of the two kinds.' })
  readonly kind: JobKind;

  @Field(() => ID, { description: 'The job.' })
  readonly id: string;

  @Field(() => Int, {
    nullable: true,
    defaultValue: 20_000,
    description: 'How long to wait for its end, in milliseconds: 0 to 60000.',
  })
  readonly timeoutMs?: number | null;
}
