import { Arg, Args, Ctx, Extensions, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { GatewayContext } from './context';
import { loadSchedule, loadSegments } from './edges';
import { findWaitErrors, followJob, noSuchJob, notCancelable } from './job-mutation';
import { toJobPageRequest } from './job-page-request';
import { findSelectionErrors } from './segment-selection';
import { attempt, segmentPlaces } from './user-errors';
import { orThrow } from '../lib/or-throw';
import { toConnection } from '../mapping/connection.mapping';
import { toAudienceSnapshots, toSegmentJob } from '../mapping/segment-job.mapping';
import { AudienceSnapshot } from '../schema/audience-snapshot.type';
import type { Connection } from '../schema/connection';
import { KindOfJobsArgs } from '../schema/jobs.args';
import { Schedule } from '../schema/schedule.type';
import { CreateSegmentJobInput } from '../schema/segment-job.input';
import { SegmentJob, SegmentJobConnection, SegmentJobPayload } from '../schema/segment-job.type';
import { Segment } from '../schema/segment.type';

const idsPlace = ['input', 'segments', 'ids'];

@Resolver(() => SegmentJob)
export class SegmentJobResolver {
  @Query(() => SegmentJobConnection, { description: 'Segment jobs of this sandbox, newest first.' })
  async segmentJobs(
    @Args() args: KindOfJobsArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Connection<SegmentJob>> {
    return toConnection(await context.sources.segmentJobs.page(toJobPageRequest(args)), toSegmentJob);
  }

  @Query(() => SegmentJob, {
    nullable: true,
    description: 'One segment job; null where there is none with this id.',
  })
  async segmentJob(
    @Arg('id', () => ID, { description: 'The job.' }) id: string,
    @Ctx() context: GatewayContext,
  ): Promise<SegmentJob | null> {
    const wire = await context.sources.segmentJobs.find(id);
    return wire && toSegmentJob(wire);
  }

  @Mutation(() => SegmentJobPayload, { description: 'Evaluates segments over all profiles.' })
  async createSegmentJob(
    @Arg('input', () => CreateSegmentJobInput, { description: 'What to evaluate.' })
    input: CreateSegmentJobInput,
    @Ctx() context: GatewayContext,
  ): Promise<SegmentJobPayload> {
    const mistakes = [
      ...findSelectionErrors(input.segments, ['input', 'segments']),
      ...findWaitErrors(input.awaitMs),
    ];
    if (mistakes.length > 0) return { segmentJob: null, timedOut: false, userErrors: mistakes };
    const { ids } = input.segments;
    const { value, userErrors } = await attempt(
      'segment-job',
      { ids: segmentPlaces(ids ?? [], idsPlace) },
      () => context.sources.segmentJobs.create(ids ? { ids: [...new Set(ids)] } : 'all'),
    );
    if (value === null) return { segmentJob: null, timedOut: false, userErrors };
    const { job, timedOut } = await followJob(context, toSegmentJob(value), input.awaitMs);
    return { segmentJob: job, timedOut, userErrors };
  }

  @Mutation(() => SegmentJobPayload, {
    description:
      'Asks a job to stop. The answer comes at once, the effect follows: CANCELLING, then CANCELLED.',
  })
  async cancelSegmentJob(
    @Arg('id', () => ID, { description: 'The job.' }) id: string,
    @Ctx() context: GatewayContext,
  ): Promise<SegmentJobPayload> {
    const before = await context.sources.segmentJobs.find(id);
    if (before === null) return { segmentJob: null, timedOut: false, userErrors: [noSuchJob(id)] };
    const job = toSegmentJob(before);
    if (job.isTerminal) return { segmentJob: job, timedOut: false, userErrors: [notCancelable(job)] };
    const { userErrors } = await attempt('segment-job', { about: { id, noun: 'job', field: ['id'] } }, () =>
      context.sources.segmentJobs.cancel(id),
    );
    context.watchers.nudge(context.caller, 'SEGMENT', id);
    const after = await context.freshSources().segmentJobs.find(id);
    return { segmentJob: toSegmentJob(after ?? before), timedOut: false, userErrors };
  }

  @Extensions({ readsFrom: 'segmentIds' })
  @FieldResolver(() => [Segment], {
    nullable: 'items',
    description: 'Null where a definition has been deleted since; segmentIds stays complete.',
  })
  segments(@Root() job: SegmentJob, @Ctx() context: GatewayContext): Promise<Segment | null>[] {
    return loadSegments(context, orThrow(job.segmentIds));
  }

  @Extensions({ readsFrom: 'counts' })
  @FieldResolver(() => [AudienceSnapshot], {
    description: 'What it found, one entry a segment; empty before it succeeded.',
  })
  results(@Root() job: SegmentJob): AudienceSnapshot[] {
    return toAudienceSnapshots(job);
  }

  @FieldResolver(() => Schedule, { nullable: true, description: 'What started it; null where somebody did.' })
  async schedule(@Root() job: SegmentJob, @Ctx() context: GatewayContext): Promise<Schedule | null> {
    return loadSchedule(context, job.scheduleId);
  }
}
