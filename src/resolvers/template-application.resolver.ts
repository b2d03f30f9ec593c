import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import { BadUserInput } from '../errors/bad-user-input';
import { toRenderedRequest } from '../mapping/template-outcome.mapping';
import { RenderTemplateInput } from '../schema/audience-template.input';
import { RenderedRequest, TemplateOutcomePayload } from '../schema/template-outcome.type';
import type { GatewayContext } from './context';
import { findObstacles, prepareOperation, toPayload } from './template-application';
import { attemptTemplateFacts, readTemplateFacts } from './template-facts';

@Resolver()
export class TemplateApplicationResolver {
  @Query(() => RenderedRequest, {
    description: 'What a template would send for a segment and values; nothing is sent.',
  })
  async renderAudienceTemplate(
    @Arg('input', () => RenderTemplateInput, { description: 'Which operation, and for what.' })
    input: RenderTemplateInput,
    @Ctx() context: GatewayContext,
  ): Promise<RenderedRequest> {
    const preparation = prepareOperation(input, await readTemplateFacts(input, context), context);
    if (preparation.kind === 'refused')
      throw new BadUserInput(preparation.userErrors.map(({ message }) => message).join(' '));
    return toRenderedRequest(preparation.task.rendered, preparation.problems);
  }

  @Mutation(() => TemplateOutcomePayload, {
    description: 'Sends the rendered request to the destination. Only hosts that the operator allows.',
  })
  async applyAudienceTemplate(
    @Arg('input', () => RenderTemplateInput, { description: 'Which operation, and for what.' })
    input: RenderTemplateInput,
    @Ctx() context: GatewayContext,
  ): Promise<TemplateOutcomePayload> {
    const reading = await attemptTemplateFacts(input, context);
    if ('userErrors' in reading) return { outcome: null, userErrors: reading.userErrors };
    const preparation = prepareOperation(input, reading.facts, context);
    if (preparation.kind === 'refused') return { outcome: null, userErrors: preparation.userErrors };
    const { task, problems } = preparation;
    const userErrors = findObstacles(task, problems);
    if (userErrors.length > 0) return { outcome: null, userErrors };
    return toPayload(await context.destinations.apply(task), context.now());
  }
}
