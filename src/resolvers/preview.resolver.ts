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
import { UpstreamUnauthorized } from '../errors/upstream-error';
import { systemTimers } from '../lib/timers';
import { toConnection } from '../mapping/connection.mapping';
import { toExpressionWire } from '../mapping/expression.mapping';
import { hasEnded, toEstimate, toPreview, toPreviewProfile } from '../mapping/preview.mapping';
import type { Connection } from '../schema/connection';
import { PageArgs } from '../schema/page.args';
import { StartPreviewInput } from '../schema/preview.input';
import { Estimate, Preview, PreviewPayload, PreviewProfileConnection } from '../schema/preview.type';
import type { PreviewProfile } from '../schema/preview.type';
import type { Look } from '../subscriptions/look-until-end';
import { lookUntilEnd } from '../subscriptions/look-until-end';
import type { EstimateWire } from '../wire/preview.wire';
import type { GatewayContext } from './context';
import { toPageRequest } from './page-request';
import { findRuleErrors, formPlace } from './rule-check';
import { attempt } from './user-errors';

const rulePlace = ['input', 'expression'];
/** A sample takes seconds. */
const cadence = { firstMs: 200, growth: 1.3, maxMs: 2_000, retryMs: 500, missingMs: 2_000 };

type Watch = SubscribeResolverData<unknown, { readonly id: string }, GatewayContext>;

@Resolver(() => Preview)
export class PreviewResolver {
  @Query(() => Preview, { nullable: true, description: 'A preview; null where there is none with this id.' })
  async preview(
    @Arg('id', () => ID, { description: 'The preview.' }) id: string,
    @Ctx() { sources }: GatewayContext,
  ): Promise<Preview | null> {
    const estimate = await sources.previews.find(id);
    return estimate && toPreview(id, estimate);
  }

  @Mutation(() => PreviewPayload, {
    description: 'Tries a rule on a sample of the profiles. Nothing is saved, and no membership changes.',
  })
  async startPreview(
    @Arg('input', () => StartPreviewInput, { description: 'The rule to be tried.' }) input: StartPreviewInput,
    @Ctx() context: GatewayContext,
  ): Promise<PreviewPayload> {
    const mistakes = findRuleErrors(input.expression, context.upstream.mode, rulePlace);
    if (mistakes.length > 0) return { preview: null, userErrors: mistakes };
    const { format, value: rule } = toExpressionWire(input.expression);
    const { value, userErrors } = await attempt(
      'preview',
      { rule: formPlace(input.expression, rulePlace) },
      () =>
        context.sources.previews.start({
          predicateExpression: rule,
          predicateType: format === 'pql/json' ? 'pql/json' : 'pql/text',
          predicateModel: input.schemaName,
        }),
    );
    return { preview: value && toPreview(value.previewId, value), userErrors };
  }

  @Subscription(() => Preview, {
    subscribe: ({ args, context }: Watch) => watchPreview(context, args.id),
    description: 'The estimate as it narrows; completes at RESULT_READY or FAILED.',
  })
  previewChanged(
    @Root() preview: Preview,
    @Arg('id', () => ID, { description: 'The preview.' }) _id: string,
  ): Preview {
    return preview;
  }

  @FieldResolver(() => Estimate, { nullable: true, description: 'What is known so far.' })
  async estimate(@Root() { id }: Preview, @Ctx() { sources }: GatewayContext): Promise<Estimate | null> {
    const estimate = await sources.previews.find(id);
    return estimate && toEstimate(estimate);
  }

  @FieldResolver(() => PreviewProfileConnection, {
    description: 'Opaque profile ids of a sample of the audience; empty until RESULT_READY.',
  })
  async profiles(
    @Root() { id }: Preview,
    @Args() args: PageArgs,
    @Ctx() { sources }: GatewayContext,
  ): Promise<Connection<PreviewProfile>> {
    return toConnection(await sources.previews.members(id, toPageRequest(args)), toPreviewProfile);
  }
}

/** @throws UpstreamNotFound where there is no such preview, at the start or later. */
function watchPreview(context: GatewayContext, id: string): AsyncIterableIterator<Preview> {
  return lookUntilEnd({
    look: () => lookAt(context, id),
    cadence,
    timers: systemTimers,
    random: Math.random,
  });
}

async function lookAt(context: GatewayContext, id: string): Promise<Look<Preview>> {
  const estimate = await readEstimate(context, id);
  const value = toPreview(id, estimate);
  return { value, version: JSON.stringify(estimate), hasEnded: hasEnded(value.state) };
}

/** With the credential that is the watcher's by now; once more, where he had a fresh one before the old was refused. */
async function readEstimate(context: GatewayContext, id: string): Promise<EstimateWire> {
  const caller = context.callers.current();
  try {
    return await context.freshSources(undefined, caller).previews.byId(id);
  } catch (error) {
    if (!(error instanceof UpstreamUnauthorized) || caller === context.callers.current()) throw error;
    return readEstimate(context, id);
  }
}
