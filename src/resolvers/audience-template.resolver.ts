import { Arg, Args, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import type { GatewayContext } from './context';
import { toPageRequest } from './page-request';
import { findTemplateErrors, readTemplateUpdate } from './template-errors';
import type { TemplateUpdate } from './template-errors';
import { attempt } from './user-errors';
import type { InputPlaces } from './user-errors';
import {
  toAlphaBodyWire,
  toAudienceTemplate,
  toAudienceTemplateBodyWire,
} from '../mapping/audience-template.mapping';
import { toConnection } from '../mapping/connection.mapping';
import { AudienceTemplateInput } from '../schema/audience-template.input';
import {
  AudienceTemplate,
  AudienceTemplateConnection,
  AudienceTemplatePayload,
} from '../schema/audience-template.type';
import type { Connection } from '../schema/connection';
import { DeletePayload } from '../schema/delete-payload.type';
import { PageArgs } from '../schema/page.args';
import { holdsMask } from '../templates/mask';

@Resolver()
export class AudienceTemplateResolver {
  @Query(() => AudienceTemplateConnection, { description: 'Audience templates of this org.' })
  async audienceTemplates(
    @Args() args: PageArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Connection<AudienceTemplate>> {
    return toConnection(
      await context.sources.audienceTemplates.page(toPageRequest(args)),
      toAudienceTemplate,
    );
  }

  @Query(() => AudienceTemplate, {
    nullable: true,
    description: 'One audience template; null where there is none with this id.',
  })
  async audienceTemplate(
    @Arg('id', () => ID, { description: 'The template.' }) id: string,
    @Ctx() context: GatewayContext,
  ): Promise<AudienceTemplate | null> {
    const wire = await context.sources.audienceTemplates.find(id);
    return wire && toAudienceTemplate(wire);
  }

  @Mutation(() => AudienceTemplatePayload, {
    description: 'Saves how to manage audiences in one destination.',
  })
  async createAudienceTemplate(
    @Arg('input', () => AudienceTemplateInput, { description: 'The template to be made.' })
    input: AudienceTemplateInput,
    @Ctx() context: GatewayContext,
  ): Promise<AudienceTemplatePayload> {
    const mistakes = findTemplateErrors(input, { mayHoldMasks: false });
    if (mistakes.length > 0) return { audienceTemplate: null, userErrors: mistakes };
    const { value, userErrors } = await attempt('audience-template', {}, () =>
      context.sources.audienceTemplates.create(toAudienceTemplateBodyWire(input)),
    );
    return { audienceTemplate: value && toAudienceTemplate(value), userErrors };
  }

  @Mutation(() => AudienceTemplatePayload, {
    description: 'Replaces a template; masked secrets keep what is stored.',
  })
  async updateAudienceTemplate(
    @Arg('id', () => ID, { description: 'The template.' }) id: string,
    @Arg('input', () => AudienceTemplateInput, { description: 'All of what it is to be.' })
    input: AudienceTemplateInput,
    @Ctx() context: GatewayContext,
  ): Promise<AudienceTemplatePayload> {
    const mistakes = findTemplateErrors(input, { mayHoldMasks: true });
    if (mistakes.length > 0) return { audienceTemplate: null, userErrors: mistakes };
    const { value, userErrors } = await attempt('audience-template', templatePlace(id), async () => {
      const { body, moved } = await withStoredSecrets(context, id, input);
      return moved.length > 0
        ? { moved, template: null }
        : { moved, template: await context.sources.audienceTemplates.replace(id, body) };
    });
    return {
      audienceTemplate: value?.template ? toAudienceTemplate(value.template) : null,
      userErrors: value?.moved ?? userErrors,
    };
  }

  @Mutation(() => DeletePayload, { description: 'Deletes a template.' })
  async deleteAudienceTemplate(
    @Arg('id', () => ID, { description: 'The template.' }) id: string,
    @Ctx() context: GatewayContext,
  ): Promise<DeletePayload> {
    const { value, userErrors } = await attempt('audience-template', templatePlace(id), async () => {
      await context.sources.audienceTemplates.delete(id);
      return id;
    });
    return { deletedId: value, userErrors };
  }
}

/**
 * The body to replace a template with. Where it holds a mask, the upstream's own value takes its place; an upstream that
 * masks too gets its mask back, and knows what it stands for.
 */
async function withStoredSecrets(
  context: GatewayContext,
  id: string,
  input: AudienceTemplateInput,
): Promise<TemplateUpdate> {
  const body = toAudienceTemplateBodyWire(input);
  if (!holdsMask(body)) return { body, moved: [] };
  return readTemplateUpdate(input, toAlphaBodyWire(await context.sources.audienceTemplates.byId(id)));
}

function templatePlace(id: string): InputPlaces {
  return { about: { id, noun: 'audience template', field: ['id'] } };
}
