import type { RenderTemplateInput } from '../schema/audience-template.input';
import type { UserError } from '../schema/user-error.type';
import type { AnyAudienceTemplateWire } from '../wire/audience-template.wire';
import type { SegmentDefinitionWire } from '../wire/segment-definition.wire';
import type { GatewayContext } from './context';
import { attempt } from './user-errors';

/** What an operation is about, as upstream calls with the caller's own credential have told it. */
export interface TemplateFacts {
  readonly template: AnyAudienceTemplateWire;
  /** Null where none was named; the bare id where it is deleted, and its audience is still there. */
  readonly segment: SegmentDefinitionWire | { readonly id: string } | null;
  /** The audience's id in the destination, where the gateway knows it. */
  readonly externalId: string | null;
}

type FactsContext = Pick<GatewayContext, 'sources' | 'state' | 'caller' | 'access'>;

/** @throws UpstreamError where the template or the segment cannot be read. */
export async function readTemplateFacts(
  { templateId, segmentId }: RenderTemplateInput,
  context: FactsContext,
): Promise<TemplateFacts> {
  const reading = context.sources.audienceTemplates.byId(templateId);
  const [template, about] = await Promise.all([reading, readSegment(reading, segmentId ?? null, context)]);
  return { template, ...about };
}

/** The same; what the user has to mend is data, with the place of the id that is wrong. */
export async function attemptTemplateFacts(
  { templateId, segmentId }: RenderTemplateInput,
  context: FactsContext,
): Promise<{ readonly facts: TemplateFacts } | { readonly userErrors: readonly UserError[] }> {
  const reading = context.sources.audienceTemplates.byId(templateId);
  const [template, about] = await Promise.all([
    attempt(
      'audience-template',
      { about: { id: templateId, noun: 'audience template', field: ['input', 'templateId'] } },
      () => reading,
    ),
    attempt(
      'segment',
      { about: { id: segmentId ?? '', noun: 'segment', field: ['input', 'segmentId'] } },
      () => readSegment(reading, segmentId ?? null, context),
    ),
  ]);
  if (template.value === null) return { userErrors: template.userErrors };
  if (about.value === null) return { userErrors: about.userErrors };
  return { facts: { template: template.value, ...about.value } };
}

async function readSegment(
  reading: Promise<AnyAudienceTemplateWire>,
  segmentId: string | null,
  { sources, state, caller, access }: FactsContext,
): Promise<Omit<TemplateFacts, 'template'>> {
  if (segmentId === null) return { segment: null, externalId: null };
  const [template, segment] = await Promise.all([reading, sources.segmentDefinitions.find(segmentId)]);
  // Templates are the org's: without a segment of it nothing has shown that the sandbox may be used.
  if (segment === null) await access.prove(caller, sources);
  const known = await state.externalAudiences.find({
    orgId: caller.orgId,
    sandbox: caller.sandbox,
    templateId: template.instanceId,
    segmentId: segment?.id ?? segmentId,
  });
  const externalId = known?.externalId ?? null;
  if (segment !== null) return { segment, externalId };
  // An audience outlives its segment until somebody deletes it there.
  if (known !== null) return { segment: { id: segmentId }, externalId };
  return { segment: await sources.segmentDefinitions.byId(segmentId), externalId };
}
