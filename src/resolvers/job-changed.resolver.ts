import { Args, Resolver, Root, Subscription } from 'type-graphql';
import type { SubscribeResolverData } from 'type-graphql';
import type { GatewayContext } from './context';
import { watchJob, watchJobs } from './job-events';
import { toJobFilter, toJobKinds } from './job-page-request';
import { JobChangedArgs, JobsChangedArgs } from '../schema/job-changed.args';
import { JobEvent } from '../schema/job-event.type';

type WatchAll = SubscribeResolverData<unknown, JobsChangedArgs, GatewayContext>;
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

  @Subscription(() => JobEvent, {
    // The same kinds and filter as the query `jobs` takes: a jobs page is the two with the same variables.
    subscribe: ({ args, context }: WatchAll) =>
      watchJobs(context, toJobKinds(args), { filter: toJobFilter(args.filter), after: args.after }),
    description:
      'Every job of my org and sandbox that fits; never completes by itself. First a SNAPSHOT of each that has not ended, newest first; then CREATED, STATUS and PROGRESS, and TERMINAL once a job. A job that leaves filter.statuses is told of once more, by the event with its new status; one that comes to them, by STATUS. `after` resumes; where that history is gone, GAP and SNAPSHOTs.',
  })
  jobsChanged(@Root() event: JobEvent, @Args() _args: JobsChangedArgs): JobEvent {
    return event;
  }
}
