import { Arg, Args, Ctx, Extensions, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { GatewayContext } from './context';
import { loadSchedule, loadSegments } from './edges';
import { checkedCount, toPageRequest } from './page-request';
import { findCronErrors, findScheduleErrors, findStateErrors } from './schedule-errors';
import { attempt, invalidInput, segmentPlaces } from './user-errors';
import { orThrow } from '../lib/or-throw';
import { parseQuartz } from '../lib/quartz';
import { toConnection } from '../mapping/connection.mapping';
import { toSchedule, toScheduleBodyWire, toSchedulePatchWire } from '../mapping/schedule.mapping';
import { toSegmentJob } from '../mapping/segment-job.mapping';
import type { Connection } from '../schema/connection';
import { DeletePayload } from '../schema/delete-payload.type';
import { PageArgs } from '../schema/page.args';
import { DateTime } from '../schema/scalars';
import { ExplainCronArgs, NextRunsArgs } from '../schema/schedule.args';
import { CreateScheduleInput, UpdateScheduleInput } from '../schema/schedule.input';
import { CronExplanation, Schedule, ScheduleConnection, SchedulePayload } from '../schema/schedule.type';
import { SegmentJobConnection } from '../schema/segment-job.type';
import type { SegmentJob } from '../schema/segment-job.type';
import { Segment } from '../schema/segment.type';

const defaultRunCount = 5;
const idsPlace = ['input', 'segments', 'ids'];

@Resolver(() => Schedule)
export class ScheduleResolver {
  @Query(() => ScheduleConnection, { description: 'Schedules of this sandbox, newest first.' })
  async schedules(@Args() args: PageArgs, @Ctx() context: GatewayContext): Promise<Connection<Schedule>> {
    return toConnection(await context.sources.schedules.page(toPageRequest(args)), toSchedule);
  }

  @Query(() => Schedule, {
    nullable: true,
    description: 'One schedule; null where there is none with this id.',
  })
  async schedule(
    @Arg('id', () => ID, { description: 'The schedule.' }) id: string,
    @Ctx() context: GatewayContext,
  ): Promise<Schedule | null> {
    return loadSchedule(context, id);
  }

  @Query(() => CronExplanation, {
    description: 'What a cron means and when it would fire; no upstream call.',
  })
  explainCron(@Args() { cron, first }: ExplainCronArgs, @Ctx() context: GatewayContext): CronExplanation {
    const parsed = parseQuartz(cron);
    const nextRuns = parsed.next(context.now(), checkedCount(first, defaultRunCount));
    const isOver = parsed.ok && nextRuns.length === 0;
    return {
      // A schedule whose last time has passed is refused when it is written.
      valid: parsed.ok && !isOver,
      description: parsed.ok ? parsed.description : null,
      nextRuns,
      atMostDaily: parsed.isAtMostDaily,
      problems: isOver
        ? ['It would never be due: its last time has passed. Give a later year or none.']
        : parsed.problems.map(({ message }) => message),
    };
  }

  @Mutation(() => SchedulePayload, {
    description: 'Lets jobs start by themselves, at most once in 24 hours.',
  })
  async createSchedule(
    @Arg('input', () => CreateScheduleInput, { description: 'The schedule to be made.' })
    input: CreateScheduleInput,
    @Ctx() context: GatewayContext,
  ): Promise<SchedulePayload> {
    const mistakes = findScheduleErrors(input, context);
    if (mistakes.length > 0) return { schedule: null, userErrors: mistakes };
    const { value, userErrors } = await attempt(
      'schedule',
      { ids: segmentPlaces(input.segments?.ids ?? [], idsPlace) },
      () => context.sources.schedules.create(toScheduleBodyWire(input)),
    );
    return { schedule: value && toSchedule(value), userErrors };
  }

  @Mutation(() => SchedulePayload, {
    description: 'Turns a schedule on or off, or lets it fire at other times.',
  })
  async updateSchedule(
    @Arg('input', () => UpdateScheduleInput, { description: 'What to change.' }) input: UpdateScheduleInput,
    @Ctx() context: GatewayContext,
  ): Promise<SchedulePayload> {
    const patch = toSchedulePatchWire(input);
    const mistakes = [
      ...(input.cron ? findCronErrors(input.cron, context.now()) : []),
      ...findStateErrors(input.state),
      ...(patch.length === 0
        ? [invalidInput(['input'], 'Nothing is to change: give a state or a cron.')]
        : []),
    ];
    if (mistakes.length > 0) return { schedule: null, userErrors: mistakes };
    const { value, userErrors } = await attempt(
      'schedule',
      { about: { id: input.id, noun: 'schedule', field: ['input', 'id'] } },
      async () => {
        await context.sources.schedules.patch(input.id, patch);
        return context.freshSources().schedules.byId(input.id);
      },
    );
    return { schedule: value && toSchedule(value), userErrors };
  }

  @Mutation(() => DeletePayload, { description: 'Deletes a schedule; jobs that it started go on.' })
  async deleteSchedule(
    @Arg('id', () => ID, { description: 'The schedule.' }) id: string,
    @Ctx() context: GatewayContext,
  ): Promise<DeletePayload> {
    const { value, userErrors } = await attempt(
      'schedule',
      { about: { id, noun: 'schedule', field: ['id'] } },
      async () => {
        await context.sources.schedules.delete(id);
        return id;
      },
    );
    return { deletedId: value, userErrors };
  }

  @FieldResolver(() => String, {
    description: 'The cron in plain words; the cron itself where it cannot be read.',
  })
  description(@Root() schedule: Schedule): string {
    const cron = orThrow<string>(schedule.cron);
    const parsed = parseQuartz(cron);
    return parsed.ok ? parsed.description : cron;
  }

  @FieldResolver(() => [DateTime], {
    description: 'When it fires next, UTC; none while it is INACTIVE (explainCron tells when it would).',
  })
  nextRuns(
    @Root() schedule: Schedule,
    @Args() { first }: NextRunsArgs,
    @Ctx() context: GatewayContext,
  ): Date[] {
    const count = checkedCount(first, defaultRunCount);
    return schedule.state === 'ACTIVE'
      ? parseQuartz(orThrow<string>(schedule.cron)).next(context.now(), count)
      : [];
  }

  @Extensions({ readsFrom: 'segmentIds' })
  @FieldResolver(() => [Segment], {
    nullable: 'items',
    description: 'The segments it names, null where one has been deleted since; none where it runs over all.',
  })
  segments(@Root() schedule: Schedule, @Ctx() context: GatewayContext): Promise<Segment | null>[] {
    return loadSegments(context, orThrow(schedule.segmentIds));
  }

  @FieldResolver(() => SegmentJobConnection, { description: 'Segment jobs that it started, newest first.' })
  async jobs(
    @Root() schedule: Schedule,
    @Args() args: PageArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Connection<SegmentJob>> {
    const page = await context.sources.segmentJobs.page({ ...toPageRequest(args), scheduleId: schedule.id });
    return toConnection(page, toSegmentJob);
  }
}
