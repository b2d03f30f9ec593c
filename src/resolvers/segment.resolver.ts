import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import { loadNewestAudience } from './audience';
import type { GatewayContext } from './context';
import { loadSegment } from './edges';
import { loadNamedMergePolicy } from './named-merge-policy';
import { toPageRequest } from './page-request';
import {
  findEvaluationErrors,
  findGivenUpMethods,
  findLostMethods,
  readKeptMethods,
} from './evaluation-errors';
import { findRuleErrors, formPlace } from './rule-check';
import { findNameErrors } from './text-errors';
import { attempt, invalidInput } from './user-errors';
import type { IdPlace } from './user-errors';
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
import type { EvaluationMethod } from '../schema/segment.type';
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
      ...findNameErrors(input.name, namePlace, 'A segment needs a name.'),
      ...findRuleErrors(input.expression, context.upstream.mode, rulePlace),
      ...findEvaluationErrors(input, context.upstream.mode),
    ];
    if (mistakes.length > 0) return { segment: null, userErrors: mistakes };
    const { value, userErrors } = await attempt(
      'segment',
      { rule: formPlace(input.expression, rulePlace), ids: policyPlace(input.mergePolicyId) },
      () => context.sources.segmentDefinitions.create(toSegmentBodyWire(input)),
    );
    const segment = value && toSegment(value);
    return { segment, userErrors: [...userErrors, ...findLostMethods(input, segment)] };
  }

  @Mutation(() => SegmentPayload, { description: 'Changes what is given of a segment and leaves the rest.' })
  async updateSegment(
    @Arg('input', () => UpdateSegmentInput, { description: 'What to change.' }) input: UpdateSegmentInput,
    @Ctx() context: GatewayContext,
  ): Promise<SegmentPayload> {
    const patch = toSegmentPatchWire(input);
    const mistakes = [
      ...(typeof input.name === 'string'
        ? findNameErrors(input.name, namePlace, 'A segment needs a name.')
        : []),
      ...(input.expression ? findRuleErrors(input.expression, context.upstream.mode, rulePlace) : []),
      ...findEvaluationErrors(input, context.upstream.mode),
      ...(Object.keys(patch).length === 0
        ? [invalidInput(['input'], 'Nothing is to change: give what is to be another.')]
        : []),
    ];
    if (mistakes.length > 0) return { segment: null, userErrors: mistakes };
    let kept: readonly EvaluationMethod[] = [];
    const { value, userErrors } = await attempt(
      'segment',
      {
        about: { id: input.id, noun: 'segment', field: ['input', 'id'] },
        ids: policyPlace(input.mergePolicyId),
        ...(input.expression && { rule: formPlace(input.expression, rulePlace) }),
      },
      async () => {
        kept = await readKeptMethods(input, context);
        return context.sources.segmentDefinitions.update(input.id, patch);
      },
    );
    const segment = value && toSegment(value);
    const lost = [...findLostMethods(input, segment), ...findGivenUpMethods(kept, segment)];
    return { segment, userErrors: [...userErrors, ...lost] };
  }

  @Mutation(() => DeletePayload, { description: 'Deletes a segment; jobs that evaluated it stay.' })
  async deleteSegment(
    @Arg('id', () => ID, { description: 'The segment.' }) id: string,
    @Ctx() context: GatewayContext,
  ): Promise<DeletePayload> {
    const { value, userErrors } = await attempt(
      'segment-deletion',
      { about: { id, noun: 'segment', field: ['id'] } },
      async () => {
        await context.sources.segmentDefinitions.delete(id);
        return id;
      },
    );
    return { deletedId: value, userErrors };
  }

  @FieldResolver(() => MergePolicy, { nullable: true, description: 'How profiles are merged for it.' })
  async mergePolicy(
    @Root() segment: Segment,
    @Ctx() context: GatewayContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<MergePolicy | null> {
    return loadNamedMergePolicy(context, segment, info);
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
const namePlace = ['input', 'name'];

function policyPlace(mergePolicyId: string | null | undefined): IdPlace[] {
  return typeof mergePolicyId === 'string'
    ? [{ id: mergePolicyId, noun: 'merge policy', field: ['input', 'mergePolicyId'] }]
    : [];
}
