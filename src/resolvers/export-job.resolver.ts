import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { GatewayContext } from './context';
import { loadBatch, loadDataset, loadSegment } from './edges';
import { loadNamedMergePolicy } from './named-merge-policy';
import { findExportErrors, startExport } from './export-request';
import { followJob, noSuchJob, notCancelable } from './job-mutation';
import { toJobPageRequest } from './job-page-request';
import { attempt } from './user-errors';
import { toConnection } from '../mapping/connection.mapping';
import { toExportJob } from '../mapping/export-job.mapping';
import { Batch } from '../schema/batch.type';
import type { Connection } from '../schema/connection';
import { Dataset } from '../schema/dataset.type';
import { CreateExportJobInput } from '../schema/export-job.input';
import {
  ExportBatch,
  ExportJob,
  ExportJobConnection,
  ExportJobPayload,
  ExportSegment,
} from '../schema/export-job.type';
import { KindOfJobsArgs } from '../schema/jobs.args';
import { MergePolicy } from '../schema/merge-policy.type';
import { Segment } from '../schema/segment.type';

@Resolver(() => ExportJob)
export class ExportJobResolver {
  @Query(() => ExportJobConnection, { description: 'Export jobs of this sandbox, newest first.' })
  async exportJobs(
    @Args() args: KindOfJobsArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Connection<ExportJob>> {
    return toConnection(await context.sources.exportJobs.page(toJobPageRequest(args)), toExportJob);
  }

  @Query(() => ExportJob, {
    nullable: true,
    description: 'One export job; null where there is none with this id.',
  })
  async exportJob(
    @Arg('id', () => ID, { description: 'The job.' }) id: string,
    @Ctx() context: GatewayContext,
  ): Promise<ExportJob | null> {
    const wire = await context.sources.exportJobs.find(id);
    return wire && toExportJob(wire);
  }

  @Mutation(() => ExportJobPayload, {
    description:
      'Writes the members of segments, or every profile, to a dataset. An existing dataset then holds this export alone: former members there are replaced.',
  })
  async createExportJob(
    @Arg('input', () => CreateExportJobInput, { description: 'What to export, and where to.' })
    input: CreateExportJobInput,
    @Ctx() context: GatewayContext,
  ): Promise<ExportJobPayload> {
    const mistakes = findExportErrors(input);
    if (mistakes.length > 0) return { exportJob: null, timedOut: false, userErrors: mistakes };
    const { value, userErrors } = await startExport(context, input);
    if (value === null) return { exportJob: null, timedOut: false, userErrors };
    const { job, timedOut } = await followJob(context, toExportJob(value), input.awaitMs);
    return { exportJob: job, timedOut, userErrors };
  }

  @Mutation(() => ExportJobPayload, {
    description:
      'Asks a job to stop. The answer comes at once, the effect follows: CANCELLING, then CANCELLED.',
  })
  async cancelExportJob(
    @Arg('id', () => ID, { description: 'The job.' }) id: string,
    @Ctx() context: GatewayContext,
  ): Promise<ExportJobPayload> {
    const before = await context.sources.exportJobs.find(id);
    if (before === null) return { exportJob: null, timedOut: false, userErrors: [noSuchJob(id)] };
    const job = toExportJob(before);
    if (job.isTerminal) return { exportJob: job, timedOut: false, userErrors: [notCancelable(job)] };
    const { userErrors } = await attempt('export-job', { about: { id, noun: 'job', field: ['id'] } }, () =>
      context.sources.exportJobs.cancel(id),
    );
    context.watchers.nudge(context.caller, 'EXPORT', id);
    const after = await context.freshSources().exportJobs.find(id);
    return { exportJob: toExportJob(after ?? before), timedOut: false, userErrors };
  }

  @FieldResolver(() => MergePolicy, {
    nullable: true,
    description: "How profiles are merged; null where the segment's own policy counts.",
  })
  async mergePolicy(
    @Root() job: ExportJob,
    @Ctx() context: GatewayContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<MergePolicy | null> {
    return loadNamedMergePolicy(context, job, info);
  }

  @FieldResolver(() => Dataset, {
    nullable: true,
    description: 'Where the profiles are written to; null where it has been deleted since.',
  })
  async dataset(@Root() job: ExportJob, @Ctx() context: GatewayContext): Promise<Dataset | null> {
    return loadDataset(context, job.datasetId === '' ? null : job.datasetId);
  }
}

@Resolver(() => ExportSegment)
export class ExportSegmentResolver {
  @FieldResolver(() => Segment, {
    nullable: true,
    description: 'The segment; null where it has been deleted since or belongs to somebody else.',
  })
  async segment(@Root() exported: ExportSegment, @Ctx() context: GatewayContext): Promise<Segment | null> {
    return loadSegment(context, exported.segmentId);
  }
}

@Resolver(() => ExportBatch)
export class ExportBatchResolver {
  @FieldResolver(() => Batch, {
    nullable: true,
    description: 'The batch; null where it has been deleted since.',
  })
  async batch(@Root() exported: ExportBatch, @Ctx() context: GatewayContext): Promise<Batch | null> {
    return loadBatch(context, exported.batchId);
  }
}
