import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { loadNewestAudience } from './audience';
import type { GatewayContext } from './context';
import { loadMergePolicy, loadSegment } from './edges';
import { toPageRequest } from './page-request';
import { findRuleErrors, formPlace } from './rule-check';
import { attempt, invalidInput } from './user-errors';
import { toConnection } from '../mapping/connection.mapping';
import { toExportJob } from '../mapping/export-job.mapping';
import { toSegmentJob } from '../mapping/segment-job.mapping';
import { toSegment, toSegmentBodyWire, toSegmentPatchWire } from '../mapping/segment.mapping';
import { AudienceSnapshot } from '../schema/audience-snapshot.type';
import type { Connection } from '../schema/connection';
import { DeletePayload } from '../schema/delete-payload.type';
import { ExportJobConnection } from '../schema/export-job.type';
import type { ExportJob } from '../schema/export-job.type';
import { MergePolicy } from '../schema/merge-policy.type';
import { PageArgs } from '../schema/page.args';
import { SegmentJobConnection } from '../schema/segment-job.type';
import type { SegmentJob } from '../schema/segment-job.type';
import { CreateSegmentInput, UpdateSegmentInput } from '../schema/segment.input';
import { Segment, SegmentConnection, SegmentPayload } from '../schema/segment.type';
import { SegmentsArgs } from '../schema/segments.args';

@Resolver(() => Segment)
export class SegmentResolver {
  @Query(() => SegmentConnection, {
    description: 'Segments of this sandbox, newest first unless ordered otherwise.',
  })
  async segments(@Args() args: SegmentsArgs, @Ctx() context: GatewayContext): Promise<Connection<Segment>> {
    const { filter, orderBy } = args;
    const page = await context.sources.segmentDefinitions.page({
      ...toPageRequest(args),
      ...(filter?.nameContains && { nameContains: filter.nameContains }),
      ...(filter?.evaluation && { evaluation: filter.evaluation }),
      ...(orderBy && { orderBy: { field: orderBy.field, direction: orderBy.direction } }),
    });
    return toConnection(page, toSegment);
  }

  @Query(() => Segment, {
    nullable: true,
    description: 'One segment; null where there is none with this id.',
  })
  async segment(
    @Arg('id', () => ID, { description: 'The segment.' }) id: string,
    @Ctx() context: GatewayContext,
  ): Promise<Segment | null> {
    return loadSegment(context, id);
  }

  @Mutation(() => SegmentPayload, {
    description: 'Saves a rule. The gateway checks it first, so that its faults come back with their places.',
  })
  async createSegment(
    @Arg('input', () => CreateSegmentInput, { description: 'The segment to be made.' })
    input: CreateSegmentInput,
    @Ctx() context: GatewayContext,
  ): Promise<SegmentPayload> {
    const mistakes = [
      ...findNameErrors(input.name),
      ...findRuleErrors(input.expression, context.upstream.mode, rulePlace),
    ];
    if (mistakes.length > 0) return { segment: null, userErrors: mistakes };
    const { value, userErrors } = await attempt(
      'segment',
      { rule: formPlace(input.expression, rulePlace), ids: policyPlace(input.mergePolicyId) },
      () => context.sources.segmentDefinitions.create(toSegmentBodyWire(input)),
    );
    return { segment: value && toSegment(value), userErrors };
  }

  @Mutation(() => SegmentPayload, { description: 'Changes what is given of a segment and leaves the rest.' })
  async updateSegment(
    @Arg('input', () => UpdateSegmentInput, { description: 'What to change.' }) input: UpdateSegmentInput,
    @Ctx() context: GatewayContext,
  ): Promise<SegmentPayload> {
    const mistakes = [
      ...(typeof input.name === 'string' ? findNameErrors(input.name) : []),
      ...(input.expression ? findRuleErrors(input.expression, context.upstream.mode, rulePlace) : []),
    ];
    if (mistakes.length > 0) return { segment: null, userErrors: mistakes };
    const { value, userErrors } = await attempt(
      'segment',
      {
        id: ['input', 'id'],
        ids: policyPlace(input.mergePolicyId),
        ...(input.expression && { rule: formPlace(input.expression, rulePlace) }),
      },
      () => context.sources.segmentDefinitions.update(input.id, toSegmentPatchWire(input)),
    );
    return { segment: value && toSegment(value), userErrors };
  }

  @Mutation(() => DeletePayload, { description: 'Deletes a segment; jobs that evaluated it stay.' })
  async deleteSegment(
    @Arg('id', () => ID, { description: 'The segment.' }) id: string,
    @Ctx() context: GatewayContext,
  ): Promise<DeletePayload> {
    const { value, userErrors } = await attempt('segment', { id: ['id'] }, async () => {
      await context.sources.segmentDefinitions.delete(id);
      return id;
    });
    return { deletedId: value, userErrors };
  }

  @FieldResolver(() => MergePolicy, { nullable: true, description: 'How profiles are merged for it.' })
  async mergePolicy(@Root() segment: Segment, @Ctx() context: GatewayContext): Promise<MergePolicy | null> {
    return loadMergePolicy(context, segment.mergePolicyId);
  }

  @FieldResolver(() => AudienceSnapshot, {
    nullable: true,
    description: 'What the last successful job found; null before the first.',
  })
  async audience(@Root() segment: Segment, @Ctx() context: GatewayContext): Promise<AudienceSnapshot | null> {
    return loadNewestAudience(context.sources, segment.id);
  }

  @FieldResolver(() => SegmentJobConnection, { description: 'Jobs that name it, newest first.' })
  async jobs(
    @Root() segment: Segment,
    @Args() args: PageArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Connection<SegmentJob>> {
    const page = await context.sources.segmentJobs.page({ ...toPageRequest(args), segmentId: segment.id });
    return toConnection(page, toSegmentJob);
  }

  @FieldResolver(() => ExportJobConnection, { description: 'Exports of its members, newest first.' })
  async exportJobs(
    @Root() segment: Segment,
    @Args() args: PageArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Connection<ExportJob>> {
    const page = await context.sources.exportJobs.page({ ...toPageRequest(args), segmentId: segment.id });
    return toConnection(page, toExportJob);
  }
}

const rulePlace = ['input', 'expression'];

function findNameErrors(name: string): ReturnType<typeof invalidInput>[] {
  return name.trim() === '' ? [invalidInput(['input', 'name'], 'A segment needs a name.')] : [];
}

function policyPlace(mergePolicyId: string | null | undefined): ReadonlyMap<string, readonly string[]> {
  return new Map(typeof mergePolicyId === 'string' ? [[mergePolicyId, ['input', 'mergePolicyId']]] : []);
}
