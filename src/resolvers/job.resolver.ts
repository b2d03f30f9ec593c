import { Args, Ctx, Query, Resolver } from 'type-graphql';
import type { GatewayContext } from './context';
import { toJobKinds, toJobPageRequest } from './job-page-request';
import { longestWaitMs, toJob, watchUntilEnd } from './job-waiting';
import { loadMergedJobs } from './merged-jobs';
import { BadUserInput } from '../errors/bad-user-input';
import type { Connection } from '../schema/connection';
import type { ExportJob } from '../schema/export-job.type';
import { Job, JobConnection } from '../schema/job.type';
import type { JobKind } from '../schema/job.type';
import { AwaitJobArgs, JobsArgs } from '../schema/jobs.args';
import type { SegmentJob } from '../schema/segment-job.type';
import type { WatchedJob } from '../subscriptions/job-watchers';

@Resolver()
export class JobResolver {
  @Query(() => JobConnection, {
    description: 'Both kinds in one list, newest first.',
  })
  async jobs(
    @Args() args: JobsArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Connection<SegmentJob | ExportJob>> {
    return loadMergedJobs(context, toJobKinds(args), toJobPageRequest(args));
  }

  @Query(() => Job, {
    nullable: true,
    description:
      'For clients without a socket: answers when the job ends, or with its state after timeoutMs. Null where there is none with this id.',
  })
  async awaitJob(
    @Args() args: AwaitJobArgs,
    @Ctx() context: GatewayContext,
  ): Promise<SegmentJob | ExportJob | null> {
    const timeoutMs = args.timeoutMs ?? 20_000;
    if (timeoutMs < 0 || timeoutMs > longestWaitMs) {
      throw new BadUserInput(`"timeoutMs" must be 0 to ${longestWaitMs}, not ${timeoutMs}.`);
    }
    const found = await findJob(context, args.kind, args.id);
    if (found === null) return null;
    const job = toJob(found);
    if (job.isTerminal || timeoutMs === 0) return job;
    const watched = await watchUntilEnd(context, { kind: args.kind, id: args.id }, timeoutMs);
    return watched === null ? job : toJob(watched);
  }
}

async function findJob(context: GatewayContext, kind: JobKind, id: string): Promise<WatchedJob | null> {
  if (kind === 'SEGMENT') {
    const job = await context.sources.segmentJobs.find(id);
    return job && { kind, job };
  }
  const job = await context.sources.exportJobs.find(id);
  return job && { kind, job };
}
