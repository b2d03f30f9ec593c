import { Args, Resolver, Root, Subscription } from 'type-graphql';
import type { SubscribeResolverData } from 'type-graphql';
import type { GatewayContext } from './context';
import { watchJob } from './job-events';
import { JobChangedArgs } from '../schema/job-changed.args';
import { JobEvent } from '../schema/job-event.type';

type Watch = SubscribeResolverData<unknown, JobChangedArgs, GatewayContext>;

@Resolver()
export class JobChangedResolver {
  @Subscription(() => JobEvent, {
    subscribe: ({ args, context }: Watch) => watchJob(context, 'SEGMENT', args),
    description:
      'One job: its state at once (SNAPSHOT), each change, one TERMINAL event, then the stream completes. `after` resumes.',
  })
  segmentJobChanged(@Root() event: JobEvent, @Args() _args: JobChangedArgs): JobEvent {
    return event;
  }

  @Subscription(() => JobEvent, {
    subscribe: ({ args, context }: Watch) => watchJob(context, 'EXPORT', args),
    description:
      'One job: its state at once (SNAPSHOT), each change, one TERMINAL event, then the stream completes. `after` resumes.',
  })
  exportJobChanged(@Root() event: JobEvent, @Args() _args: JobChangedArgs): JobEvent {
    return event;
  }
}
