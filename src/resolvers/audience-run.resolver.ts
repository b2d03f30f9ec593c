import {
  Arg,
  Args,
  Ctx,
  FieldResolver,
  ID,
  Mutation,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import type { SubscribeResolverData } from 'type-graphql';
import { loadRunPage } from './audience-run-page';
import { findRunErrors, findUpstreamErrors, toStartRequest } from './audience-run-request';
import type { GatewayContext } from './context';
import { loadBatch, loadDataset, loadSegments } from './edges';
import { MovingRun } from './moving-run';
import type { BeginRunWatch } from './moving-run';
import { proveAccess } from './prove-access';
import { NoSuchAudienceRun } from '../errors/no-such-audience-run';
import { mapAsyncIterator } from '../lib/map-async-iterator';
import { toAudienceRun } from '../mapping/audience-run.mapping';
import { toExportJob } from '../mapping/export-job.mapping';
import { toSegmentJob } from '../mapping/segment-job.mapping';
import type { StartOutcome } from '../runs/audience-runs';
import { StartAudienceRunInput } from '../schema/audience-run.input';
import { AudienceRun, AudienceRunConnection, AudienceRunPayload } from '../schema/audience-run.type';
import { Batch } from '../schema/batch.type';
import type { Connection } from '../schema/connection';
import { Dataset } from '../schema/dataset.type';
import { ExportJob } from '../schema/export-job.type';
import { PageArgs } from '../schema/page.args';
import { SegmentJob } from '../schema/segment-job.type';
import { Segment } from '../schema/segment.type';
import type { UserError } from '../schema/user-error.type';

type Watch = SubscribeResolverData<unknown, { readonly id: string }, GatewayContext>;

@Resolver(() => AudienceRun)
export class AudienceRunResolver {
  @Query(() => AudienceRunConnection, {
    description: 'Audience runs of this org and sandbox, newest first.',
  })
  async audienceRuns(
    @Args() args: PageArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Connection<AudienceRun>> {
    await proveAccess(context);
    return loadRunPage(context, args);
  }

  @Query(() => AudienceRun, {
    nullable: true,
    description: 'One audience run; null where there is none with this id in this org and sandbox.',
  })
  async audienceRun(
    @Arg('id', () => ID, { description: 'The run.' }) id: string,
    @Ctx() context: GatewayContext,
  ): Promise<AudienceRun | null> {
    await proveAccess(context);
    const run = await context.runs.find(context.caller, id);
    return run && toAudienceRun(run);
  }

  @Mutation(() => AudienceRunPayload, {
    description:
      'Evaluates segments, makes the dataset where a new one is asked for, and exports the members, one after the other. Answers as soon as the run is written down; it goes on by itself, also after a restart of the gateway.',
  })
  async startAudienceRun(
    @Arg('input', () => StartAudienceRunInput, { description: 'Which segments, and where to.' })
    input: StartAudienceRunInput,
    @Ctx() context: GatewayContext,
  ): Promise<AudienceRunPayload> {
    const mistakes = findRunErrors(input);
    if (mistakes.length > 0) return { audienceRun: null, userErrors: mistakes };
    await proveAccess(context);
    const request = toStartRequest(input, context);
    const earlier =
      request.idempotencyKey === null
        ? null
        : await context.runs.findByKey(context.caller, request.idempotencyKey);
    // Asked before the segments are looked at: a run that was started stays found, whatever has been deleted since.
    if (earlier === null) {
      const userErrors = await findUpstreamErrors(context, input);
      if (userErrors.length > 0) return { audienceRun: null, userErrors };
    }
    return toPayload(await context.runs.start(request));
  }

  @Mutation(() => AudienceRunPayload, {
    description:
      'Stops a run and undoes what can be undone: its running job is cancelled, a dataset that it made is deleted as long as nothing was written to it. CANCELLING until the upstream has ended the job, then CANCELLED; SUCCEEDED where the export was done before.',
  })
  async cancelAudienceRun(
    @Arg('id', () => ID, { description: 'The run.' }) id: string,
    @Ctx() context: GatewayContext,
  ): Promise<AudienceRunPayload> {
    await proveAccess(context);
    const outcome = await context.runs.cancel(context.caller, id);
    if (outcome === null) return { audienceRun: null, userErrors: [noSuchRun(id)] };
    const audienceRun = toAudienceRun(outcome.run);
    return { audienceRun, userErrors: outcome.kind === 'ended' ? [hasEnded(audienceRun)] : [] };
  }

  @Subscription(() => AudienceRun, {
    subscribe: ({ args, context }: Watch) => watchRun(context, args.id),
    description:
      'One audience run: its state at once, each change of its step and status and of the jobs under it, then the stream completes with its end.',
  })
  audienceRunChanged(
    @Root() run: AudienceRun,
    @Arg('id', () => ID, { description: 'The run.' }) _id: string,
  ): AudienceRun {
    return run;
  }

  @FieldResolver(() => [Segment], {
    nullable: 'items',
    description: 'Null where a definition has been deleted since; segmentIds stays complete.',
  })
  segments(@Root() run: AudienceRun, @Ctx() context: GatewayContext): Promise<Segment | null>[] {
    return loadSegments(context, run.segmentIds);
  }

  @FieldResolver(() => SegmentJob, {
    nullable: true,
    description: 'The evaluation; null before it was made.',
  })
  async segmentJob(@Root() run: AudienceRun, @Ctx() { sources }: GatewayContext): Promise<SegmentJob | null> {
    if (run.seenSegmentJob !== null || run.segmentJobId === null) return run.seenSegmentJob;
    const wire = await sources.segmentJobs.find(run.segmentJobId);
    return wire && toSegmentJob(wire);
  }

  @FieldResolver(() => Dataset, {
    nullable: true,
    description: 'Where the members are written to; null before it was made, or where it has been deleted.',
  })
  async dataset(@Root() run: AudienceRun, @Ctx() context: GatewayContext): Promise<Dataset | null> {
    return loadDataset(context, run.datasetId);
  }

  @FieldResolver(() => ExportJob, { nullable: true, description: 'The export; null before it was made.' })
  async exportJob(@Root() run: AudienceRun, @Ctx() context: GatewayContext): Promise<ExportJob | null> {
    return loadExportJob(run, context);
  }

  @FieldResolver(() => [Batch], {
    description: 'What the export has written, in batches with their files; empty before.',
  })
  async batches(@Root() run: AudienceRun, @Ctx() context: GatewayContext): Promise<readonly Batch[]> {
    const exportJob = await loadExportJob(run, context);
    const ids = exportJob?.batches.map(({ batchId }) => batchId) ?? [];
    const batches = await Promise.all(ids.map((id) => loadBatch(context, id)));
    return batches.filter((batch) => batch !== null);
  }
}

async function loadExportJob(run: AudienceRun, { sources }: GatewayContext): Promise<ExportJob | null> {
  if (run.seenExportJob !== null || run.exportJobId === null) return run.seenExportJob;
  const wire = await sources.exportJobs.find(run.exportJobId);
  return wire && toExportJob(wire);
}

async function watchRun(context: GatewayContext, id: string): Promise<AsyncIterableIterator<AudienceRun>> {
  const { callers } = context;
  const begin: BeginRunWatch = async (caller, seen) => {
    await context.access.prove(caller, context.freshSources(undefined, caller));
    const updates = await context.runs.watch({
      caller,
      id,
      seen,
      freshSources: (tally, signal) => context.freshSources(tally, caller, signal),
    });
    if (updates === null) throw new NoSuchAudienceRun(id);
    return updates;
  };
  const caller = callers.current();
  return mapAsyncIterator(
    new MovingRun({ callers, begin }, await begin(caller, null), caller),
    toAudienceRun,
  );
}

function toPayload(outcome: StartOutcome): AudienceRunPayload {
  if (outcome.kind !== 'key-taken') return { audienceRun: toAudienceRun(outcome.run), userErrors: [] };
  return {
    audienceRun: null,
    userErrors: [
      {
        code: 'CONFLICT',
        message: 'This idempotency key has started a run with another input.',
        field: ['input', 'idempotencyKey'],
        hint: 'Send the same input to find that run, or a new key to start another one.',
      },
    ],
  };
}

function noSuchRun(id: string): UserError {
  return {
    code: 'NOT_FOUND',
    message: `There is no audience run ${id}.`,
    field: ['id'],
    hint: 'Check the id, and that it belongs to the org and sandbox of this request.',
  };
}

function hasEnded({ id, status }: AudienceRun): UserError {
  return {
    code: 'JOB_NOT_CANCELABLE',
    message: `The audience run ${id} has ended: it is ${status}.`,
    field: ['id'],
    hint: 'Nothing: its state is final.',
  };
}
